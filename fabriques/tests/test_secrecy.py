"""No count under five can be worked out from what is shown: by sums and differences, or by whoever knows the rule."""

from collections import defaultdict
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriques.secrecy import COUNTRY, SMALLEST, Cells, Cut, moved_little, shown_of

pytestmark = pytest.mark.once
REGIONS, CALLS = "abcde", "uvwx"
#: Some regions and calls, few people here and more there; the ranks are told by the registry.
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(REGIONS), st.sampled_from(CALLS)),
    st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 9, 14, 40]).map(lambda count: (count,)),
    max_size=12,
)
RANKS = st.fixed_dictionaries(
    {(cut, key): st.integers(1, 4) for cut, keys in ((Cut.REGION, REGIONS), (Cut.CALL, CALLS)) for key in keys}
)


def region(key):
    return (Cut.REGION, key)


def call(key):
    return (Cut.CALL, key)


def hidden_of(counts, ranks=None):
    return set(shown_of(Cells({pair: (count,) for pair, count in counts.items()}, ranks or {})).hidden)


# --- The rule, case by case ---------------------------------------------------------------------------------------------


def test_enough_people_are_shown():
    assert hidden_of({("a", "u"): 5, ("b", "u"): 12}) == set()
    assert hidden_of({}) == set()


def test_a_small_row_is_hidden_with_that_of_fewest_trainings():
    counts = {("a", "u"): 3, ("b", "u"): 40, ("c", "u"): 9}

    assert hidden_of(counts, {region("b"): 1, region("c"): 2}) == {region("a"), region("b")}
    assert hidden_of(counts, {region("b"): 2, region("c"): 1}) == {region("a"), region("c")}


def test_small_rows_that_would_tell_one_another_take_a_third_one():
    """Four and four make eight: whoever knows that both are under five knows them."""
    assert hidden_of({("a", "u"): 4, ("b", "u"): 4, ("c", "u"): 20, ("d", "u"): 20}) == set(map(region, "abc"))


def test_nobody_counts_as_few():
    assert hidden_of({("a", "u"): 0, ("b", "u"): 12, ("c", "u"): 12}) == {region("a"), region("b")}


def test_a_call_of_one_region_tells_what_its_region_hides():
    """The region d has a call of its own, which tells all its people: hiding d alone among regions would hide nothing."""
    counts = {("a", "u"): 30, ("b", "u"): 30, ("d", "v"): 3, ("e", "w"): 30}

    assert hidden_of(counts, {region("a"): 1}) == {region("d"), call("v"), region("e"), call("w")}


def test_a_country_of_few_is_hidden_whole():
    assert hidden_of({("a", "u"): 2, ("b", "v"): 2}) == {COUNTRY, *map(region, "ab"), *map(call, "uv")}


def test_every_count_of_a_row_matters():
    cells = Cells({("a", "u"): (9, 3), ("b", "u"): (9, 9), ("c", "u"): (9, 9)})

    assert shown_of(cells).get(region("a")) is None
    assert shown_of(cells).get(region("c")) == (9, 9)


def test_what_moved_by_few_since_it_was_shown_is_hidden_until_it_moved_by_more():
    closings = []
    for count in (40, 42, 40, 44, 46):
        closings.append(shown_of(Cells({("a", "u"): (count,), ("b", "u"): (60,), ("c", "u"): (90,)}), closings))

    assert [closing.get(region("a")) for closing in closings] == [(40,), None, (40,), None, (46,)]
    assert [closing.get(COUNTRY) for closing in closings] == [(190,), None, (190,), None, (196,)]


def test_a_row_that_moved_by_few_is_covered_by_another():
    first = shown_of(Cells({("a", "u"): (40,), ("b", "u"): (60,), ("c", "u"): (90,)}))
    ranks = {region("b"): 2, region("c"): 1}

    second = shown_of(Cells({("a", "u"): (42,), ("b", "u"): (80,), ("c", "u"): (99,)}, ranks), [first])

    assert second.hidden == {region("a"), region("c")}


