"""The assignment against brute force, on cases small enough to try everything, and against exchanges on larger ones.

The oracle below reads the raw fields of a problem: it shares no rule with the module it judges.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling.assignment.problem import Aim, Dossier, Limit, Pair, Problem, Reviewer, Weights, ministry_key, region_key
from labelling.assignment.proposal import Load, Removal, propose

pytestmark = pytest.mark.once

FROM, DUE = date(2026, 11, 2), date(2026, 11, 30)
WORK, REGION = ministry_key(1), region_key("11")
LEAVER = 99


# --- Cases --------------------------------------------------------------------------------------------------------

ENDS = (None, None, None, date(2026, 10, 1), FROM, date(2026, 11, 15), DUE, date(2026, 12, 1))


#: Nothing; a fortnight at the beginning; 15 days of 29; their two halves; the last day; other months.
AWAY = (
    (), (), (), ((FROM, date(2026, 11, 15)),), ((FROM, date(2026, 11, 16)),),
    ((date(2026, 10, 1), date(2026, 11, 9)), (date(2026, 11, 13), date(2026, 11, 19))), ((DUE, DUE),),
    ((date(2026, 9, 1), date(2026, 10, 31)), (date(2026, 12, 1), date(2026, 12, 24))),
)  # fmt: skip


def case(number):
    """At most 5 dossiers and, for each of two authorities, 3 reviewers; today's pairs may be unlawful, or of a leaver."""
    rng = random.Random(number)
    dossiers = [
        Dossier(key, some(rng, [WORK, REGION], least=1), some(rng, ["11", "84"]), rng.choice(["dev", "net", ""]))
        for key in range(rng.randint(1, 5))
    ]
    sides = [WORK] * rng.randint(0, 3) + [REGION] * rng.randint(0, 3)
    reviewers = [
        Reviewer(
            key, side, rng.randint(0, 5), rng.choice([0, 0, 0, 1, 2]), some(rng, ["11", "84"]), some(rng, ["dev", "net"]),
            from_on=rng.choice(ENDS[:6]), until_on=rng.choice([None, None, *ENDS[:3], *ENDS[5:]]),
            absences=rng.choice(AWAY),
        )
        for key, side in enumerate(sides, start=10)
    ]  # fmt: skip
    meetings = [(dossier.key, reviewer.key) for dossier in dossiers for reviewer in reviewers]
    holders = [*(reviewer.key for reviewer in reviewers), LEAVER]
    places = [(dossier.key, side) for dossier in dossiers for side in sorted(dossier.authorities)]
    present = [Pair(*place, rng.choice(holders)) for place in places if rng.random() < 0.7]
    return Problem(
        tuple(dossiers), tuple(reviewers), FROM, DUE, some(rng, meetings, share=rng.choice([0, 0.2, 0.5])),
        frozenset(present), some(rng, present, share=0.15), some(rng, meetings, share=0.2),
        some(rng, meetings, share=0.1), Weights(*(rng.randint(0, 4) for _ in range(5))),
    )  # fmt: skip


def some(rng, members, *, share=0.5, least=0):
    found = [member for member in members if rng.random() < share]
    return frozenset(found if len(found) >= least else members[:least])


#: Drawn by number rather than part by part: hypothesis would mostly draw cases where nothing is at stake.
problems = st.integers(0, 10**9).map(case)


# --- Oracle -------------------------------------------------------------------------------------------------------


def fixed(problem):
    return {pair for pair in problem.begun if (pair.dossier, pair.reviewer) not in problem.conflicts}


def may_take(problem, place):
    """Who may take a place as far as this pair alone is concerned."""
    dossier, side = place
    stuck = {(pair.dossier, pair.reviewer) for pair in fixed(problem)}
    return [
        r.key
        for r in problem.reviewers
        if r.authority == side
        and (dossier, r.key) not in problem.conflicts
        and (dossier, r.key) not in stuck
        and (r.from_on or date.min) <= FROM
        and (r.until_on or date.max) >= DUE
        and not is_away(r)
    ]


