"""The figures of the follow-up against the targets of the programme: pure, one definition for every page and export.

Formulas and sources:

* **fabriques** of a day: structures with at least one label in force that day (model.md §2); target 200 (plan of 2015,
  domain.md §1.1). A structure counts once, in the region of its head office.
* **people** : finished + in progress. The target of 10,000 was compared with people « trained or in training »
  (domain.md §1.2 and §5.2); who dropped out is not counted.
* **women**: women ÷ started; target 30 % (domain.md §1.2), held nationally (domain.md §1.1).
* **under 26 without work or training**: those who are both ÷ started; target 50 % (domain.md §1.2).
* **priority areas**: people of priority urban areas ÷ started; no target in figures was published (domain.md §1.2).

Counts are cumulative since the label began. A quarter for which a label has not answered takes its latest earlier
report: what was reached stays reached. A label that has never answered adds nothing. A label that is over keeps its
last figures. Shares leave out the reports of the first questionnaire, which did not ask some counts, rather than take
their silence for zero. `answered_count` of `owed_count` says on how many reports of the quarter itself the figures rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

TARGET_FABRIQUES = 200
TARGET_PEOPLE = 10_000
TARGET_WOMEN = 30  # percent
TARGET_YOUNG_WITHOUT_WORK = 50  # percent
COUNTS = (
    "started_count",
    "in_progress_count",
    "finished_count",
    "dropped_count",
    "women_count",
    "under_26_count",
    "neet_count",
    "young_neet_count",
    "priority_area_count",
)


@dataclass(frozen=True)
class Span:
    """A label in force from a day to another, excluded, and the structure that holds it."""

    label: int
    structure: int
    starts_on: date
    over_on: date


@dataclass(frozen=True)
class Filed:
    """The counts a label gave for a quarter; None where the form did not ask yet."""

    label: int
    quarter: date
    counts: Mapping[str, int | None]


@dataclass(frozen=True)
class Quarter:
    """A quarter, from its first day to the first of the next one, with the reports owed for it."""

    starts_on: date
    ends_on: date
    owed_count: int = 0


@dataclass(frozen=True)
class Figures:
    """What was reached at the end of one quarter."""

    quarter: Quarter
    fabrique_count: int
    label_count: int
    answered_count: int
    totals: Mapping[str, int]
    wholes: Mapping[str, int]

    @property
    def year(self):
        return self.quarter.starts_on.year

    @property
    def number(self):
        """Of the quarter in its year, from 1 to 4."""
        return (self.quarter.starts_on.month + 2) // 3

    @property
    def people_count(self):
        return self.totals["in_progress_count"] + self.totals["finished_count"]

    def percent(self, name):
        """The share of a count among those who started, of the reports that gave it; None of nobody."""
        return share(self.totals[name], self.wholes[name])

    @property
    def women_percent(self):
        return self.percent("women_count")

    @property
    def under_26_percent(self):
        return self.percent("under_26_count")

    @property
    def young_neet_percent(self):
        return self.percent("young_neet_count")

    @property
    def priority_area_percent(self):
        return self.percent("priority_area_count")


def share(part: int, whole: int) -> float | None:
    """Percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def series(spans: Iterable[Span], filed: Iterable[Filed], quarters: Sequence[Quarter]) -> list[Figures]:
    """The figures at the end of each quarter, in the order given (oldest first)."""
    spans, reports = list(spans), sorted(filed, key=lambda report: report.quarter)
    latest, found, position = {}, [], 0
    for quarter in quarters:
        while position < len(reports) and reports[position].quarter <= quarter.starts_on:
            latest[reports[position].label] = reports[position]
            position += 1
        found.append(_figures(quarter, spans, latest.values()))
    return found


def _figures(quarter, spans, latest):
    in_force = [span for span in spans if span.starts_on < quarter.ends_on <= span.over_on]
    given = {name: [report.counts for report in latest if report.counts[name] is not None] for name in COUNTS}
    return Figures(
        quarter=quarter,
        fabrique_count=len({span.structure for span in in_force}),
        label_count=len(in_force),
        answered_count=sum(report.quarter == quarter.starts_on for report in latest),
        totals={name: sum(counts[name] for counts in given[name]) for name in COUNTS},
        wholes={name: sum(counts["started_count"] for counts in given[name]) for name in COUNTS},
    )
