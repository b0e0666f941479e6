"""The lines of a cut-off on paper: sums that hold for any order, the rules of three calls, targets, who is passed over."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.models import GrantRule
from labelling.portfolio import Candidate, Pot, by_mean, passed_over, portfolio, targets_of
from labelling.tests.test_grants import RULES

pytestmark = pytest.mark.once

MEANS = st.none() | st.integers(0, 5000).map(lambda thousandths: Decimal(thousandths) / 1000)
EUROS = st.integers(0, 120_000)
RULE = st.builds(
    GrantRule,
    per_label_euros=st.none() | EUROS,
    per_structure_euros=st.none() | EUROS,
    max_share_percent=st.none() | st.integers(1, 100),
)


@st.composite
def candidates(draw, max_size=8, means=MEANS):
    count = draw(st.integers(0, max_size))
    return [
        Candidate(
            key, structure=draw(st.integers(1, 3)), region=draw(st.sampled_from("ABC")), is_overseas=draw(st.booleans()),
            mean=draw(means), requested_euros=draw(EUROS), counted_budget_euros=draw(EUROS),
            seat_count=draw(st.integers(0, 40)), women_percent=draw(st.integers(0, 100)),
        )
        for key in range(count)
    ]  # fmt: skip


@given(candidates(), RULE, EUROS, st.dictionaries(st.integers(1, 3), EUROS), st.integers(0, 9), st.integers(0, 9))
def test_no_order_and_no_line_passes_a_limit(order, rule, left, granted, one, other):
    found = portfolio(order, Pot(rule, left, granted), label_line=max(one, other), money_line=min(one, other))

    assert found.granted_euros == sum(award.grant_euros for award in found.awards) <= left
    sums = Counter()
    for candidate, award in zip(order, found.awards, strict=True):
        sums[candidate.structure] += award.grant_euros
        assert 0 <= award.grant_euros <= candidate.requested_euros
        assert award.grant_euros <= (
            candidate.requested_euros if rule.per_label_euros is None else rule.per_label_euros
        )
        if rule.max_share_percent is not None:
            assert 100 * award.grant_euros <= rule.max_share_percent * candidate.counted_budget_euros
        assert award.is_labelled or not award.grant_euros
    if rule.per_structure_euros is not None:
        assert all(
            not total or total + granted.get(structure, 0) <= rule.per_structure_euros
            for structure, total in sums.items()
        )
    assert [award.is_labelled for award in found.awards].count(True) == min(max(one, other), len(order))


#: Year, requested, counted budget, structure of each dossier in order; left in the envelope; the grants and their limits.
CASES = {
    "2015, flat": (2015, [(70_000, 0, 1), (90_000, 0, 1)], 5_000_000, [(70_000, "ce que demande"), (70_000, "par label")]),
    "2015, the end of the envelope": (2015, [(70_000, 0, 1), (70_000, 0, 2), (70_000, 0, 3)], 100_000,
        [(70_000, "ce que demande"), (30_000, "enveloppe"), (0, "enveloppe")]),
    "2016, three labels of one structure": (2016, [(70_000, 0, 1)] * 3, 10_000_000,
        [(70_000, "ce que demande"), (70_000, "ce que demande"), (40_000, "par structure")]),
    "2016, two structures": (2016, [(80_000, 0, 1), (80_000, 0, 2)], 10_000_000, [(70_000, "par label")] * 2),
    "2018, the example of the page": (2018, [(100_000, 100_000, 1)], 33_000_000, [(80_000, "80 % des dépenses éligibles")]),
    "2018, less asked": (2018, [(50_000, 100_000, 1), (0, 100_000, 1)], 33_000_000,
        [(50_000, "ce que demande"), (0, "aucune subvention demandée")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_rules_of_three_calls(case):
    year, dossiers, left, expected = CASES[case]
    order = [
        Candidate(key, structure=structure, region="A", requested_euros=requested, counted_budget_euros=budget)
        for key, (requested, budget, structure) in enumerate(dossiers)
    ]
    found = portfolio(order, Pot(RULES[year], left), label_line=len(order), money_line=len(order))
    assert [award.grant_euros for award in found.awards] == [euros for euros, _ in expected]
    assert all(words in award.why for award, (_, words) in zip(found.awards, expected, strict=True))


def test_a_grant_without_a_label_makes_no_sense():
    with pytest.raises(ValueError, match="2 grants, 1 labels"):
        portfolio([], Pot(None, 0), label_line=1, money_line=2)


def test_targets_weigh_each_dossier_by_its_seats():
    first = Candidate(1, 1, "53", seat_count=20, women_percent=30, priority_area_percent=10)
    second = Candidate(2, 2, "04", is_overseas=True, seat_count=10, women_percent=60)
    found = targets_of([first, second, Candidate(3, 3, "53")])
    assert (found.learner_count, found.women_percent, found.overseas_count) == (30, 40, 1)
    assert found.priority_area_percent == Fraction(20, 3)
    assert (found.priority_area, found.regions) == (Decimal("6.667"), {"53", "04"})
    assert targets_of([]).women_percent == 0


@given(candidates(), st.sets(st.integers(0, 7)))
def test_who_is_passed_over_is_who_stands_below_a_worse_one(order, excused):
    expected = [
        (candidate, next(worse for worse in order if worse.key not in excused and candidate.stands_above(worse)))
        for place, candidate in enumerate(order)
        if candidate.key not in excused
        and any(candidate.stands_above(worse) for worse in order[:place] if worse.key not in excused)
    ]
    assert passed_over(order, excused) == expected


@given(candidates())
def test_nobody_is_passed_over_in_the_order_of_the_board(order):
    assert passed_over(by_mean(order, {each.key: str(each.key) for each in order})) == []
