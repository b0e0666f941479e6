"""The suggested choice: as good as trying everything, within every limit, with what decides for each dossier."""

import time
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.models import GrantRule
from labelling.portfolio import Candidate, Pot, portfolio
from labelling.suggestion import Minima, Suggestion, asked_euros, holds, suggest, worth_of
from labelling.tests.test_portfolio import EUROS, RULE, candidates

pytestmark = pytest.mark.once

MINIMA = st.builds(
    Minima, max_labels=st.integers(1, 4), women_percent=st.sampled_from((0, 30, 60)),
    overseas_count=st.integers(0, 2), regions=st.frozensets(st.sampled_from("ABC"), max_size=2),
)  # fmt: skip
NO_LIMIT = GrantRule(per_label_euros=70_000)


def best_of_all(order, pot, minima):
    """The worth of the best choice, by trying all of them; None when none holds."""
    best = None
    for standing in product((0, 1, 2), repeat=len(order)):
        labelled = [c for c, given_ in zip(order, standing, strict=True) if given_]
        funded = [c for c, given_ in zip(order, standing, strict=True) if given_ == 2]
        if holds(labelled, minima) and _is_affordable(funded, pot):
            worth = sum(map(worth_of, labelled)) + sum(map(worth_of, funded))
            best = worth if best is None else max(best, worth)
    return best


def _is_affordable(funded, pot):
    if any(asked_euros(c, pot) == 0 for c in funded) or sum(asked_euros(c, pot) for c in funded) > pot.left_euros:
        return False
    cap = pot.rule.per_structure_euros
    return cap is None or all(
        pot.granted_euros.get(s, 0) + sum(asked_euros(c, pot) for c in funded if c.structure == s) <= cap
        for s in {c.structure for c in funded}
    )


@settings(max_examples=60, deadline=None)
@given(candidates(max_size=5), RULE, EUROS, st.dictionaries(st.integers(1, 3), EUROS, max_size=2), MINIMA)
def test_the_choice_is_worth_as_much_as_the_best_of_all(order, rule, left, granted, minima):
    pot = Pot(rule, left, granted)
    found = suggest(order, pot, minima)
    best = best_of_all(order, pot, minima)

    assert (found.choice and found.choice.worth) == best
    if found.choice is None:
        assert found.blocking
        return
    labelled = [c for c in order if c.key in found.choice.labelled]
    assert holds(labelled, minima)
    assert found.choice.funded <= found.choice.labelled
    assert set(found.reasons) == {c.key for c in order}
    ordered = sorted(order, key=lambda c: (c.key not in found.choice.funded, c.key not in found.choice.labelled))
    drawn = portfolio(ordered, pot, label_line=len(labelled), money_line=len(found.choice.funded))
    costs = {c.key: asked_euros(c, pot) for c in order if c.key in found.choice.funded}
    assert {award.key: award.grant_euros for award in drawn.awards if award.key in costs} == costs


def dossier(key, mean, **fields):
    told = {"structure": key, "region": "A", "seat_count": 10, "requested_euros": 10_000}
    return Candidate(key, mean=Decimal(mean), **(told | fields))


def test_a_dossier_says_what_taking_it_or_leaving_it_would_cost():
    order = [dossier(1, "4"), dossier(2, "3"), dossier(3, "2.5")]
    found = suggest(order, Pot(NO_LIMIT, 100_000), Minima(max_labels=2))
    assert found.choice.labelled == found.choice.funded == {1, 2}
    assert (found.reasons[3].instead, found.reasons[3].lost) == ([2], 1000)
    assert (found.reasons[1].instead, found.reasons[1].lost) == ([3], 3000)


def test_a_dossier_that_a_minimum_brings_in_names_it():
    order = [dossier(1, "4"), dossier(2, "1", region="B", is_overseas=True)]
    found = suggest(order, Pot(NO_LIMIT, 100_000), Minima(max_labels=1, overseas_count=1))
    assert found.choice.labelled == {2}
    assert found.reasons[2].limits == ["le nombre de labels outre-mer"]
    assert found.reasons[1].limits == ["le nombre maximal de labels", "le nombre de labels outre-mer"]


@pytest.mark.parametrize(
    ("minima", "blocking"),
    [
        (Minima(2, women_percent=60), ["la part de femmes"]),
        (Minima(1, regions=frozenset("AB")), ["un label dans chaque région"]),
        (Minima(1, overseas_count=1, regions=frozenset("A")),
         ["le nombre de labels outre-mer", "un label dans chaque région"]),
        (Minima(1, women_percent=60, regions=frozenset("AB")), ["la part de femmes", "un label dans chaque région"]),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_named(minima, blocking):
    order = [dossier(1, "4", women_percent=50), dossier(2, "3", region="B", is_overseas=True, women_percent=40)]
    assert suggest(order, Pot(NO_LIMIT, 100_000), minima) == Suggestion(None, blocking)


def test_nothing_to_choose_from():
    assert suggest([], Pot(NO_LIMIT, 0), Minima(3)) == Suggestion(None, ["ces minima pris ensemble"])


def test_five_hundred_dossiers_take_seconds_and_the_last_ones_say_less():
    order = [
        dossier(n, f"{2 + (n * 37 % 300) / 100:.2f}", structure=n // 3, region="ABCDEFGHIJKLM"[n % 13],
                requested_euros=30_000, women_percent=n * 7 % 60, is_overseas=n % 13 == 12)
        for n in range(500)
    ]  # fmt: skip
    regions = frozenset(candidate.region for candidate in order)
    ticks = iter([0.0, 0.0, *[1000.0] * 500])
    began = time.process_time()
    found = suggest(
        order,
        Pot(GrantRule(per_structure_euros=60_000), 3_000_000),
        Minima(150, 35, 0, 5, regions),
        now=lambda: next(ticks),
    )
    assert time.process_time() - began < 30
    assert len(found.choice.labelled) == 150
    assert sum(reason.lost is None and not reason.limits for reason in found.reasons.values()) == 499