def is_away(reviewer):
    days = [date.fromordinal(number) for number in range(FROM.toordinal(), DUE.toordinal() + 1)]
    away = [day for day in days if any(first <= day <= last for first, last in reviewer.absences)]
    return DUE in away or len(away) > len(days) / 2


def open_places(problem, side):
    closed = {(pair.dossier, pair.authority) for pair in fixed(problem)}
    return [(d.key, side) for d in problem.dossiers if side in d.authorities and (d.key, side) not in closed]


def rooms(problem, side):
    """How many more dossiers each reviewer of an authority may take."""
    busy = Counter(pair.reviewer for pair in fixed(problem))
    return {
        r.key: max(0, r.max_load - r.elsewhere_count - busy[r.key]) for r in problem.reviewers if r.authority == side
    }


def is_lawful(problem, pairs):
    chosen = set(pairs) - fixed(problem)
    taken = Counter(pair.reviewer for pair in chosen)
    places = Counter((pair.dossier, pair.authority) for pair in pairs)
    sides = {side for dossier in problem.dossiers for side in dossier.authorities}
    allowed = {side: set(open_places(problem, side)) for side in sides}
    return (
        fixed(problem) <= set(pairs)
        and max(places.values(), default=0) <= 1
        and all((pair.dossier, pair.authority) in allowed[pair.authority] for pair in chosen)
        and all(pair.reviewer in may_take(problem, (pair.dossier, pair.authority)) for pair in chosen)
        and all(taken[key] <= room for side in sides for key, room in rooms(problem, side).items())
    )


def price(problem, pairs):
    weights, total = problem.weights, 0
    dossiers, reviewers = ({each.key: each for each in kind} for kind in (problem.dossiers, problem.reviewers))
    loads = {r.key: r.elsewhere_count for r in problem.reviewers}
    for pair in pairs:
        if pair.reviewer in reviewers:
            d, r = dossiers[pair.dossier], reviewers[pair.reviewer]
            total += weights.region if not d.regions & r.regions else 0
            total += weights.job_family if d.job_family not in r.job_families else 0
            total += weights.earlier if (d.key, r.key) not in problem.earlier else 0
            total += weights.stand_in if (d.key, r.key) not in problem.stand_ins else 0
            total += weights.load * loads[r.key]
            loads[r.key] += 1
    return total


def worth(problem, pairs, aim):
    """Smaller is better: empty places, then the two criteria in the order of the aim."""
    changes, cost = len(problem.present - set(pairs)), price(problem, pairs)
    return (-len(pairs), changes, cost) if aim is Aim.FEWEST_CHANGES else (-len(pairs), cost, changes)


def best_worth(problem, aim):
    """By trying every filling of each authority, the other left empty."""
    found = []
    for side in (WORK, REGION):
        places, left = open_places(problem, side), rooms(problem, side)
        fillings = product(*([None, *may_take(problem, place)] for place in places))
        lawful = (f for f in fillings if all(f.count(key) <= room for key, room in left.items()))
        found.append(min(_worth_of(problem, places, filling, aim) for filling in lawful))
    none = worth(problem, fixed(problem), aim)
    return tuple(sum(parts) - alone for *parts, alone in zip(*found, none, strict=True))


def _worth_of(problem, places, filling, aim):
    pairs = {Pair(*place, key) for place, key in zip(places, filling, strict=True) if key is not None}
    return worth(problem, fixed(problem) | pairs, aim)


# --- Against brute force --------------------------------------------------------------------------------------------


@given(problems, st.sampled_from(Aim))
def test_a_proposal_is_as_good_as_the_best_of_all(problem, aim):
    proposal = propose(problem, aim=aim)

    assert worth(problem, proposal.pairs, aim) == best_worth(problem, aim)
    assert proposal.cost == price(problem, proposal.pairs)


@given(problems, st.sampled_from(Aim))
def test_no_proposal_goes_against_a_limit(problem, aim):
    proposal = propose(problem, aim=aim)

    assert is_lawful(problem, proposal.pairs)
    assert problem.breaches(proposal.pairs) == []