# --- Whatever the people ------------------------------------------------------------------------------------------------


def tells(shown, wanted):
    """Whether a row of the matrix is a combination of others, by elimination."""
    basis = {}
    for vector in shown:
        if rest := reduced(vector, basis):
            lead = min(rest)
            basis[lead] = {at: value / rest[lead] for at, value in rest.items()}
    return not reduced(wanted, basis)


def reduced(vector, basis):
    """What remains of a vector once the basis is taken out of it."""
    rest = {at: Fraction(value) for at, value in vector.items()}
    for lead in sorted(basis):
        if factor := rest.get(lead):
            for at, value in basis[lead].items():
                rest[at] = rest.get(at, 0) - factor * value
    return {at: value for at, value in rest.items() if value}


def cells_of(row, pairs):
    """The cells that a row adds up."""
    return {pair: 1 for pair in pairs if row in (COUNTRY, region(pair[0]), call(pair[1]))}


@given(COUNTS, RANKS)
def test_no_hidden_row_is_a_sum_or_a_difference_of_shown_ones(counts, ranks):
    found = shown_of(Cells(counts, ranks))
    told = [cells_of(row, counts) for row in found.sums if row not in found.hidden]

    assert [row for row in found.hidden if tells(told, cells_of(row, counts))] == []


@given(COUNTS, RANKS)
def test_nothing_under_five_is_shown_and_nothing_is_hidden_without_need(counts, ranks):
    found = shown_of(Cells(counts, ranks))

    assert [row for row, (count,) in found.sums.items() if count < SMALLEST and row not in found.hidden] == []
    assert bool(found.hidden) == any(count < SMALLEST for (count,) in found.sums.values())


@given(st.lists(COUNTS, max_size=4), RANKS)
def test_no_two_closings_tell_a_difference_under_five(worlds, ranks):
    closings = []
    for counts in worlds:
        closings.append(shown_of(Cells(counts, ranks), closings))

    pairs = [(one, two, row) for at, one in enumerate(closings) for two in closings[:at] for row in one.sums]
    told = [(one.get(row), two.get(row)) for one, two, row in pairs if one.get(row) and two.get(row)]
    assert [counts for counts in told if moved_little(*counts)] == []


#: Cells, and how many people there are at most in the country.
SHAPES = [
    ([("a", "u"), ("b", "u")], 24),
    ([("a", "u"), ("b", "u"), ("c", "u")], 20),
    ([("a", "u"), ("b", "u"), ("c", "v")], 20),
    ([("a", "u"), ("a", "v"), ("b", "u"), ("b", "v")], 14),
    ([("a", "u"), ("b", "v"), ("b", "w"), ("c", "w")], 15),
]


def worlds_of(pairs, most):
    """Every way to fill these cells."""
    for counts in product(range(most + 1), repeat=len(pairs)):
        if sum(counts) <= most:
            yield {pair: (count,) for pair, count in zip(pairs, counts, strict=True)}


@pytest.mark.parametrize(("pairs", "most"), SHAPES)
@pytest.mark.parametrize("ranked", [REGIONS, REGIONS[::-1]])
def test_who_knows_the_rule_and_what_is_shown_cannot_tell_a_hidden_count(pairs, most, ranked):
    """Among all worlds of these cells that show the same, no hidden row is always the same count under five."""
    ranks = {region(key): rank for rank, key in enumerate(ranked)}
    alike = defaultdict(list)
    for counts in worlds_of(pairs, most):
        found = shown_of(Cells(counts, ranks))
        alike[tuple((row, found.get(row)) for row in found.sums)].append(found)

    told = [
        (row, only.sums[row])
        for only, *others in alike.values()
        for row in only.hidden
        if only.sums[row] < (SMALLEST,) and all(other.sums[row] == only.sums[row] for other in others)
    ]
    assert told == []
