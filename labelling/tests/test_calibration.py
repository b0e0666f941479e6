"""Severities by hand, against the whole system of equations in exact fractions, and against a truth that is known."""

import random
from decimal import Decimal
from fractions import Fraction
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from labelling.calibration import RATIO, AdjustedMean, Severity, calibrate
from labelling.scoring import mean_of, rounded

pytestmark = pytest.mark.once

#: What a call that has no bias may lose of its rank correlation with the truth, as a mean over SEEDS, then at worst. The most
#: is lost where everybody has ten reviews only, each shared with one other person: the last of the sizes below.
MEAN_LOSS, WORST_LOSS = 0.004, 0.02
SEEDS = range(12)


def severities(found):
    return {key: severity.value for key, severity in found.severities.items()}


def adjusted(found):
    return {key: mean.adjusted for key, mean in found.means.items()}


def raw(found):
    return {key: mean.raw for key, mean in found.means.items()}


def decimals(**values):
    return {key: Decimal(value) for key, value in values.items()}


# --- By hand ------------------------------------------------------------------------------------------------------


def test_nothing_comes_of_no_review():
    assert (calibrate([]).severities, calibrate([]).means) == ({}, {})


def test_one_review_says_nothing_of_its_author():
    found = calibrate([("d", "ann", Fraction(7, 2))])

    assert found.severities == {"ann": Severity(Decimal(0), None, 1, 0)}
    assert found.means == {"d": AdjustedMean(Decimal("3.5"), Decimal("3.5"))}


def test_two_reviews_of_one_dossier():
    """r = ∓1, L = [[½, −½], [−½, ½]]: s = ∓1 ÷ (1 + 10). What is left: 2 − 2 ÷ 11 for one free review; the diagonal of
    the inverse is ½ × (1 ÷ 10 + 1 ÷ 11), so the deviation is the root of 20 ÷ 11 × 21 ÷ 220."""
    found = calibrate([("d", "ann", 4), ("d", "bob", 2)])

    assert found.severities == {
        "ann": Severity(Decimal("-0.091"), Decimal("0.417"), 1, 1),
        "bob": Severity(Decimal("0.091"), Decimal("0.417"), 1, 1),
    }
    assert found.means == {"d": AdjustedMean(Decimal(3), Decimal(3))}


@pytest.mark.parametrize(("count", "kept"), [(1, "0.091"), (2, "0.167"), (10, "0.500"), (90, "0.900"), (990, "0.990")])
def test_the_more_two_people_share_the_more_of_what_parts_them_is_kept(count, kept):
    found = calibrate((number, who, mean) for number in range(count) for who, mean in [("ann", 4), ("bob", 2)])

    assert severities(found) == {"ann": -Decimal(kept), "bob": Decimal(kept)}


def test_a_dossier_read_by_one_is_moved_by_their_severity():
    shared = [(f"d{number}", who, mean) for number in range(10) for who, mean in [("ann", 4), ("bob", 2)]]
    found = calibrate([*shared, ("mild", "ann", 3), ("harsh", "bob", 3), ("top", "bob", 5), ("bottom", "ann", 0.25)])

    moved = decimals(mild="2.5", harsh="3.5", top="5", bottom="0")
    assert adjusted(found) == moved | {f"d{number}": Decimal(3) for number in range(10)}
    assert raw(found)["top"] == Decimal(5)
    assert (found.severities["ann"].review_count, found.severities["ann"].shared_count) == (12, 10)


def test_groups_that_share_no_dossier_are_not_compared():
    one = [(number, who, mean) for number in range(10) for who, mean in [(1, 4), (2, 2)]]
    other = [(number, who, mean) for number in range(10, 20) for who, mean in [(3, 1), (4, 2)]]

    found = severities(calibrate([*one, *other]))

    assert found == severities(calibrate(one)) | severities(calibrate(other))
    assert list(found.values()) == [Decimal("-0.5"), Decimal("0.5"), Decimal("0.25"), Decimal("-0.25")]


def test_somebody_new_hardly_moves_a_mean_whatever_they_gave():
    """r(new) = 2.25 and the others weigh a third of it each, so s(new) = 2.25 ÷ (1 + 10): 0.205 of the three points."""
    others = [(number, who, 3) for number in range(100) for who in ("ann", "bob", "cid")]

    found = calibrate([*others, (0, "new", 0)])

    assert severities(found) == decimals(ann="-0.068", bob="-0.068", cid="-0.068", new="0.205")
    assert adjusted(found) == {0: Decimal("2.25")} | {number: Decimal("2.932") for number in range(1, 100)}


