"""The arithmetic of reviews, by table and by property."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling import scoring

pytestmark = pytest.mark.once

WEIGHTS = (20, 25, 25, 15, 15)
a_review = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 5)), min_size=1, max_size=8)
reviews = st.lists(a_review, min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((5, 5, 5, 5, 5), "5.000"),
        ((0, 0, 0, 0, 0), "0.000"),
        ((5, 0, 0, 0, 0), "1.000"),
        ((3, 4, 2, 5, 1), "3.000"),
        ((0, 0, 0, 0, 1), "0.150"),
    ],
)
def test_weighted_mean_of_the_default_grid(marks, expected):
    pairs = zip(WEIGHTS, marks, strict=True)
    assert scoring.rounded(scoring.weighted_mean(pairs)) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), "0.333"),
        (Fraction(2, 3), "0.667"),
        (Fraction(5, 10_000), "0.001"),
        (Fraction(4999, 10_000_000), "0.000"),
        (Fraction(37_125, 10_000), "3.713"),
    ],
)
def test_rounding_is_to_three_decimals_halves_up(value, expected):
    assert str(scoring.rounded(value)) == expected


def test_figures_of_no_review_are_empty():
    assert scoring.figures([]) == scoring.Figures(0, None, None)


def test_figures_of_two_reviews():
    generous, severe = [(50, 5), (50, 4)], [(50, 2), (50, 2)]
    assert scoring.figures([generous, severe]) == scoring.Figures(2, Decimal("3.250"), Decimal("2.500"))


@pytest.mark.parametrize(("spread", "flagged"), [(None, False), ("1.999", False), ("2.000", True), ("5.000", True)])
def test_a_spread_of_two_flags_the_dossier(spread, flagged):
    assert scoring.is_flagged(None if spread is None else Decimal(spread)) is flagged


def test_equals_share_a_rank_and_the_next_skips_it():
    tally = {Decimal("4.5"): 1, Decimal(3): 2, Decimal(2): 1}
    assert scoring.ranks(tally) == {Decimal("4.5"): 1, Decimal(3): 2, Decimal(2): 4}


@given(a_review)
def test_a_weighted_mean_lies_between_the_lowest_and_the_highest_mark(marks):
    values = [value for _, value in marks]
    assert min(values) <= scoring.weighted_mean(marks) <= max(values)


@given(a_review, st.integers(1, 20))
def test_only_the_proportions_of_the_weights_matter(marks, factor):
    scaled = [(weight * factor, value) for weight, value in marks]
    assert scoring.weighted_mean(scaled) == scoring.weighted_mean(marks)


@given(a_review, st.data())
def test_a_better_mark_never_lowers_the_mean(marks, data):
    index = data.draw(st.integers(0, len(marks) - 1))
    weight, value = marks[index]
    better = [*marks[:index], (weight, min(value + 1, 5)), *marks[index + 1 :]]
    assert scoring.weighted_mean(better) >= scoring.weighted_mean(marks)


@given(reviews, st.randoms())
def test_figures_do_not_depend_on_the_order_of_reviews_nor_of_marks(given_reviews, random):
    shuffled = [random.sample(marks, len(marks)) for marks in random.sample(given_reviews, len(given_reviews))]
    assert scoring.figures(shuffled) == scoring.figures(given_reviews)


@given(reviews)
def test_figures_fit_their_columns(given_reviews):
    found = scoring.figures(given_reviews)
    assert found.review_count == len(given_reviews)
    assert 0 <= found.mean <= 5
    assert 0 <= found.spread <= 5
    assert found.mean.as_tuple().exponent == found.spread.as_tuple().exponent == -3


@given(st.fractions(0, 5, max_denominator=5000))
def test_rounding_moves_by_half_a_thousandth_at_most(value):
    assert abs(Fraction(scoring.rounded(value)) - value) <= Fraction(1, 2000)


@given(st.dictionaries(st.decimals(0, 5, places=3), st.integers(1, 9), min_size=1))
def test_the_rank_of_a_mean_is_one_more_than_the_number_of_better_dossiers(tally):
    found = scoring.ranks(tally)
    assert found == {mean: 1 + sum(n for other, n in tally.items() if other > mean) for mean in tally}
