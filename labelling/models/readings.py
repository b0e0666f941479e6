"""The counted reviews of dossiers as the arithmetic wants them: what was marked, first and in force."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from labelling.models.review import Review, Score
from labelling.models.second_opinion import SecondOpinion


@dataclass(frozen=True)
class Reading:
    """One review: for each criterion that it marks, in the order of the grid, its key, the weight in %, the first mark and
    the one in force; and what counts beside."""

    application: int
    reviewer: int
    weights: tuple
    first_marks: tuple
    marks: tuple
    recommendation: str
    is_third: bool
    criteria: tuple

    @property
    def first(self):
        """Pairs (weight, mark) of the first value."""
        return tuple(zip(self.weights, self.first_marks, strict=True))

    @property
    def in_force(self):
        """The same of the value in force."""
        return tuple(zip(self.weights, self.marks, strict=True))


def readings_of(applications):
    """The counted reviews of these dossiers (a queryset or keys), in the order they were begun; two queries."""
    reviews = Review.objects.counted().filter(assignment__application__in=applications)
    seconds = SecondOpinion.objects.in_force(reviews)
    rows = Score.objects.filter(review__in=reviews, value__isnull=False)
    place = "review__assignment__"
    columns = ("review_id", f"{place}application_id", f"{place}reviewer_id", f"{place}is_third_reader",
               "review__recommendation", "criterion_id", "criterion__weight_percent", "value")  # fmt: skip
    ordered = rows.order_by("review_id", "criterion__position", "criterion_id").values_list(*columns)
    return [_reading(list(lines), seconds) for _, lines in groupby(ordered.iterator(), key=lambda row: row[0])]


def _reading(lines, seconds):
    review, application, reviewer, is_third, recommendation, *_ = lines[0]
    criteria, weights, first = zip(*(line[-3:] for line in lines), strict=True)
    second, recommendation = seconds.get(review, ({}, recommendation))
    marks = tuple(second.get(criterion, mark) for criterion, mark in zip(criteria, first, strict=True))
    return Reading(application, reviewer, weights, first, marks, recommendation, is_third, criteria)


def readings_by_dossier(applications):
    """The same by key of dossier."""
    found = defaultdict(list)
    for reading in readings_of(applications):
        found[reading.application].append(reading)
    return found


@dataclass(frozen=True)
class CriterionMeans:
    """Of one dossier: how many counted reviews, and the exact mean of the marks in force by key of criterion, in the order
    of the grid. Whose the marks are is nowhere in it."""

    review_count: int
    of: dict


def criterion_means(applications):
    """The means of these dossiers (a queryset or keys) that have any, by key; two queries."""
    return {application: _means(readings) for application, readings in readings_by_dossier(applications).items()}


def _means(readings):
    marks = defaultdict(list)
    for reading in readings:
        for criterion, mark in zip(reading.criteria, reading.marks, strict=True):
            marks[criterion].append(mark)
    return CriterionMeans(len(readings), {key: Fraction(sum(given), len(given)) for key, given in marks.items()})
