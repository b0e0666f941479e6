"""Intervals of ranks by hand, and against everything computed anew in exact fractions by the functions of scoring."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling import scoring
from labelling.fragility import RankInterval, ReviewerLeftOut, WeightChanged, crossing, rank_intervals

pytestmark = pytest.mark.once

GRID = {"relevance": 60, "means": 40}


def interval(rank, best=None, worst=None, *, best_by=None, worst_by=None):
    return RankInterval(rank, best or rank, worst or rank, best_by, worst_by)


# --- By hand ------------------------------------------------------------------------------------------------------


def test_nothing_comes_of_no_review():
    assert rank_intervals(GRID, [], points=5) == {}


def test_a_weight_that_changes_turns_the_order():
    """At 60 / 40: 3.00 and 3.20; equal at 62.5 / 37.5. Less of one weight is more of the other: the first change is named."""
    reviews = [("deep", "ann", (5, 0)), ("wide", "ann", (2, 5))]

    assert rank_intervals(GRID, reviews, points=5) == {
        "deep": interval(2, best=1, best_by=WeightChanged("relevance", 5)),
        "wide": interval(1, worst=2, worst_by=WeightChanged("relevance", 5)),
    }
    assert rank_intervals(GRID, reviews, points=3)["deep"] == interval(2, best=1, best_by=WeightChanged("relevance", 3))
    assert rank_intervals(GRID, reviews, points=2) == {"deep": interval(2), "wide": interval(1)}


def test_one_weight_may_move_a_dossier_both_ways():
    """At 50 / 30 / 20: 2.70, 2.50, 2.50. The second weight at 20 leaves 57.1 and 22.9, at 40 it leaves 42.9 and 17.1."""
    reviews = [("a", "ann", (3, 4, 0)), ("b", "ann", (3, 0, 5)), ("c", "ann", (3, 2, 2))]
    found = rank_intervals({"x": 50, "y": 30, "z": 20}, reviews, points=10)

    assert found["b"] == interval(2, best=1, worst=3, best_by=WeightChanged("y", -10), worst_by=WeightChanged("y", 10))


def test_of_two_directions_as_good_the_one_up_is_named():
    """3.00 behind 3.02 twice: more of x leaves the last behind, less of x the second."""
    reviews = [("a", "ann", (3, 3, 3)), ("b", "ann", (5, 1, 4)), ("c", "ann", (1, 5, 4))]
    found = rank_intervals({"x": 49, "y": 49, "z": 2}, reviews, points=1)

    assert found["a"] == interval(3, best=2, best_by=WeightChanged("x", 1))


def test_a_weight_goes_no_lower_than_zero_nor_higher_than_the_grid():
    reviews = [("a", "ann", (0, 5)), ("b", "ann", (1, 4))]
    found = rank_intervals({"x": 3, "y": 97}, reviews, points=200)

    assert found["a"] == interval(1, worst=2, worst_by=WeightChanged("x", 97))
    assert rank_intervals({"x": 3, "y": 97}, [*reviews, ("c", "ann", (0, 5))], points=3)["c"] == interval(1)


def test_a_grid_of_one_criterion_has_no_weight_to_change():
    found = rank_intervals({"x": 100}, [("a", "ann", (1,)), ("b", "ann", (2,))], points=5)
    assert found == {"a": interval(2), "b": interval(1)}


def test_a_reviewer_is_left_out_of_every_dossier_at_once():
    """Bob gave 0 to both. Without him 4 and 3; without his review of the second alone, 2.7 and 3."""
    reviews = [(1, "ann", (4, 4)), (1, "cid", (4, 4)), (1, "bob", (0, 0))]
    reviews += [(2, "ann", (3, 3)), (2, "cid", (3, 3)), (2, "bob", (0, 0))]

    assert rank_intervals(GRID, reviews, points=5) == {1: interval(1), 2: interval(2)}


def test_a_dossier_that_loses_its_only_review_has_no_rank_and_stands_before_nobody():
    reviews = [(1, "ann", (5, 5)), (2, "bob", (3, 3)), (3, "cid", (1, 1))]

    assert rank_intervals(GRID, reviews, points=5) == {
        1: interval(1),
        2: interval(2, best=1, best_by=ReviewerLeftOut("ann")),
        3: interval(3, best=2, best_by=ReviewerLeftOut("ann")),
    }


def test_equals_to_three_decimals_share_a_rank_and_the_next_skips_it():
    """3.0001, 3.0000 and 2.0003."""
    found = rank_intervals({"x": 9999, "y": 1}, [(1, 1, (3, 4)), (2, 1, (3, 3)), (3, 1, (2, 5))], points=0)
    assert found == {1: interval(1), 2: interval(1), 3: interval(3)}


@pytest.mark.parametrize("weights", [{}, {"x": 0, "y": 0}, {"x": -1, "y": 101}, {"x": 10_000, "y": 1}])
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(ValueError, match="Weights sum to 1 at least"):
        rank_intervals(weights, [(1, 1, (0, 0))], points=5)


@pytest.mark.parametrize("marks", [[(1, 1, (1,))], [(1, 1, (1, 2, 3))], [(1, 1, (1, 2)), (1, 2, (1,))]])
def test_marks_are_one_per_criterion(marks):
    with pytest.raises(ValueError, match=r"inhomogeneous|mismatch"):
        rank_intervals(GRID, marks, points=5)


def test_one_person_reviews_a_dossier_once():
    with pytest.raises(ValueError, match="Reviewed twice by one reviewer: 1 by 7"):
        rank_intervals(GRID, [(1, 7, (1, 1)), (1, 7, (2, 2))], points=5)


@pytest.mark.parametrize(("line", "expected"), [(0, []), (1, ["a", "b"]), (2, ["b", "c"]), (3, ["c"]), (4, [])])
def test_the_line_is_crossed_by_who_is_on_both_sides(line, expected):
    found = {
        "c": interval(3, best=2, worst=4),
        "a": interval(1, worst=2),
        "b": interval(2, best=1, worst=3),
        "d": interval(4),
    }
    assert crossing(found, line) == expected


# --- Against everything computed anew -------------------------------------------------------------------------------


def ranks_of(reviews, weights):
    """The rank of each dossier, by scoring: `reviews` (dossier, reviewer, marks), `weights` integers or fractions."""
    given = {}
    for dossier, _, marks in reviews:
        given.setdefault(dossier, []).append(list(zip(weights, marks, strict=True)))
    means = {dossier: scoring.figures(each).mean for dossier, each in given.items()}
    rank_of = scoring.ranks(Counter(means.values()))
    return {dossier: rank_of[mean] for dossier, mean in means.items()}


def every_ranking(weights, reviews, points):
    """(change, ranks), things as they are first."""
    plain, total = list(weights.values()), sum(weights.values())
    yield None, ranks_of(reviews, plain)
    for number, code in enumerate(weights):
        for step in (points, -points):
            changed = min(max(plain[number] + step, 0), total)
            if changed == plain[number] or plain[number] == total:
                continue
            factor = Fraction(total - changed, total - plain[number])
            others = [changed if place == number else factor * weight for place, weight in enumerate(plain)]
            yield WeightChanged(code, changed - plain[number]), ranks_of(reviews, others)
    for left_out in sorted({reviewer for _, reviewer, _ in reviews}):
        kept = [review for review in reviews if review[1] != left_out]
        yield ReviewerLeftOut(left_out), ranks_of(kept, plain)


def by_trying_all(weights, reviews, points):
    tried, found = list(every_ranking(weights, reviews, points)), {}
    for dossier in {dossier for dossier, _, _ in reviews}:
        ranks = [(ranking[dossier], change) for change, ranking in tried if dossier in ranking]
        best, worst = (wanted(ranks, key=lambda each: each[0]) for wanted in (min, max))  # the first of equals
        found[dossier] = RankInterval(ranks[0][0], best[0], worst[0], best[1], worst[1])
    return found


def case(number):
    """At most 8 dossiers, 5 reviewers and 4 criteria; few distinct marks, so that ranks are often shared or nearly so."""
    rng = random.Random(number)
    weights = {f"c{place}": rng.choice([0, 1, 7, 15, 20, 33, 60]) for place in range(rng.randint(1, 4))}
    weights["c0"] += not sum(weights.values())
    scale, share = rng.choice([(0, 5), (2, 3, 4), (3, 4), range(6)]), rng.choice([0.3, 0.6, 1])
    reviews = [
        (dossier, reviewer, tuple(rng.choice(scale) for _ in weights))
        for dossier in "abcdefgh"[: rng.randint(1, 8)]
        for reviewer in "vwxyz"[: rng.randint(1, 5)]
        if rng.random() < share
    ]
    return weights, reviews, rng.choice([1, 2, 5, 10, 50, 500])


#: Drawn by number rather than part by part: hypothesis would mostly draw grids and marks where nothing is at stake.
cases = st.integers(0, 10**9).map(case)


@given(cases)
def test_intervals_are_those_of_everything_computed_anew(drawn):
    weights, reviews, points = drawn
    assert rank_intervals(weights, reviews, points=points) == by_trying_all(weights, reviews, points)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_reviews_changes_nothing(drawn, rng):
    weights, reviews, points = drawn
    found = rank_intervals(weights, rng.sample(reviews, len(reviews)), points=points)

    assert found == rank_intervals(weights, reviews, points=points)
    assert list(found) == sorted(found)


@given(st.integers(1, 9), st.lists(st.integers(0, 5), min_size=2, max_size=200), st.integers(1, 10_000))
def test_means_at_half_a_thousandth_round_as_scoring_does(count, marks, weight):
    """One dossier a mark, read `count` times, on a grid heavy enough for sums to fall on halves."""
    reviews = [(n, who, (mark, (mark + who) % 6)) for n, mark in enumerate(marks) for who in range(count)]
    weights = {"x": weight, "y": 10_000 - weight}
    found = rank_intervals(weights, reviews, points=0)
    assert {key: each.rank for key, each in found.items()} == ranks_of(reviews, list(weights.values()))


@pytest.mark.parametrize("seed", range(3))
def test_the_heaviest_grid_stays_inside_64_bits(seed):
    rng = random.Random(seed)
    weights = {"x": 5000, "y": 5000}
    reviews = [
        (n, who, (rng.randint(4, 5), rng.randint(4, 5))) for n in range(6) for who in range(60) if rng.random() < 0.9
    ]
    assert rank_intervals(weights, reviews, points=2500) == by_trying_all(weights, reviews, 2500)
