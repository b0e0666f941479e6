"""The figures of a board as tables, the same cells on the page and in the file. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gen_portal.core import phrases
from labelling.severities import MARKS, Coverage, Leaning, MarkSpread, whole_country

MINUS = "\u2212"

#: A number, a text, or nothing to say.
Value = int | Decimal | str | None


@dataclass(frozen=True)
class Cell:
    """What a page shows of a value, under the words of its column."""

    column: str
    value: Value

    @property
    def is_number(self) -> bool:
        return not isinstance(self.value, str)

    @property
    def words(self) -> str:
        """« −0,312 », « 1 234 »; a dash for nothing. A decimal keeps its decimals, so that a column is straight."""
        if self.value is None:
            return "–"
        if isinstance(self.value, Decimal):
            return f"{self.value:f}".replace(".", ",").replace("-", MINUS)
        return phrases.number(self.value) if isinstance(self.value, int) else self.value


@dataclass(frozen=True)
class Table:
    """`key` names it in the address of its file; `headers` and `rows` are as `spreadsheets.as_csv` takes them.

    `has_total`: the last row sums the others.
    """

    key: str
    caption: str
    headers: dict[str, str]
    rows: list[dict[str, Value]]
    has_total: bool = False

    @property
    def lines(self) -> list[list[Cell]]:
        return [[Cell(words, row[name]) for name, words in self.headers.items()] for row in self.rows]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """The words of each column, and whether it holds numbers."""
        return [
            (words, not any(isinstance(row[name], str) for row in self.rows)) for name, words in self.headers.items()
        ]


def marks_table(spreads: Sequence[MarkSpread]) -> Table:
    counts = {f"count_{mark}": f"Note {mark}" for mark in MARKS}
    shares = {f"share_{mark}": f"Note {mark} (%)" for mark in MARKS}
    headers = {
        "label": "Critère",
        "weight": "Poids (%)",
        "reviews": "Évaluations",
        "mean": "Moyenne",
        **counts,
        **shares,
    }
    return Table("notes", "Notes données à chaque critère", headers, [_marks_row(spread) for spread in spreads])


def _marks_row(spread):
    counts = {f"count_{mark}": count for mark, count in zip(MARKS, spread.counts, strict=True)}
    shares = {f"share_{mark}": share for mark, share in zip(MARKS, spread.shares, strict=True)}
    head = {"label": spread.label, "weight": spread.weight_percent, "reviews": spread.review_count, "mean": spread.mean}
    return head | counts | shares


def ministries_table(leanings: Sequence[Leaning]) -> Table:
    return _leanings_table("ministeres", "Sévérité par ministère", ("Ministère", "Instructeurs"), leanings)


def people_table(leanings: Sequence[Leaning]) -> Table:
    return _leanings_table("instructeurs", "Sévérité par instructeur", ("Instructeur", "Ministère"), leanings)


def _leanings_table(key, caption, first, leanings):
    name, company = first
    group = {"group": "Groupe"} if has_several_groups(leanings) else {}
    headers = {
        "name": name, "company": company, "reviews": "Évaluations", "shared": "Dossiers partagés", **group,
        "gap": "Écart (points)", "low": "Intervalle : de", "high": "à", "sentence": "Ce que cela veut dire",
    }  # fmt: skip
    return Table(key, caption, headers, [_leaning_row(leaning) for leaning in leanings])


def has_several_groups(leanings: Sequence[Leaning]) -> bool:
    """Whether some are not comparable with others, however far one follows the dossiers they share."""
    return len({leaning.group for leaning in leanings} - {None}) > 1


def _leaning_row(leaning):
    low, high = leaning.interval or (None, None)
    severity = leaning.severity
    return {
        "name": leaning.name, "company": leaning.company, "reviews": severity.review_count,
        "shared": severity.shared_count, "group": leaning.group, "gap": leaning.gap, "low": low, "high": high,
        "sentence": leaning.sentence,
    }  # fmt: skip


def regions_table(regions: Sequence[Coverage]) -> Table:
    headers = {
        "name": "Région", "dossiers": "Dossiers", "judged": "Dossiers évalués", "mean": "Moyenne", "seats": "Places",
        "requested": "Subvention demandée (€)",
    }  # fmt: skip
    rows = [_region_row(region) for region in [*regions, whole_country(regions)]]
    return Table("regions", "Dossiers par région", headers, rows, has_total=True)


def _region_row(region):
    return {
        "name": region.name, "dossiers": region.dossier_count, "judged": region.judged_count, "mean": region.mean,
        "seats": region.learner_count, "requested": region.requested_euros,
    }  # fmt: skip
