"""What an assignment is asked for, in plain values: dossiers, reviewers, limits, preferences.

An authority is who gives one opinion on a dossier: a ministry, or the State's service of a region where the call asks for a
regional opinion. A place is a dossier and an authority; it is for exactly one reviewer of that authority (domain.md §2 and
bar.md, row 17). Keys of dossiers and reviewers are primary keys; regions and job families are codes.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property


class Limit(StrEnum):
    """What no proposal goes against, and no change by hand."""

    UNKNOWN = "unknown"  # the dossier is not asked about, or the person no longer reviews
    AUTHORITY = "authority"  # the dossier does not need this authority, or the person reviews for another one
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"
    TWICE = "twice"  # the place has two reviewers, or the reviewer two places of one dossier
    FULL = "full"


#: What goes against a limit, in the words of a list.
LIMIT_WORDS = {
    Limit.UNKNOWN: "ne figure plus dans les listes",
    Limit.AUTHORITY: "n'évalue pas ce dossier à ce titre",
    Limit.CONFLICT: "lien d'intérêts, ou dossier rendu",
    Limit.UNAVAILABLE: "indisponible",
    Limit.TWICE: "place donnée deux fois",
    Limit.FULL: "charge maximale atteinte",
}


class Aim(StrEnum):
    """What counts first once as many places as possible are filled; the other counts next."""

    LEAST_COST = "least_cost"
    FEWEST_CHANGES = "fewest_changes"


def ministry_key(pk: int) -> str:
    """The authority of a ministry, by its primary key."""
    return f"ministry:{pk}"


def region_key(code: str) -> str:
    """The authority that gives the regional opinion, by the INSEE code of the region."""
    return f"region:{code}"


@dataclass(frozen=True)
class Dossier:
    """A dossier to be judged: the authorities it needs, the regions of its sites, its job family ("" if not said)."""

    key: int
    authorities: frozenset[str]
    regions: frozenset[str] = frozenset()
    job_family: str = ""


@dataclass(frozen=True)
class Reviewer:
    """A person who may judge, for one authority, between two days included (None: no end).

    `max_load` counts dossiers, the `elsewhere_count` they already have in other calls included. Who names no region or no
    job family is taken to know none in particular. `absences` are (first day, last day), both included.
    """

    key: int
    authority: str
    max_load: int
    elsewhere_count: int = 0
    regions: frozenset[str] = frozenset()
    job_families: frozenset[str] = frozenset()
    from_on: date | None = None
    until_on: date | None = None
    absences: tuple[tuple[date, date], ...] = ()

    def is_available(self, starts_on: date, due_on: date) -> bool:
        """Whether they may review from the day a dossier is entrusted to the day its review is due, both included.

        They hold the right all along, are there on the last day, and away for at most half of the days.
        """
        is_entitled = (self.from_on is None or self.from_on <= starts_on) and (
            self.until_on is None or due_on <= self.until_on
        )
        return is_entitled and not self._is_away(starts_on, due_on)

    def _is_away(self, starts_on, due_on):
        days = (due_on - starts_on).days + 1
        away_count = len({day for first, last in self.absences for day in _days(max(first, starts_on), min(last, due_on))})
        return 2 * away_count > days or any(first <= due_on <= last for first, last in self.absences)


@dataclass(frozen=True, order=True)
class Pair:
    """A reviewer in the place of one authority for one dossier."""

    dossier: int
    authority: str
    reviewer: int


@dataclass(frozen=True)
class Weights:
    """Integer costs, all in one unit: one more dossier of difference between the loads of two people.

    A preference of weight 3 is followed as long as it makes nobody have more than 4 dossiers more than another who could take
    the dossier. The weights are a convention of the portal: no source gives any.
    """

    region: int = 2
    job_family: int = 3
    earlier: int = 4
    load: int = 1
    stand_in: int = 6


@dataclass(frozen=True)
class Problem:
    """Everything a proposal depends on; two equal problems have the same proposal, whatever the order of what they list.

    `present` are today's pairs; those also in `begun` have a review begun or submitted and never move, but for a conflict.
    `conflicts`, `earlier` and `stand_ins` are (dossier, reviewer): they must not meet; they had the earlier dossier of the
    same training; they stand in for whoever has the dossier today and cannot keep it.
    Raises ValueError when a key is listed twice, a place is held twice, or a begun pair is not among the present ones.
    """

    dossiers: tuple[Dossier, ...]
    reviewers: tuple[Reviewer, ...]
    starts_on: date
    due_on: date
    conflicts: frozenset[tuple[int, int]] = frozenset()
    present: frozenset[Pair] = frozenset()
    begun: frozenset[Pair] = frozenset()
    earlier: frozenset[tuple[int, int]] = frozenset()
    stand_ins: frozenset[tuple[int, int]] = frozenset()
    weights: Weights = field(default_factory=Weights)
    seed: int = 0

    def __post_init__(self):
        _refuse_twice("dossier", (each.key for each in self.dossiers))
        _refuse_twice("reviewer", (each.key for each in self.reviewers))
        _refuse_twice("place", ((pair.dossier, pair.authority) for pair in self.present))
        if self.begun - self.present:
            raise ValueError("Begun pairs are not present: " + ", ".join(map(str, sorted(self.begun - self.present))))

    @cached_property
    def dossiers_by_key(self) -> dict[int, Dossier]:
        return {each.key: each for each in self.dossiers}

    @cached_property
    def reviewers_by_key(self) -> dict[int, Reviewer]:
        return {each.key: each for each in self.reviewers}

    @cached_property
    def authorities(self) -> list[str]:
        """Those that some dossier needs, in alphabetical order."""
        return sorted(set().union(*(each.authorities for each in self.dossiers)))

    @cached_property
    def held(self) -> frozenset[Pair]:
        """The pairs that never move: begun and without conflict, whatever the load or the absence of the reviewer."""
        return frozenset(pair for pair in self.begun if (pair.dossier, pair.reviewer) not in self.conflicts)

    @cached_property
    def barred(self) -> frozenset[tuple[int, int]]:
        """(dossier, reviewer) that must not meet: conflicts, and whoever already judges the dossier for good."""
        return self.conflicts | {(pair.dossier, pair.reviewer) for pair in self.held}

    def limit_of(self, pair: Pair) -> Limit | None:
        """The first limit that this pair alone goes against, if any. Loads are not looked at."""
        dossier, reviewer = self.dossiers_by_key.get(pair.dossier), self.reviewers_by_key.get(pair.reviewer)
        if dossier is None or reviewer is None:
            return Limit.UNKNOWN
        if (pair.dossier, pair.reviewer) in self.conflicts:
            return Limit.CONFLICT
        if pair.authority not in dossier.authorities or pair.authority != reviewer.authority:
            return Limit.AUTHORITY
        return None if reviewer.is_available(self.starts_on, self.due_on) else Limit.UNAVAILABLE

    def preference_cost(self, dossier: Dossier, reviewer: Reviewer) -> int:
        """What the preferences that this pair leaves aside cost, in the unit of the weights."""
        return (
            self.weights.region * dossier.regions.isdisjoint(reviewer.regions)
            + self.weights.job_family * (dossier.job_family not in reviewer.job_families)
            + self.weights.earlier * ((dossier.key, reviewer.key) not in self.earlier)
            + self.weights.stand_in * ((dossier.key, reviewer.key) not in self.stand_ins)
        )

    def cost_of(self, pairs: Iterable[Pair]) -> int:
        """The preferences left aside, plus for each reviewer the load before each dossier they take: 0, 1, 2…

        The sum of these loads grows with its square, so equal loads cost least. People who left are not counted.
        """
        known = [
            pair for pair in pairs if pair.reviewer in self.reviewers_by_key and pair.dossier in self.dossiers_by_key
        ]
        preferences = sum(
            self.preference_cost(self.dossiers_by_key[pair.dossier], self.reviewers_by_key[pair.reviewer])
            for pair in known
        )
        counts = Counter(self.reviewers_by_key[pair.reviewer] for pair in known)
        loads = sum(n * reviewer.elsewhere_count + n * (n - 1) // 2 for reviewer, n in counts.items())
        return preferences + self.weights.load * loads

    def breaches(self, pairs: Iterable[Pair]) -> list[tuple[Pair, Limit]]:
        """Every limit that these pairs, made by hand or read from a file, go against; pairs held for good are lawful."""
        pairs = sorted(pairs)
        places = Counter((pair.dossier, pair.authority) for pair in pairs)
        seats = Counter((pair.dossier, pair.reviewer) for pair in pairs)
        moving = [pair for pair in pairs if pair not in self.held]
        found = [(pair, limit) for pair in moving if (limit := self.limit_of(pair)) is not None]
        found += [
            (pair, Limit.TWICE)
            for pair in moving
            if places[pair.dossier, pair.authority] > 1 or seats[pair.dossier, pair.reviewer] > 1
        ]
        loads = Counter(pair.reviewer for pair in pairs)
        found += [(pair, Limit.FULL) for pair in moving if self._is_over(pair.reviewer, loads)]
        return found

    def _is_over(self, key, loads):
        reviewer = self.reviewers_by_key.get(key)
        return reviewer is not None and reviewer.elsewhere_count + loads[key] > reviewer.max_load


def _days(first, last):
    """The days from one to another, both included; none when they are in the wrong order."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _refuse_twice(what, keys):
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    if twice:
        raise ValueError(f"Listed twice as {what}: {', '.join(map(str, twice))}")