@pytest.mark.parametrize("odd", range(1, 2000, 222))
def test_half_a_thousandth_goes_away_from_zero_whatever_floats_make_of_it(odd):
    """Ten dossiers shared, so half of what parts two people is kept: an odd number of half thousandths."""
    gap = Fraction(odd, 1000)
    found = calibrate((number, who, mean) for number in range(10) for who, mean in [("a", 2 + gap), ("b", 2 - gap)])

    assert severities(found) == decimals(a=Decimal(-(odd + 1) // 2) / 1000, b=Decimal((odd + 1) // 2) / 1000)


@pytest.mark.parametrize("ratio", [0, -1, float("nan")])
def test_a_ratio_is_above_zero(ratio):
    with pytest.raises(ValueError, match="above zero"):
        calibrate([], ratio=ratio)


def test_one_person_reviews_a_dossier_once():
    with pytest.raises(ValueError, match=r"Reviewed twice by one reviewer: 1 by 7$"):
        calibrate([(1, 7, 3), (1, 7, 3), (2, 7, 3)])


# --- Properties ---------------------------------------------------------------------------------------------------

marks = st.fractions(0, 5, max_denominator=100)
#: Reviews by (dossier, reviewer): at most 6 dossiers and 5 reviewers, seldom all linked.
tables = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 4)), marks, max_size=16)


def reviews_of(table):
    return [(*cell, mean) for cell, mean in table.items()]


def by_elimination(table, ratio):
    """Qualities and severities from the normal equations of both, dossiers not eliminated, by Gauss in fractions."""
    unknowns = sorted({("d", d) for d, _ in table} | {("r", r) for _, r in table})
    place = {unknown: number for number, unknown in enumerate(unknowns)}
    matrix = [[Fraction(0)] * (len(unknowns) + 1) for _ in unknowns]
    for (dossier, reviewer), mean in table.items():
        signs = {place["d", dossier]: 1, place["r", reviewer]: -1}
        for row, sign in signs.items():
            matrix[row][-1] += sign * mean
            for column, other in signs.items():
                matrix[row][column] += sign * other
    for (kind, _), number in place.items():
        matrix[number][number] += ratio if kind == "r" else 0
    for number, pivot in enumerate(matrix):
        pivot[:] = [value / pivot[number] for value in pivot]
        for row in matrix:
            if row is not pivot and row[number]:
                row[:] = [value - row[number] * ours for value, ours in zip(row, pivot, strict=True)]
    return {unknown: matrix[number][-1] for unknown, number in place.items()}


def signed(value):
    return rounded(value) if value >= 0 else -rounded(-value)


@given(tables, st.integers(1, 30))
def test_figures_are_those_of_the_whole_system_solved_exactly(table, ratio):
    found, exact = calibrate(reviews_of(table), ratio=ratio), by_elimination(table, ratio)

    assert severities(found) == {key: signed(value) for (kind, key), value in exact.items() if kind == "r"}
    assert adjusted(found) == {
        key: rounded(min(max(value, Fraction(0)), Fraction(5))) for (kind, key), value in exact.items() if kind == "d"
    }


@given(tables)
def test_the_raw_mean_is_that_of_the_scoring(table):
    means = {dossier: [mean for (other, _), mean in table.items() if other == dossier] for dossier, _ in table}
    assert raw(calibrate(reviews_of(table))) == {dossier: rounded(mean_of(found)) for dossier, found in means.items()}


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_reviews_changes_nothing(table, rng):
    reviews = reviews_of(table)
    assert calibrate(rng.sample(reviews, len(reviews))) == calibrate(reviews)


@given(tables, st.permutations(range(6)), st.permutations("vwxyz"))
def test_names_change_nothing(table, dossiers, reviewers):
    found, renamed = (
        calibrate(reviews_of(table)),
        calibrate((dossiers[d], reviewers[r], y) for (d, r), y in table.items()),
    )

    assert renamed.severities == {reviewers[key]: severity for key, severity in found.severities.items()}
    assert renamed.means == {dossiers[key]: mean for key, mean in found.means.items()}


@given(tables)
def test_floats_are_as_good_as_fractions_to_a_thousandth(table):
    found, near = calibrate(reviews_of(table)), calibrate((*cell, float(mean)) for cell, mean in table.items())
    assert all(abs(near.means[key].adjusted - mean) <= Decimal("0.001") for key, mean in adjusted(found).items())


