"""The quarters as the public reads them, each closed for ever on a day: pure (docs/decisions/0101).

Formulas are those of `figures`. A quarter is closed some days after the last one to answer, with what was filed until then;
what is filed or corrected later counts from the next closing on. So a figure given once never changes, and nobody learns what
one report holds from the difference of two days.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from fabriques.figures import share
from fabriques.secrecy import COUNTRY, Cells, Counts, Row, Shown, may_stand_alone, rows_of, shown_of
from gen_portal.core import clock

#: After the last day to answer: time for those who are a little late, and for every time zone.
CLOSES_AFTER = timedelta(days=10)
#: A share of a region or of a call is rounded to whole percents, to five of fewer people: any number of people from 20, or
#: from 200, answers each of them, so that it tells neither how many nor of how many.
FINE, COARSE, FINE_FROM = 1, 5, 200
STARTED, SHARES = "started", ("women", "young_neet", "priority_area")


@dataclass(frozen=True)
class Held:
    """A public label: where it counts, when it is in force, since when the public knows. `lost`: (day, known since)."""

    pk: int
    training: int
    structure: int
    region: str
    call: str
    starts_on: date
    ends_on: date
    published_at: datetime
    lost: tuple[tuple[date, datetime], ...] = ()

    def is_in_force(self, on: date, known_before: datetime) -> bool:
        is_lost = any(day <= on and known_at < known_before for day, known_at in self.lost)
        return self.published_at < known_before and self.starts_on <= on < self.ends_on and not is_lost


class Filing(NamedTuple):
    """What a label told for a quarter, in its filing of a number; None where the form did not ask. In order of time, but for
    corrections of an old quarter: tuples sort so."""

    quarter: date
    number: int
    label: int
    filed_at: datetime
    started: int
    in_progress: int
    finished: int
    women: int | None
    young_neet: int | None
    priority_area: int | None


@dataclass(frozen=True)
class Term:
    """A quarter that had a campaign, and the labels that owed a report."""

    starts_on: date
    ends_on: date
    due_on: date
    owing: Sequence[int] = ()

    @property
    def last_on(self) -> date:
        return self.ends_on - clock.ONE_DAY

    @property
    def closed_on(self) -> date:
        return self.due_on + CLOSES_AFTER

    @property
    def closes_at(self) -> datetime:
        return clock.end_of(self.closed_on)


@dataclass(frozen=True)
class Told:
    """A number as the public reads it: it may be hidden, or not exist (a share of nobody)."""

    value: int | float | None = None
    is_hidden: bool = False


HIDDEN = Told(is_hidden=True)


@dataclass(frozen=True)
class Share:
    """A part of those who started, of the reports that gave it."""

    part: int
    whole: int

    @property
    def counts(self) -> Counts:
        return (self.part, self.whole - self.part)


@dataclass(frozen=True)
class Sums:
    """What the reports of a row add up to at a closing."""

    people: int
    started: int
    shares: Mapping[str, Share]


@dataclass(frozen=True)
class Closing:
    """A closed quarter: how many reports it rests on, by row, and what may be shown of them."""

    term: Term
    fabrique_count: int
    training_count: int
    owed: Mapping[Row, int]
    answered: Mapping[Row, int]
    sums: Mapping[Row, Sums]
    people_shown: Shown
    shares_shown: Mapping[str, Shown]
    exact_names: frozenset[str]

    @property
    def answered_count(self) -> int:
        return self.answered[COUNTRY]

    @property
    def owed_count(self) -> int:
        return self.owed[COUNTRY]

    @cached_property
    def rows(self) -> list[Row]:
        """Regions and calls that owe or gave a report."""
        return sorted({*self.owed, *self.sums} - {COUNTRY})

    def people(self, row: Row = COUNTRY) -> Told:
        if row in self.people_shown.hidden:
            return HIDDEN
        return Told(self.sums[row].people if row in self.sums else 0)

    def started(self) -> Told:
        """In the country; not by row: those who left would be the difference."""
        if COUNTRY not in self.sums:
            return Told(0)
        return Told(self.sums[COUNTRY].started) if STARTED in self.exact_names else HIDDEN

    def percent(self, name: str, row: Row = COUNTRY) -> Told:
        """Of the country with one decimal, of a row rounded."""
        if row not in self.sums or not self.sums[row].shares[name].whole:
            return Told()
        found = self.sums[row].shares[name]
        if row == COUNTRY:
            return Told(share(found.part, found.whole)) if name in self.exact_names else HIDDEN
        if row in self.shares_shown[name].hidden:
            return HIDDEN
        step = FINE if found.whole >= FINE_FROM else COARSE
        return Told(step * round(100 * found.part / found.whole / step))

    def exact(self, name: str) -> Share | None:
        """The part and the whole of a share of the country, when they may be shown."""
        return self.sums[COUNTRY].shares[name] if name in self.exact_names else None


def closings(terms: Iterable[Term], labels: Iterable[Held], filings: Iterable[Filing]) -> list[Closing]:
    """Each term closed, oldest first. Those of which a figure is asked must come with all the earlier ones."""
    terms, held = sorted(terms, key=lambda term: term.starts_on), {label.pk: label for label in labels}
    filings = sorted(filing for filing in filings if filing.label in held)
    found: list[Closing] = []
    for term in terms:
        found.append(_closed(term, held, filings, found))
    return found


def _closed(term, held, filings, earlier):
    closes_at = term.closes_at
    known = (filing for filing in filings if filing.filed_at < closes_at and filing.quarter <= term.starts_on)
    latest = {filing.label: filing for filing in known}
    in_force = [label for label in held.values() if label.is_in_force(term.last_on, closes_at)]
    ranks = _by_row(held, [pk for pk, label in held.items() if label.published_at < closes_at])
    cells = _summed(held, latest.values())
    people = shown_of(_cells(cells, lambda sums: (sums.people,), ranks), [each.people_shown for each in earlier])
    shares = {name: shown_of(_cells(cells, lambda sums, name=name: sums.shares[name].counts, ranks)) for name in SHARES}
    sums = _rows_of(cells)
    return Closing(
        term=term,
        fabrique_count=len({label.structure for label in in_force}),
        training_count=len({label.training for label in in_force}),
        owed=_by_row(held, [pk for pk in term.owing if pk in held]),
        answered=_by_row(held, [pk for pk, filing in latest.items() if filing.quarter == term.starts_on]),
        sums=sums,
        people_shown=people,
        shares_shown=shares,
        exact_names=_exact_names(sums, people, earlier),
    )


def _by_row(held, labels):
    """How many labels in each row."""
    return Counter(row for pk in labels for row in rows_of(held[pk].region, held[pk].call))


def _summed(held, filings):
    """Sums by region and call."""
    cells = defaultdict(list)
    for filing in filings:
        label = held[filing.label]
        cells[label.region, label.call].append(filing)
    return {pair: _sums(reports) for pair, reports in cells.items()}


def _sums(reports):
    return Sums(
        people=sum(report.in_progress + report.finished for report in reports),
        started=sum(report.started for report in reports),
        shares={name: _share([(getattr(report, name), report.started) for report in reports]) for name in SHARES},
    )


def _share(pairs):
    given = [(part, whole) for part, whole in pairs if part is not None]
    return Share(sum(part for part, _ in given), sum(whole for _, whole in given))


def _cells(cells, counts_of, ranks):
    """Those where somebody started, for what is shown of them."""
    return Cells({pair: counts_of(sums) for pair, sums in cells.items() if sums.started}, ranks)


def _rows_of(cells):
    rows = defaultdict(list)
    for (region, call), sums in cells.items():
        for row in rows_of(region, call):
            rows[row].append(sums)
    return {row: _added(several) for row, several in rows.items()}


def _added(several):
    shares = {
        name: Share(sum(each.shares[name].part for each in several), sum(each.shares[name].whole for each in several))
        for name in SHARES
    }
    return Sums(sum(each.people for each in several), sum(each.started for each in several), shares)


def _exact_names(sums, people_shown, earlier):
    """Which numbers of the country, beside the people, are shown as they are: who started, and each share of them."""
    if COUNTRY not in sums or COUNTRY in people_shown.hidden:
        return frozenset()
    names = [name for name in (STARTED, *SHARES) if _may_be_exact(name, sums[COUNTRY], earlier)]
    return frozenset(names if STARTED in names else ())


def _may_be_exact(name, sums, earlier):
    before = [closing.sums[COUNTRY] for closing in earlier if name in closing.exact_names]
    return may_stand_alone(_told_by(name, sums), [_told_by(name, each) for each in before])


def _told_by(name, sums):
    """The counts that a number of the country gives away, the people being known: those who left; the part, the others, and
    those of the reports that did not tell."""
    if name == STARTED:
        return (sums.started - sums.people,)
    found = sums.shares[name]
    return (*found.counts, sums.started - found.whole)
