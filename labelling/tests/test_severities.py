"""What reviews say side by side: shares and means by hand, who leans which way, who is compared with whom, what is absent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling.calibration import Severity, calibrate
from labelling.severities import (
    Coverage,
    Leaning,
    MarkSpread,
    ReviewMean,
    absent,
    leanings_of_ministries,
    leanings_of_people,
    linked_groups,
    whole_country,
)

pytestmark = pytest.mark.once

PEOPLE = {1: "Ann", 2: "Bob", 3: "Cléo", 4: "Dan", 5: "Eve"}
MINISTRIES = {10: "Travail", 20: "Ville"}


def leaning(value, uncertainty="0.100", group=1, name="Ann"):
    found = None if uncertainty is None else Decimal(uncertainty)
    return Leaning(name, "Travail", Severity(Decimal(value), found, 9, 9), group)


def reviews(*rows):
    return [ReviewMean(dossier, reviewer, ministry, Fraction(mean)) for dossier, reviewer, ministry, mean in rows]


# --- Marks --------------------------------------------------------------------------------------------------------


def test_the_spread_of_marks_by_hand():
    spread = MarkSpread("Ancrage", 20, (1, 0, 0, 2, 3, 0))

    assert (spread.review_count, spread.mean) == (6, Decimal("3.000"))
    assert spread.shares == tuple(map(Decimal, ("16.7", "0.0", "0.0", "33.3", "50.0", "0.0")))


def test_no_mark_has_neither_mean_nor_share():
    spread = MarkSpread("Ancrage", 20, (0,) * 6)

    assert (spread.mean, spread.shares) == (None, (None,) * 6)


@given(st.lists(st.integers(0, 900), min_size=6, max_size=6).filter(any))
def test_shares_make_a_whole_and_the_mean_is_that_of_the_marks(counts):
    spread = MarkSpread("Ancrage", 20, tuple(counts))
    marks = [mark for mark, count in enumerate(counts) for _ in range(count)]

    assert abs(sum(spread.shares) - 100) <= Decimal("0.3")
    assert abs(Fraction(spread.mean) - Fraction(sum(marks), len(marks))) <= Fraction(1, 2000)


# --- Who leans which way ------------------------------------------------------------------------------------------


LOWER = "note en moyenne 0,3 point plus bas que les autres sur les mêmes dossiers"
HIGHER = "note en moyenne 2,25 points plus haut que les autres sur les mêmes dossiers"
UNCLEAR = "rien ne distingue ses notes de celles des autres sur les mêmes dossiers"
ALONE = "aucun dossier partagé : rien ne permet de comparer"


@pytest.mark.parametrize(
    ("value", "uncertainty", "group", "words", "sentence"),
    [
        ("0.300", "0.100", 1, "0,3 point plus bas", LOWER),
        ("-2.250", "0.100", 1, "2,25 points plus haut", HIGHER),
        ("0.300", "0.150", 1, "0,3 point plus bas", UNCLEAR),
        ("0.004", "0.500", 1, "comme les autres", UNCLEAR),
        ("0.000", "0.500", None, "sans dossier partagé", ALONE),
        ("0.000", None, 1, "sans dossier partagé", ALONE),
    ],
)
def test_what_a_leaning_says(value, uncertainty, group, words, sentence):
    found = leaning(value, uncertainty, group)

    assert (found.words.replace("\u00a0", " "), found.sentence.replace("\u00a0", " ")) == (words, sentence)


def test_an_interval_goes_two_deviations_to_each_side_of_the_gap():
    found = leaning("0.300", "0.100")

    assert (found.gap, found.interval) == (Decimal("-0.300"), (Decimal("-0.500"), Decimal("-0.100")))
    assert (found.is_clear, leaning("-0.200", "0.100").is_clear) == (True, False)


def test_people_are_compared_on_the_dossiers_they_share_the_lowest_marks_first():
    rows = reviews(("a", 1, 10, 2), ("a", 2, 20, 4), ("b", 1, 20, 2), ("b", 2, 10, 4), ("c", 3, 10, 5))
    severe, mild, alone = leanings_of_people(rows, PEOPLE, MINISTRIES)
    expected = calibrate([(row.dossier, row.reviewer, row.mean) for row in rows]).severities

    assert [(line.name, line.company) for line in (severe, mild, alone)] == [
        ("Ann", "Travail, Ville"), ("Bob", "Travail, Ville"), ("Cléo", "Travail")
    ]  # fmt: skip
    assert (severe.gap, mild.gap, alone.gap) == (-expected[1].value, -expected[2].value, None)
    assert severe.gap < 0 < mild.gap


def test_a_ministry_is_compared_by_all_its_people_together():
    """Ann and Bob have one dossier each for a ministry: alone, each keeps 1 ÷ 11 of what parts them; together, 2 ÷ 12."""
    rows = reviews(("a", 1, 10, 2), ("a", 3, 20, 4), ("b", 2, 10, 2), ("b", 3, 20, 4))
    severe, mild = leanings_of_ministries(rows, MINISTRIES)

    assert [(line.name, line.company) for line in (severe, mild)] == [("Travail", 2), ("Ville", 1)]
    assert (severe.gap, mild.gap) == (Decimal("-0.167"), Decimal("0.167"))


def test_two_reviews_of_a_dossier_for_one_ministry_are_one_opinion():
    rows = reviews(("a", 1, 10, 1), ("a", 2, 10, 3), ("a", 3, 20, 4))
    one_each = reviews(("a", 1, 10, 2), ("a", 3, 20, 4))

    found = [line.gap for line in leanings_of_ministries(rows, MINISTRIES)]
    assert found == [line.gap for line in leanings_of_ministries(one_each, MINISTRIES)]


def test_groups_are_those_whom_dossiers_link_however_far():
    rows = [("a", 1), ("a", 2), ("b", 2), ("b", 3), ("c", 4), ("c", 5), ("d", 6)]

    assert linked_groups([(*row, None) for row in rows]) == [{1, 2, 3}, {4, 5}]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_groups_are_apart_and_no_dossier_stands_in_two(pairs):
    groups = linked_groups([(*pair, None) for pair in pairs])

    assert sum(map(len, groups)) == len(frozenset().union(*groups))
    for dossier in {dossier for dossier, _ in pairs}:
        readers = {reader for found, reader in pairs if found == dossier}
        assert len(readers) < 2 or sum(readers <= group for group in groups) == 1


def test_severities_sum_to_nothing_within_each_group():
    rows = reviews(("a", 1, 10, 2), ("a", 2, 20, 4), ("b", 4, 20, 2), ("b", 5, 10, 5))
    lines = leanings_of_people(rows, PEOPLE, MINISTRIES)

    assert [(line.name, line.group) for line in lines] == [("Ann", 1), ("Bob", 1), ("Dan", 2), ("Eve", 2)]
    assert (lines[0].gap + lines[1].gap, lines[2].gap + lines[3].gap) == (0, 0)


# --- Regions ------------------------------------------------------------------------------------------------------


def test_the_country_sums_its_regions():
    regions = [
        Coverage("Bretagne", False, 3, 2, Decimal("7.000"), 45, 1, 100),
        Coverage("Corse"),
        Coverage("Tahiti", True, 1, 1, Decimal("2.000"), 15, 0, 50),
    ]
    assert whole_country(regions) == Coverage("Ensemble", False, 4, 3, Decimal("9.000"), 60, 1, 150)
    assert [region.mean for region in regions] == [Decimal("3.500"), None, Decimal("2.000")]


@pytest.mark.parametrize(
    ("regions", "words"),
    [
        ([Coverage("Corse"), Coverage("Mayotte"), Coverage("Bretagne", False, 1)],
         "2 régions sur 3 n'ont aucun dossier : Corse, Mayotte."),
        ([Coverage("Corse", False, 1), Coverage("Wallis", True), Coverage("Tahiti", True, 2)],
         "Toutes les régions ont au moins un dossier. 1 collectivité sur 2 n'a aucun dossier : Wallis."),
        ([Coverage("Tahiti", True, 2)], "Toutes les collectivités d'outre-mer ont au moins un dossier."),
        ([], ""),
    ],
)  # fmt: skip
def test_what_is_absent_is_said(regions, words):
    assert absent(regions) == words