@given(problems)
def test_differences_loads_and_empty_places_add_up(problem):
    proposal = propose(problem)
    pairs, removed = set(proposal.pairs), {removal.pair for removal in proposal.removed}
    places = {(dossier.key, side) for dossier in problem.dossiers for side in dossier.authorities}
    before, after = (Counter(pair.reviewer for pair in each) for each in (problem.present, pairs))

    assert {*proposal.kept, *proposal.added} == pairs
    assert {*proposal.kept, *removed} == problem.present
    assert not {*proposal.kept} & ({*proposal.added} | removed)
    assert {*proposal.empty_places} == places - {(pair.dossier, pair.authority) for pair in pairs}
    assert {*proposal.loads} == {
        Load(r.key, r.elsewhere_count + before[r.key], r.elsewhere_count + after[r.key], r.max_load)
        for r in problem.reviewers
    }


@given(problems)
def test_shortages_are_the_smallest_that_block_the_most(problem):
    proposal = propose(problem)

    for side in (WORK, REGION):
        missing, smallest = deficit(problem, side)
        named = [shortage for shortage in proposal.shortages if shortage.authority == side]
        assert sum(shortage.missing_count for shortage in named) == missing
        assert sorted(chain.from_iterable(shortage.dossiers for shortage in named)) == sorted(smallest)
        for shortage in named:
            reached = {key for dossier in shortage.dossiers for key in useful(problem, (dossier, side))}
            assert {*shortage.reviewers} == reached
            assert shortage.room_count == sum(rooms(problem, side)[key] for key in reached)
            assert shortage.missing_count > 0
            assert {key for key, _ in shortage.excluded} == {*rooms(problem, side)} - reached
    assert sum(shortage.missing_count for shortage in proposal.shortages) == len(proposal.empty_places)


def useful(problem, place):
    return [key for key in may_take(problem, place) if rooms(problem, place[1])[key]]


def deficit(problem, side):
    """Hall: how many more dossiers than rooms in the worst set, and what all the worst sets have in common."""
    left, places = rooms(problem, side), open_places(problem, side)
    tried = {}
    for size in range(len(places) + 1):
        for some in combinations(places, size):
            reached = {key for place in some for key in useful(problem, place)}
            tried[some] = size - sum(left[key] for key in reached)
    most = max(tried.values())
    worst = [{dossier for dossier, _ in some} for some, missing in tried.items() if missing == most]
    return most, set.intersection(*worst)


# --- Order and seed -------------------------------------------------------------------------------------------------


