"""The counted reviews of dossiers as the arithmetic wants them: pairs (weight, mark), first and in force."""

from collections import defaultdict
from dataclasses import dataclass

from labelling.models import Review, Score, SecondOpinion


@dataclass(frozen=True)
class Reading:
    """One review: pairs (weight in %, mark) of its first value and of the one in force, and what counts beside."""

    first: tuple
    in_force: tuple
    recommendation: str
    is_third: bool


def readings_of(reviews):
    """Readings by key of dossier, of these reviews (a queryset); two queries."""
    marks, weights, told = defaultdict(dict), {}, {}
    rows = Score.objects.filter(review__in=reviews, value__isnull=False).order_by("review_id", "criterion_id")
    place = "review__assignment__"
    columns = ("review_id", "criterion_id", "value", "criterion__weight_percent", "review__recommendation",
               f"{place}application_id", f"{place}is_third_reader")  # fmt: skip
    for review, criterion, mark, weight, *rest in rows.values_list(*columns).iterator():
        marks[review][criterion] = mark
        weights[criterion] = weight
        told[review] = rest
    seconds = SecondOpinion.objects.in_force(reviews)
    found = defaultdict(list)
    for review, first in marks.items():
        recommendation, application, is_third = told[review]
        second, recommendation = seconds.get(review, (first, recommendation))
        found[application].append(
            Reading(_pairs(first, weights), _pairs(first | second, weights), recommendation, is_third)
        )
    return found


def counted_readings(application):
    """Those of one dossier."""
    return readings_of(Review.objects.counted().filter(assignment__application=application)).get(application.pk, [])


def _pairs(marks, weights):
    return tuple((weights[criterion], mark) for criterion, mark in marks.items())
