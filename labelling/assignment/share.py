"""One authority's share of a problem as tables: its open places against its reviewers, in an order drawn from the seed.

A reviewer belongs to one authority, so the shares are solved one by one.
"""

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from labelling.assignment.problem import Dossier, Limit, Pair, Problem, Reviewer

NOBODY = -1


@dataclass(frozen=True)
class Share:
    """D open places (rows) × R reviewers (columns).

    `eligible` (bool, D × R): nothing but loads forbids the pair, and the reviewer has room.
    `costs` (int, D × R): what the preferences left aside cost.
    `kept` (int, D): the column of today's reviewer, where they may stay; NOBODY elsewhere.
    `loads` (int, R): dossiers that do not depend on the proposal. `rooms` (int, R): how many more each may take.
    `absent` (bool, R): not there all the time. `load_weight`: what one dossier of difference in loads costs.
    """

    authority: str
    dossiers: list[Dossier]
    reviewers: list[Reviewer]
    eligible: np.ndarray
    costs: np.ndarray
    kept: np.ndarray
    loads: np.ndarray
    rooms: np.ndarray
    absent: np.ndarray
    load_weight: int

    def limit(self, column: int) -> Limit:
        """What keeps a reviewer away from a place they are not eligible for."""
        if self.absent[column]:
            return Limit.UNAVAILABLE
        return Limit.CONFLICT if self.rooms[column] else Limit.FULL

    def pair(self, row: int, column: int) -> Pair:
        return Pair(self.dossiers[row].key, self.authority, self.reviewers[column].key)


def share_of(problem: Problem, authority: str) -> Share:
    """The share of one authority; places held for good are not in it, but count in the loads."""
    taken = {pair.dossier for pair in problem.held if pair.authority == authority}
    dossiers = _drawn(problem.seed, (d for d in problem.dossiers if authority in d.authorities and d.key not in taken))
    reviewers = _drawn(problem.seed, (r for r in problem.reviewers if r.authority == authority))
    held = Counter(pair.reviewer for pair in problem.held)
    loads = np.array([r.elsewhere_count + held[r.key] for r in reviewers], dtype=np.int64)
    absent = np.array([not r.is_available(problem.starts_on, problem.due_on) for r in reviewers], dtype=bool)
    rooms = np.maximum(np.array([r.max_load for r in reviewers], dtype=np.int64) - loads, 0) * ~absent
    rows = {dossier.key: row for row, dossier in enumerate(dossiers)}
    columns = {reviewer.key: column for column, reviewer in enumerate(reviewers)}
    eligible = np.repeat((rooms > 0)[np.newaxis], len(dossiers), axis=0)
    eligible[_cells(problem.barred, rows, columns)] = False
    kept = np.full(len(dossiers), NOBODY)
    for pair in problem.present:
        row, column = rows.get(pair.dossier), columns.get(pair.reviewer)
        if pair.authority == authority and row is not None and column is not None and eligible[row, column]:
            kept[row] = column
    costs = _costs(problem, dossiers, reviewers)
    costs[_cells(problem.earlier, rows, columns)] -= problem.weights.earlier
    costs[_cells(problem.stand_ins, rows, columns)] -= problem.weights.stand_in
    return Share(authority, dossiers, reviewers, eligible, costs, kept, loads, rooms, absent, problem.weights.load)


def _drawn(seed, members):
    """Members in an order drawn from the seed, the same whatever the order they came in."""

    def draw(member):
        return blake2b(f"{seed}:{type(member).__name__}:{member.key}".encode(), digest_size=8).digest(), member.key

    return sorted(members, key=draw)


def _cells(meetings, rows, columns):
    """The index of the cells of these (dossier, reviewer)."""
    found = [(rows[d], columns[r]) for d, r in meetings if d in rows and r in columns]
    return tuple(np.array(found, dtype=np.int64).reshape(-1, 2).T)


def _costs(problem, dossiers, reviewers):
    """As if nobody had had the earlier dossier nor stood in; the row of a profile is computed once."""
    without = replace(problem, earlier=frozenset(), stand_ins=frozenset())
    profiles = {}
    for dossier in dossiers:
        profile = (dossier.regions, dossier.job_family)
        if profile not in profiles:
            profiles[profile] = [without.preference_cost(dossier, reviewer) for reviewer in reviewers]
    rows = [profiles[dossier.regions, dossier.job_family] for dossier in dossiers]
    return np.array(rows, dtype=np.int64).reshape(len(dossiers), len(reviewers))