inner = st.fractions(Fraction(9, 4), Fraction(11, 4), max_denominator=100)


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 4)), inner, max_size=16), st.integers(-500, 500))
def test_points_given_to_all_move_means_by_as_much_and_severities_not_at_all(table, thousandths):
    """Far from 0 and 5, where nothing is cut."""
    found = calibrate(reviews_of(table))
    moved = calibrate((*cell, mean + Fraction(thousandths, 1000)) for cell, mean in table.items())

    assert moved.severities == found.severities
    assert adjusted(moved) == {key: mean + Decimal(thousandths) / 1000 for key, mean in adjusted(found).items()}


@given(tables)
def test_where_all_agree_nobody_is_severe(table):
    found = calibrate((dossier, reviewer, Fraction(dossier, 2)) for dossier, reviewer in table)

    assert set(severities(found).values()) <= {Decimal(0)}
    assert adjusted(found) == raw(found)


@given(st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 4), marks)))
def test_without_overlap_nothing_is_said(table):
    found = calibrate((dossier, *review) for dossier, review in table.items())

    assert adjusted(found) == raw(found)
    assert {(each.value, each.uncertainty, each.shared_count) for each in found.severities.values()} <= {(0, None, 0)}


# --- Beside a truth -----------------------------------------------------------------------------------------------


def study(seed, dossier_count, review_count, reviewer_count, bias):
    """True quality of each dossier, true severity of each reviewer, and the reviews, marked by twentieths of a point.

    Standard deviations: 0.8 between dossiers, 0.7 of noise, `bias` between reviewers.
    """
    rng = random.Random(seed)
    qualities = [rng.gauss(3, 0.8) for _ in range(dossier_count)]
    biases = [rng.gauss(0, bias) for _ in range(reviewer_count)]
    reviews = [
        (
            dossier,
            reviewer,
            Fraction(min(max(round(20 * (quality - biases[reviewer] + rng.gauss(0, 0.7))), 0), 100), 20),
        )
        for dossier, quality in enumerate(qualities)
        for reviewer in rng.sample(range(reviewer_count), review_count)
    ]
    return qualities, biases, reviews


def correlations(seed, *sizes):
    """Spearman's rank correlation with the true quality: of raw means, of adjusted ones."""
    qualities, _, reviews = study(seed, *sizes)
    means = calibrate(reviews).means.values()
    return [
        spearmanr([float(value) for value in found], qualities).statistic
        for found in ([mean.raw for mean in means], [mean.adjusted for mean in means])
    ]


def compared(*sizes):
    """By seed, what adjusting adds to the correlation; prints the mean correlations (pytest -s)."""
    found = [correlations(seed, *sizes) for seed in SEEDS]
    gains = [after - before for before, after in found]
    before, after = (fmean(side) for side in zip(*found, strict=True))
    print(f"\n{sizes}: raw {before:.4f}, adjusted {after:.4f}, gain from {min(gains):+.4f} to {max(gains):+.4f}")
    return gains


@pytest.mark.parametrize(
    ("sizes", "least"), [((60, 4, 12, 0.6), 0.02), ((300, 4, 20, 0.3), 0.008), ((300, 4, 20, 0.6), 0.03)]
)
def test_with_a_known_bias_the_adjusted_ranking_is_nearer_to_the_truth(sizes, least):
    gains = compared(*sizes)

    assert min(gains) > 0
    assert fmean(gains) > least


@pytest.mark.parametrize("sizes", [(60, 4, 12, 0), (300, 4, 20, 0), (300, 2, 60, 0)])
def test_without_bias_the_adjusted_ranking_is_not_worse(sizes):
    gains = compared(*sizes)

    assert fmean(gains) > -MEAN_LOSS
    assert min(gains) > -WORST_LOSS


@pytest.mark.parametrize("seed", SEEDS)
def test_true_severities_lie_within_the_uncertainty_that_is_told(seed):
    """Four deviations, for 20 people: the ratio is right here (0.7² = 10 × bias²), and the sum of severities is not free."""
    bias = 0.7 / RATIO**0.5
    _, biases, reviews = study(seed, 300, 4, 20, bias)
    found, middle = calibrate(reviews).severities, fmean(biases)

    assert all(
        abs(float(found[key].value) - (true - middle)) < 4 * float(found[key].uncertainty)
        for key, true in enumerate(biases)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_without_bias_severities_are_near_zero(seed):
    found = calibrate(study(seed, 300, 4, 20, 0)[2]).severities
    assert max(abs(each.value) for each in found.values()) < Decimal("0.25")
