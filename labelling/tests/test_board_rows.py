"""The rows of the board: what is written without the template engine is escaped, whole, and what the columns ask for."""

import re
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling.board import BoardLine
from labelling.board_rows import rows_html
from labelling.forms.board import COLUMNS
from labelling.models import Recommendation
from labelling.opinions import Opinion, Opinions

pytestmark = pytest.mark.once
NAMES = {name for name, _ in COLUMNS}
ROW = {
    "pk": 1, "reference": "ABC-123", "title": "Développer", "structure_name": "Atelier", "commune_name": "Mende",
    "region_name": "Occitanie", "cut_off_number": 2, "mean": Decimal("3.125"), "first_mean": Decimal("3.125"),
    "spread": Decimal("0.125"), "disagreement_step": None, "review_count": 3, "expected_count": 4,
    "requested_grant_euros": 12_000, "decision_pk": None, "decision_outcome": None, "state": "under_review",
}  # fmt: skip


def line(*, opinions=(), regional=(), fragile_words="", **row):
    return BoardLine(
        SimpleNamespace(**ROW | row), 7, Opinions(opinions), Opinions(regional), Decimal("3.2"), None,
        bool(fragile_words), fragile_words,
    )  # fmt: skip


class Read(HTMLParser):
    """Tags opened and closed, texts, and where links lead."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts, self.links = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.texts.append(text)


typed = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)


@given(typed, typed, typed, typed)
def test_what_was_typed_is_text_and_never_a_tag(title, structure, ministry, words):
    opinion = Opinion(ministry, Recommendation.RESERVED)
    told = line(title=title, structure_name=structure, opinions=[opinion], fragile_words=words)
    read = Read(rows_html([told], NAMES, can_decide=True))

    assert read.open == []
    assert " ".join(read.tags) == "tr td th a span em td td td b td td td ul li td td a"
    for text in (title, f"{structure}, Mende", f"Rang fragile : {words}", f"{ministry} : {opinion.words}"):
        assert text in read.texts


@pytest.mark.parametrize("left_out", sorted(NAMES))
def test_a_row_has_a_cell_for_each_column_that_is_shown(left_out):
    shown = rows_html([line()], NAMES - {left_out}, can_decide=False)
    assert len(re.findall("<t[dh]", shown)) == 3 + len(NAMES) - 1


def test_who_does_not_decide_is_not_led_to_the_decision():
    assert "ABC-123" in "".join(Read(rows_html([line()], {"decision"}, can_decide=True)).links[1:])
    assert len(Read(rows_html([line()], {"decision"}, can_decide=False)).links) == 1


def test_figures_are_written_as_elsewhere():
    told = line(mean=Decimal("3.100"), first_mean=Decimal("2.900"), spread=Decimal("0.125"), requested_grant_euros=None)
    texts = Read(rows_html([told], NAMES, can_decide=False)).texts
    assert [text for text in texts if "," in text] == ["Atelier, Mende", "3,100", "d'abord 2,900", "3,200", "0,13"]
    assert texts.count("–") == 2  # no grant asked, no decision yet


def test_a_disagreement_marks_its_row_and_leads_to_it():
    read = rows_html([line(disagreement_step="agenda")], {"ecart"}, can_decide=False)
    assert "<tr class=f>" in read
    assert ">à arbitrer</a>" in read
