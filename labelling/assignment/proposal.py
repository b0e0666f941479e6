"""Who should judge what: the best filling of all places, what changes from today, and what blocks where it is not possible.

A proposal changes nothing by itself; it is shown, then applied. Solved authority by authority.
"""

from collections import Counter
from dataclasses import dataclass

from labelling.assignment.problem import Aim, Limit, Pair, Problem
from labelling.assignment.share import share_of
from labelling.assignment.solver import solve


@dataclass(frozen=True)
class Shortage:
    """An authority lacks places: these dossiers can only go to these reviewers, who have `room_count` places in all.

    `excluded` are its other reviewers, each with the limit that keeps them away from every one of these dossiers.
    """

    authority: str
    dossiers: tuple[int, ...]
    reviewers: tuple[int, ...]
    room_count: int
    excluded: tuple[tuple[int, Limit], ...]

    @property
    def missing_count(self) -> int:
        """How many of these dossiers stay without reviewer, whatever is done."""
        return len(self.dossiers) - self.room_count


@dataclass(frozen=True)
class Removal:
    """A pair of today that does not stay: the limit in its way (FULL: today's load is over it), None if only moved."""

    pair: Pair
    limit: Limit | None


@dataclass(frozen=True)
class Load:
    """Dossiers of a reviewer, elsewhere included: today, after the proposal, and at most."""

    reviewer: int
    before_count: int
    after_count: int
    max_load: int


@dataclass(frozen=True)
class Proposal:
    """Pairs in order of dossier and authority, and how they differ from today's; `cost` as Problem.cost_of counts it.

    `empty_places` are (dossier, authority) without reviewer; `shortages` say why, and what they miss adds up to their number.
    """

    pairs: tuple[Pair, ...]
    kept: tuple[Pair, ...]
    added: tuple[Pair, ...]
    removed: tuple[Removal, ...]
    loads: tuple[Load, ...]
    empty_places: tuple[tuple[int, str], ...]
    shortages: tuple[Shortage, ...]
    cost: int


def propose(problem: Problem, *, aim: Aim = Aim.LEAST_COST) -> Proposal:
    """Fill as many places as the limits allow, then at least cost; with FEWEST_CHANGES, moving the fewest pairs of today.

    The first call of a campaign asks for the least cost; the repair after a recusal or an absence for the fewest changes,
    which are the pairs of today that could stay and do not. Either breaks the ties of the other; the seed then decides:
    the same problem with the same seed gives the same proposal. Never fails for want of reviewers, but names the shortages.
    """
    pairs, shortages = set(problem.held), []
    for authority in problem.authorities:
        share = share_of(problem, authority)
        chosen, lacks = solve(share, aim)
        pairs.update(share.pair(row, column) for row, column in chosen)
        shortages += [_shortage(share, lack) for lack in lacks]
    loads = tuple(_loads(problem, pairs))
    return Proposal(
        pairs=tuple(sorted(pairs)),
        kept=tuple(sorted(pairs & problem.present)),
        added=tuple(sorted(pairs - problem.present)),
        removed=tuple(_removals(problem, pairs, loads)),
        loads=loads,
        empty_places=tuple(_empty_places(problem, pairs)),
        shortages=tuple(sorted(shortages, key=lambda shortage: (shortage.authority, shortage.dossiers))),
        cost=problem.cost_of(pairs),
    )


def _shortage(share, lack):
    return Shortage(
        authority=share.authority,
        dossiers=tuple(sorted(share.dossiers[row].key for row in lack.rows)),
        reviewers=tuple(sorted(share.reviewers[column].key for column in lack.columns)),
        room_count=lack.room_count,
        excluded=tuple(sorted((share.reviewers[column].key, limit) for column, limit in lack.excluded.items())),
    )


def _removals(problem, pairs, loads):
    overloaded = {load.reviewer for load in loads if load.before_count > load.max_load}
    for pair in sorted(problem.present - pairs):
        alone = Limit.FULL if pair.reviewer in overloaded else None
        yield Removal(pair, problem.limit_of(pair) or alone)


def _loads(problem, pairs):
    before, after = (Counter(pair.reviewer for pair in each) for each in (problem.present, pairs))
    for reviewer in sorted(problem.reviewers, key=lambda each: each.key):
        fixed, key = reviewer.elsewhere_count, reviewer.key
        yield Load(key, fixed + before[key], fixed + after[key], reviewer.max_load)


def _empty_places(problem, pairs):
    filled = {(pair.dossier, pair.authority) for pair in pairs}
    places = {(dossier.key, authority) for dossier in problem.dossiers for authority in dossier.authorities}
    return sorted(places - filled)
