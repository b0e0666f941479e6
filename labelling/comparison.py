"""What reviews amount to when they are compared: means without severity, and how far each rank would move.

Both mix every dossier of a call, so they are computed over those that one person may compare, and kept under a key made of
what they were computed from: a review that changes makes another key (docs/decisions/0078).
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.core.cache import cache

from labelling.calibration import calibrate
from labelling.fragility import ReviewerLeftOut, WeightChanged, crossing, rank_intervals
from labelling.models.comparing import digest_of, grid_of, names_of
from labelling.models.readings import readings_of
from labelling.scoring import weighted_mean

#: By how much each weight is moved, alone, in points of percent.
POINTS = 5
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Compared:
    """By key of dossier: the adjusted mean, and the interval of ranks; nothing for a dossier without a review."""

    means: dict
    intervals: dict

    def crossing(self, line):
        """The dossiers whose interval crosses the line under the first so many ranks, by rank."""
        return crossing(self.intervals, line)


#: What this process read or computed last, by key. The key says what it was made from, so nothing here is ever out of date.
_at_hand = {}
_AT_HAND = 8


def forget():
    """Leave nothing at hand: a test begins with other facts under the same keys."""
    _at_hand.clear()


def _keep_at_hand(key, compared):
    while len(_at_hand) >= _AT_HAND:
        _at_hand.pop(next(iter(_at_hand)), None)
    _at_hand[key] = compared
    return compared


@dataclass(frozen=True)
class Comparison:
    """The dossiers of a call that one person compares; ranks are those among `scope`, a condition on them."""

    call: object
    dossiers: object
    scope: object
    scope_key: str

    @cached_property
    def compared(self):
        """What this process or the cache holds while nothing has changed; computed here otherwise (a second for 20,000
        reviews)."""
        key = f"comparison:{self.call.pk}:{self.scope_key}:{POINTS}:{digest_of(self.dossiers)}"
        if (kept := _at_hand.get(key)) is not None:
            return kept
        if (kept := cache.get(key)) is None:
            kept = self._computed()
            cache.set(key, kept, KEPT_SECONDS)
        return _keep_at_hand(key, kept)

    def _computed(self):
        weights = grid_of(self.call)
        read = [each for each in readings_of(self.dossiers.order_by()) if len(each.marks) == len(weights)]
        within = set(self.dossiers.filter(self.scope).values_list("pk", flat=True))
        firsts = ((each.application, each.reviewer, weighted_mean(each.first)) for each in read)
        marked = ((each.application, each.reviewer, each.marks) for each in read if each.application in within)
        means = {pk: mean.adjusted for pk, mean in calibrate(firsts).means.items() if pk in within}
        return Compared(means, rank_intervals(weights, marked, points=POINTS))


def words_of(intervals, call):
    """For each of these intervals, by key: what moves the rank the most each way, in French; empty where nothing does."""
    changes = [change for each in intervals.values() for change in (each.best_change, each.worst_change) if change]
    people = names_of({change.reviewer for change in changes if isinstance(change, ReviewerLeftOut)})
    labels = {criterion.code: criterion.label for criterion in call.criteria.all()}
    found = defaultdict(list)
    for key, interval in intervals.items():
        for rank, change in ((interval.best, interval.best_change), (interval.worst, interval.worst_change)):
            if change is not None:
                found[key].append(f"rang {rank} {_cause(change, labels, people)}")
    return {key: " ; ".join(words) for key, words in found.items()}


def _cause(change, labels, people):
    if isinstance(change, WeightChanged):
        sign = "de plus" if change.points > 0 else "de moins"
        points = abs(change.points)
        return f"si « {labels[change.criterion]} » pesait {points} point{'s' if points > 1 else ''} {sign}"
    return f"sans les évaluations de {people[change.reviewer]}"
