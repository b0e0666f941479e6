"""How severe each reviewer is beside those who read the same dossiers, and each mean without it. Pure: no database.

The model: the mean given by reviewer j to dossier d is  y = q(d) − s(j) + noise,  where q(d) is free (it holds the general
level too) and s(j), the severity, has mean 0 and a variance RATIO times smaller than the noise's. Its best linear unbiased
prediction (Henderson, Biometrics 31, 1975, "mixed model equations"; the same least squares with a penalty as Platt and
Burges, "Regularized least squares approach to reviewers' bias", 2012) minimises

    Σ (y − q(d) + s(j))² + RATIO × Σ s(j)².

Eliminating each q(d) = mean of its (y + s) leaves one small symmetric system for the reviewers, (L + RATIO × I) s = r:
r(j) sums how far the dossier's raw mean is above the reviewer's; L(j, j) sums 1 − 1/k over their dossiers of k reviews, and
L(j, j') subtracts 1/k for each dossier that both read. Read alone, a dossier puts nothing in L nor in r: without overlap
s = 0. The columns of L and the sum of r are zero, so severities sum to zero, and do so within each group of reviewers that
shared dossiers link: two groups that share none are not compared. Decisions, 0071.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import numpy as np

from labelling.scoring import HIGHEST_MARK, LOWEST_MARK, Key, mean_of, refuse_second_reviews, rounded

#: Variance of the noise ÷ variance of the severities. Two people who share n dossiers see n ÷ (n + RATIO) of what parts them
#: kept: half at ten. Published rather than fitted: a fit on a dozen people may say anything, and nobody could redo it.
RATIO = 10
#: Severities are whole numbers of these parts of a point, far above the errors of floats and far below what is shown: exact
#: rounding follows, the same whatever the order of the reviews, the keys or the machine.
PARTS = 10**9

#: The keys of a dossier and of a reviewer, and the weighted mean of their review, from 0 to 5.
Review = tuple[Key, Key, Fraction | float]


@dataclass(frozen=True)
class Severity:
    """In points of mark, three decimals: above zero, lower marks than the others gave to the same dossiers.

    `uncertainty` is a standard deviation, known by the ratio; None where no dossier has two reviews, as nothing tells it.
    Of `review_count` reviews, `shared_count` are of dossiers that somebody else read too: only these speak.
    """

    value: Decimal
    uncertainty: Decimal | None
    review_count: int
    shared_count: int


@dataclass(frozen=True)
class AdjustedMean:
    """The mean that counts, and beside it what it would be if all were as severe: kept between 0 and 5."""

    raw: Decimal
    adjusted: Decimal


@dataclass(frozen=True)
class Calibration:
    """By reviewer and by dossier, in the order of their keys."""

    severities: dict[Key, Severity]
    means: dict[Key, AdjustedMean]


def calibrate(reviews: Iterable[Review], *, ratio: int | float = RATIO) -> Calibration:
    """Severities and adjusted means of these reviews; nothing is changed, and the order they come in does not matter.

    Keys of one kind are all numbers or all text. Raises ValueError where somebody reviews the same dossier twice, or for a
    ratio that is not above zero.
    """
    if not ratio > 0:
        raise ValueError(f"The ratio of variances is above zero, not {ratio}")
    rows = sorted(((dossier, reviewer, Fraction(mean)) for dossier, reviewer, mean in reviews), key=lambda row: row[:2])
    refuse_second_reviews(row[:2] for row in rows)
    dossiers = {key: [row[1:] for row in group] for key, group in groupby(rows, key=lambda row: row[0])}
    raw = {key: mean_of([mean for _, mean in group]) for key, group in dossiers.items()}
    reviewers = sorted({reviewer for _, reviewer, _ in rows})
    values, uncertainties = _solved(dossiers, raw, reviewers, ratio)
    counts = Counter(reviewer for _, reviewer, _ in rows)
    shared = Counter(reviewer for group in dossiers.values() if len(group) > 1 for reviewer, _ in group)
    deviations = dict.fromkeys(reviewers) if uncertainties is None else _each(rounded, uncertainties)
    return Calibration(
        severities={
            key: Severity(value, deviations[key], counts[key], shared[key])
            for key, value in _each(_signed, values).items()
        },
        means={key: _adjusted(raw[key], [values[reviewer] for reviewer, _ in dossiers[key]]) for key in dossiers},
    )


def _solved(dossiers, raw, reviewers, ratio):
    """Severity and standard deviation of each reviewer, exact parts of a point; no deviation where nothing tells it."""
    columns = {reviewer: column for column, reviewer in enumerate(reviewers)}
    incidence = np.zeros((len(dossiers), len(reviewers)))
    gaps = np.zeros(incidence.shape)
    for row, (key, group) in enumerate(dossiers.items()):
        for reviewer, mean in group:
            incidence[row, columns[reviewer]] = 1
            gaps[row, columns[reviewer]] = raw[key] - mean
    sizes = incidence.sum(axis=1, keepdims=True)
    overlap = np.diag(incidence.sum(axis=0)) - (incidence / sizes).T @ incidence
    inverse = np.linalg.inv(overlap + ratio * np.eye(len(reviewers)))
    totals = gaps.sum(axis=0)
    severities = inverse @ totals
    free_count = int(incidence.sum()) - len(dossiers)
    if not free_count:
        return _parts(reviewers, severities), None
    # The residual variance of the mixed model, known the ratio: what the penalised least squares leave, by what is free.
    noise = max(0.0, ((gaps**2).sum() - totals @ severities) / free_count)
    return _parts(reviewers, severities), _parts(reviewers, np.sqrt(noise * inverse.diagonal()))


def _each(rounding, values):
    return {key: rounding(value) for key, value in values.items()}


def _parts(keys, values):
    parts = np.rint(values * PARTS).astype(np.int64).tolist()
    return {key: Fraction(part, PARTS) for key, part in zip(keys, parts, strict=True)}


def _adjusted(raw: Fraction, severities: Sequence[Fraction]) -> AdjustedMean:
    corrected = raw + mean_of(severities)
    return AdjustedMean(rounded(raw), rounded(min(max(corrected, Fraction(LOWEST_MARK)), Fraction(HIGHEST_MARK))))


def _signed(value: Fraction) -> Decimal:
    return rounded(value) if value >= 0 else -rounded(-value)
