"""How fragile each rank is: how far it moves when one weight or one reviewer does. Pure: no database, whole numbers only.

The ranks are those of `scoring`: means to three decimals, halves away from zero, equals share a rank and the next skip it.
Two kinds of changes are tried, one change at a time:

- A weight goes up or down by so many points of percent, no lower than zero nor higher than the whole grid; the others keep
  their proportions and make up for it, so the sum stays what it was.
- A reviewer is left out of every dossier at once: what the ranking would be had that person not been asked. It is not the
  same as taking one review away from one dossier, the others left as they are: that would compare a dossier judged by three
  with dossiers that the same severe person still weighs on. A dossier that loses its only review has no rank under this
  change, and no longer stands before anybody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from labelling.scoring import Key, refuse_second_reviews

#: Beyond this sum of weights the products below might leave 64 bits; grids sum to 100.
HEAVIEST_GRID = 10_000
NO_RANK = 0

#: The keys of a dossier and of a reviewer, and the marks of their review, 0 to 5, in the order of the criteria.
MarkedReview = tuple[Key, Key, tuple[int, ...]]


@dataclass(frozen=True)
class WeightChanged:
    """The criterion weighs so many points of percent more (less, below zero), as far as zero or the whole grid allow."""

    criterion: str
    points: int


@dataclass(frozen=True)
class ReviewerLeftOut:
    """Of every dossier."""

    reviewer: Key


Change = WeightChanged | ReviewerLeftOut


@dataclass(frozen=True)
class RankInterval:
    """The rank of a dossier, and the best and the worst it has under any one change.

    A side that no change moves has no change beside it; where several move it as far, the first by the order of the criteria
    (up before down), then of the reviewers' keys.
    """

    rank: int
    best: int
    worst: int
    best_change: Change | None
    worst_change: Change | None

    def crosses(self, line: int) -> bool:
        """Whether the first `line` ranks hold this dossier under one change, or as things are, and not under another."""
        return self.best <= line < self.worst


def rank_intervals(
    weights: Mapping[str, int], reviews: Iterable[MarkedReview], *, points: int
) -> dict[Key, RankInterval]:
    """The interval of every dossier that has a review, by its key and in the order of keys.

    `weights` in percent by code of criterion, in the order of the grid; `points` is by how much each changes alone, in the
    same unit. Keys of one kind are all numbers or all text. Raises ValueError for a grid without weight or far too heavy,
    for marks that are not one per criterion, and where somebody reviews the same dossier twice.
    """
    if not 0 < sum(weights.values()) <= HEAVIEST_GRID or min(weights.values()) < 0:
        raise ValueError(f"Weights sum to 1 at least and {HEAVIEST_GRID} at most, none below zero: {dict(weights)}")
    reviews = list(reviews)
    refuse_second_reviews(review[:2] for review in reviews)
    if not reviews:
        return {}
    table = _Table.of(reviews)
    rankings = [
        (None, _ranks(table.sums @ _row(weights), table.counts * sum(weights.values()))),
        *_with_weights_changed(table, weights, points),
        *_with_reviewers_left_out(table, weights),
    ]
    changes, ranks = [change for change, _ in rankings], np.array([found for _, found in rankings])
    best = np.where(ranks == NO_RANK, len(table.dossiers) + 1, ranks).argmin(axis=0)
    worst = ranks.argmax(axis=0)  # of equals the first, so no change where none is needed
    return {
        key: RankInterval(int(ranks[0, n]), int(ranks[b, n]), int(ranks[w, n]), changes[b], changes[w])
        for n, (key, b, w) in enumerate(zip(table.dossiers, best.tolist(), worst.tolist(), strict=True))
    }


def crossing(intervals: Mapping[Key, RankInterval], line: int) -> list[Key]:
    """The dossiers whose interval crosses the line under the first `line` ranks, by rank then by key."""
    found = sorted((interval.rank, key) for key, interval in intervals.items() if interval.crosses(line))
    return [key for _, key in found]


@dataclass(frozen=True)
class _Table:
    """D dossiers in the order of their keys, C criteria: `sums` of marks (D × C), `counts` of reviews (D).

    By reviewer, in the order of keys: the places of their dossiers (n) and their marks (n × C).
    """

    dossiers: list[Key]
    sums: np.ndarray
    counts: np.ndarray
    by_reviewer: dict[Key, tuple[np.ndarray, np.ndarray]]

    @classmethod
    def of(cls, reviews):
        dossiers = sorted({dossier for dossier, _, _ in reviews})
        place_of = {dossier: place for place, dossier in enumerate(dossiers)}
        places = np.array([place_of[dossier] for dossier, _, _ in reviews])
        marks = np.array([marks for _, _, marks in reviews], dtype=np.int64)
        sums = np.zeros((len(dossiers), marks.shape[1]), dtype=np.int64)
        np.add.at(sums, places, marks)
        lines = defaultdict(list)
        for line, (_, reviewer, _) in enumerate(reviews):
            lines[reviewer].append(line)
        by_reviewer = {reviewer: (places[lines[reviewer]], marks[lines[reviewer]]) for reviewer in sorted(lines)}
        return cls(dossiers, sums, np.bincount(places), by_reviewer)


def _row(weights):
    return np.array(list(weights.values()), dtype=np.int64)


def _with_weights_changed(table, weights, points):
    """Each change of weight that changes something, with the ranks; all the weights are made whole by one factor."""
    total = sum(weights.values())
    for place, (code, weight) in enumerate(weights.items()):
        others = total - weight
        for step in (points, -points):
            changed = min(max(weight + step, 0), total)
            if others and changed != weight:
                row = _row(weights) * (total - changed)
                row[place] = changed * others
                yield WeightChanged(code, changed - weight), _ranks(table.sums @ row, table.counts * (total * others))


def _with_reviewers_left_out(table, weights):
    sums, total = table.sums @ _row(weights), sum(weights.values())
    for reviewer, (places, marks) in table.by_reviewer.items():
        left, counts = sums.copy(), table.counts.copy()
        left[places] -= marks @ _row(weights)
        counts[places] -= 1
        yield ReviewerLeftOut(reviewer), _ranks(left, counts * total)


def _ranks(numerators, denominators):
    """Ranks of these fractions to three decimals, as `scoring.rounded` and `scoring.ranks` give; nothing over 0: no rank."""
    has_mean = denominators > 0
    above, below = numerators[has_mean], denominators[has_mean]
    thousandths = (2000 * above + below) // (2 * below)
    found = np.full(len(numerators), NO_RANK)
    found[has_mean] = 1 + len(above) - np.searchsorted(np.sort(thousandths), thousandths, side="right")
    return found