@given(problems, st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_of_the_lists_changes_nothing(problem, rng, seed):
    problem = replace(problem, seed=seed)
    shuffled = replace(
        problem,
        dossiers=tuple(rng.sample(problem.dossiers, len(problem.dossiers))),
        reviewers=tuple(rng.sample(problem.reviewers, len(problem.reviewers))),
        conflicts=frozenset(sorted(problem.conflicts, reverse=True)),
    )

    assert propose(shuffled) == propose(problem)


def test_the_seed_decides_between_equals():
    proposals = {propose(crowd(12, 3, seed=seed, alike=True)).pairs for seed in range(8)}
    assert len(proposals) > 1


# --- Larger cases: nobody gains by an exchange ----------------------------------------------------------------------


@cache
def crowd(dossier_count, reviewer_count, *, seed=0, alike=False):
    """A call with skewed families and 10 % of conflicts, room for one and a half; `alike`: nothing tells people apart."""
    rng = random.Random(seed)
    codes, jobs, most = ["11", "24", "84", "93"], ["dev", "net", "web"], dossier_count * 3 // (reviewer_count * 2) + 1
    dossiers = [
        Dossier(key, frozenset([WORK]), frozenset(rng.sample(codes, 1)), rng.choices(jobs, [6, 3, 1])[0])
        for key in range(dossier_count)
    ]
    reviewers = [
        Reviewer(key, WORK, most, rng.randrange(3), frozenset(rng.sample(codes, 1)), frozenset(rng.sample(jobs, 1)))
        for key in range(reviewer_count)
    ]
    if alike:
        reviewers = [Reviewer(reviewer.key, WORK, most) for reviewer in reviewers]
    meetings = [(d.key, r.key) for d in dossiers for r in reviewers if not alike]
    conflicts = frozenset(meeting for meeting in meetings if rng.random() < 0.1)
    earlier = frozenset(meeting for meeting in meetings if rng.random() < 0.02)
    return Problem(tuple(dossiers), tuple(reviewers), FROM, DUE, conflicts, earlier=earlier, seed=seed)


@pytest.mark.parametrize("seed", range(5))
def test_no_chain_of_exchanges_lowers_the_cost(seed):
    problem = crowd(200, 12, seed=seed)
    proposal = propose(problem)

    assert len(proposal.pairs) == 200
    assert best_exchange(problem, proposal) == 0


def best_exchange(problem, proposal):
    """The cheapest way to hand dossiers around or to shift one load, by shortest paths between people (0: none)."""
    keys, holder = [r.key for r in problem.reviewers], {pair.dossier: pair.reviewer for pair in proposal.pairs}
    loads = {load.reviewer: load.after_count for load in proposal.loads}
    count, far = len(keys), 10**9
    paths = np.full((count + 1, count + 1), far)
    for dossier in problem.dossiers:
        now = price(problem, [Pair(dossier.key, WORK, holder[dossier.key])]) - weigh(problem, holder[dossier.key])
        for key in may_take(problem, (dossier.key, WORK)):
            gain = price(problem, [Pair(dossier.key, WORK, key)]) - weigh(problem, key) - now
            cell = keys.index(holder[dossier.key]), keys.index(key)
            paths[cell] = min(paths[cell], gain)
    for place, reviewer in enumerate(problem.reviewers):
        paths[count, place] = -problem.weights.load * (loads[reviewer.key] - 1)
        if loads[reviewer.key] < reviewer.max_load:
            paths[place, count] = problem.weights.load * loads[reviewer.key]
    for middle in range(count + 1):
        paths = np.minimum(paths, paths[:, [middle]] + paths[[middle], :])
    return min(0, paths.diagonal().min())


def weigh(problem, key):
    return problem.weights.load * problem.reviewers_by_key[key].elsewhere_count


@pytest.mark.parametrize("seed", range(5))
def test_a_proposal_is_never_worse_than_taking_the_cheapest_each_time(seed):
    problem = crowd(200, 12, seed=seed)
    loads, pairs = Counter(), []
    for dossier in problem.dossiers:
        free = [k for k in may_take(problem, (dossier.key, WORK)) if loads[k] < rooms(problem, WORK)[k]]
        chosen = min(free, key=lambda key: price(problem, [*pairs, Pair(dossier.key, WORK, key)]))
        loads[chosen] += 1
        pairs.append(Pair(dossier.key, WORK, chosen))

    assert propose(problem).cost <= price(problem, pairs)


def test_a_recusal_moves_that_pair_and_no_other():
    problem = crowd(200, 12)
    today = propose(problem)
    recused = today.pairs[17]
    later = replace(
        problem,
        present=frozenset(today.pairs),
        conflicts=problem.conflicts | {(recused.dossier, recused.reviewer)},
    )

    proposal = propose(later, aim=Aim.FEWEST_CHANGES)

    assert proposal.removed == (Removal(recused, Limit.CONFLICT),)
    assert [(pair.dossier, pair.authority) for pair in proposal.added] == [(recused.dossier, WORK)]
    assert len(propose(later).removed) > 1


def test_no_gain_in_loads_is_worth_one_change():
    people = (Reviewer(10, WORK, 9), Reviewer(11, WORK, 9))
    dossiers = tuple(Dossier(key, frozenset([WORK])) for key in range(8))
    present = frozenset(Pair(dossier.key, WORK, 10) for dossier in dossiers)
    problem = Problem(dossiers, people, FROM, DUE, present=present, weights=Weights(0, 0, 0, 4))

    assert propose(problem, aim=Aim.FEWEST_CHANGES).added == ()
    assert len(propose(problem, aim=Aim.LEAST_COST).added) == 4
