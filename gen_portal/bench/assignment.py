"""The assignment of a made-up call, alone in its process: seconds, memory, and its cost beside two plain ways.

The call: 18 regions and 8 job families of uneven size, reviewers who know three regions and two families, 3 % of conflicts,
room for a fifth more than needed. The plain ways: one linear programme with a variable per dossier and reviewer, which gives
the least cost there is; and each dossier in turn to whoever is cheapest at that moment.
"""

import json
import random
import resource
import statistics
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from labelling.assignment.problem import Aim, Dossier, Problem, Reviewer, ministry_key
from labelling.assignment.proposal import propose
from labelling.assignment.reasons import reasons, sentence
from labelling.assignment.share import share_of

ROUNDS, RECUSALS = 5, 20


def call(dossier_count, ministry_count, reviewer_count, *, seed=1):
    """The problem of a first assignment."""
    rng = random.Random(seed)
    regions, families = [f"{n:02}" for n in range(18)], [f"famille-{n}" for n in range(8)]
    ministries = [ministry_key(n) for n in range(ministry_count)]
    most = dossier_count * ministry_count * 6 // (reviewer_count * 5) + 1
    dossiers = tuple(
        Dossier(
            key, frozenset(ministries),
            frozenset(rng.choices(regions, range(1, 19))), rng.choices(families, [8, 4, 2, 1, 1, 1, 1, 1])[0],
        )
        for key in range(dossier_count)
    )  # fmt: skip
    reviewers = tuple(
        Reviewer(
            key, ministries[key % ministry_count], most,
            regions=frozenset(rng.sample(regions, 3)), job_families=frozenset(rng.sample(families, 2)),
        )
        for key in range(reviewer_count)
    )  # fmt: skip
    meetings = [(dossier.key, reviewer.key) for dossier in dossiers for reviewer in reviewers]
    conflicts = frozenset(meeting for meeting in meetings if rng.random() < 0.03)
    earlier = frozenset(meeting for meeting in meetings if rng.random() < 0.004)
    return Problem(dossiers, reviewers, date(2026, 11, 2), date(2026, 11, 30), conflicts, earlier=earlier)


def after_recusals(problem, proposal):
    """The same call once assigned, with a new conflict for some of the pairs."""
    lost = random.Random(2).sample(proposal.pairs, RECUSALS)
    conflicts = problem.conflicts | {(pair.dossier, pair.reviewer) for pair in lost}
    return replace(problem, present=frozenset(proposal.pairs), conflicts=conflicts)


def plain_programme(problem):
    """The least cost, by a programme without classes nor order."""
    return round(sum(_plain_share(share_of(problem, authority)) for authority in problem.authorities))


def _plain_share(share):
    rows, columns = np.nonzero(share.eligible)
    (row_count, column_count), arcs = share.eligible.shape, len(rows)
    takers = np.repeat(np.arange(column_count), share.rooms)
    steps = np.concatenate([load + np.arange(room) for load, room in zip(share.loads, share.rooms, strict=True)])
    width, index = arcs + len(takers), np.arange(arcs)
    heads = np.concatenate([rows, row_count + columns, row_count + takers])
    tails = np.concatenate([index, index, arcs + np.arange(len(takers))])
    signs = np.concatenate([np.ones(2 * arcs), -np.ones(len(takers))])
    found = linprog(
        np.concatenate([share.costs[rows, columns], share.load_weight * steps]),
        A_eq=csr_array((signs, (heads, tails)), shape=(row_count + column_count, width)),
        b_eq=np.concatenate([np.ones(row_count), np.zeros(column_count)]), bounds=(0, 1), method="highs",
    )  # fmt: skip
    return found.fun


def cheapest_each_time(problem):
    """The cost of taking each dossier in turn."""
    total = 0
    for authority in problem.authorities:
        share = share_of(problem, authority)
        loads, left = share.loads.copy(), share.rooms.copy()
        for eligible, costs in zip(share.eligible, share.costs, strict=True):
            prices = np.where(eligible & (left > 0), costs + share.load_weight * loads, np.iinfo(np.int64).max)
            column = prices.argmin()
            total += int(prices[column])
            loads[column] += 1
            left[column] -= 1
    return total


def timed(function, *arguments, **options):
    """Seconds and answer."""
    begun = time.perf_counter()
    answer = function(*arguments, **options)
    return time.perf_counter() - begun, answer


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(*counts):
    """The figures of a call of so many dossiers, ministries and reviewers; times are medians, in turn."""
    problem = call(*counts)
    before_mb, proposal = peak_mb(), propose(problem)
    memory_mb = peak_mb()
    later = after_recusals(problem, proposal)
    ways = {
        "propose": (propose, problem), "repair": (lambda p: propose(p, aim=Aim.FEWEST_CHANGES), later),
        "explain": (lambda p: [sentence(found) for found in reasons(p, proposal).values()], problem),
        "plain": (plain_programme, problem), "greedy": (cheapest_each_time, problem),
    }  # fmt: skip
    rounds = [{way: timed(*call_of) for way, call_of in ways.items()} for _ in range(ROUNDS)]
    answers = {way: answer for way, (_, answer) in rounds[0].items()}
    return {
        "counts": counts, "before_mb": before_mb, "memory_mb": memory_mb,
        "seconds": {way: statistics.median(each[way][0] for each in rounds) for way in ways},
        "cost": proposal.cost, "plain_cost": answers["plain"], "greedy_cost": answers["greedy"],
        "empty": len(proposal.empty_places), "lost": RECUSALS, "moved": len(answers["repair"].removed),
        "same": all(each["propose"][1] == proposal for each in rounds),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:]))))
