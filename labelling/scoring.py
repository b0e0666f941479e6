"""The arithmetic of reviews: weighted mean, mean over reviews, spread, rank. Pure: no database, exact until rounded.

The rule is that of the scoring grid every call publishes: marks from 0 to 5, weights in percent, « un écart d'au moins 2
signale le dossier » (domain.md §2.4, a convention of the portal: the real weights were never published).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

LOWEST_MARK, HIGHEST_MARK = 0, 5
#: From this spread on, a dossier is flagged for discussion.
FLAGGED_SPREAD = Decimal(2)
#: Every figure of the portal is rounded here and nowhere else: three decimals, halves away from zero.
STEP = Decimal("0.001")

#: Of a dossier or a reviewer: a primary key, or a text.
Key = int | str


@dataclass(frozen=True)
class Figures:
    """What the submitted reviews of one dossier amount to; no review, no mean."""

    review_count: int = 0
    mean: Decimal | None = None
    spread: Decimal | None = None


def rounded(value: Fraction) -> Decimal:
    """An exact value to three decimals, halves away from zero (marks are never negative)."""
    thousandths = (2000 * value.numerator + value.denominator) // (2 * value.denominator)
    return thousandths * STEP


def weighted_mean(marks: Iterable[tuple[int, int]]) -> Fraction:
    """Σ weight × mark ÷ Σ weight of one review, exact, from pairs (weight in %, mark).

    Dividing by the sum keeps the result between 0 and 5 even where a grid does not weigh 100 % in all.
    """
    pairs = list(marks)
    return Fraction(sum(weight * mark for weight, mark in pairs), sum(weight for weight, _ in pairs))


def mean_of(means: Sequence[Fraction]) -> Fraction:
    """Each ministry counts the same: the plain mean of the reviews' weighted means."""
    return sum(means, Fraction(0)) / len(means)


def spread_of(means: Sequence[Fraction]) -> Fraction:
    """The most generous review minus the most severe one, 0 for a single review."""
    return max(means) - min(means)


def figures(reviews: Iterable[Sequence[tuple[int, int]]]) -> Figures:
    """The figures of one dossier from the pairs (weight in %, mark) of each of its submitted reviews."""
    means = [weighted_mean(marks) for marks in reviews]
    if not means:
        return Figures()
    return Figures(len(means), rounded(mean_of(means)), rounded(spread_of(means)))


def is_flagged(spread: Decimal | None) -> bool:
    """Whether the ministries disagree enough for the dossier to be discussed."""
    return spread is not None and spread >= FLAGGED_SPREAD


def ranks(tally: Mapping[Decimal, int]) -> dict[Decimal, int]:
    """The rank of each mean from how many dossiers have it: the best is 1, equals share a rank and the next skip it."""
    found, better = {}, 0
    for mean in sorted(tally, reverse=True):
        found[mean] = better + 1
        better += tally[mean]
    return found


def refuse_second_reviews(pairs: Iterable[tuple[Key, Key]]) -> None:
    """Raises ValueError where a (dossier, reviewer) comes twice: they would count double in every sum."""
    twice = [pair for pair, count in Counter(pairs).items() if count > 1]
    if twice:
        raise ValueError("Reviewed twice by one reviewer: " + ", ".join(f"{d} by {r}" for d, r in twice))
