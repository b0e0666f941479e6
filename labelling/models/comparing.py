"""What the comparison of dossiers reads: every mark of their counted reviews, and in what state they are."""

import hashlib
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Max, Sum

from applications.models import Criterion
from gen_portal.core.models import User
from labelling.models.review import Review, Score
from labelling.models.second_opinion import SecondOpinion


@dataclass(frozen=True)
class FiguresState:
    """Changes whenever a review that counts does."""

    digest: str


@dataclass(frozen=True)
class WrittenMarks:
    """One counted review: its marks in the order of the grid, as they were first and as they are."""

    application: int
    reviewer: int
    first: tuple
    in_force: tuple


def state_of(dossiers):
    """Of these dossiers, in one query: how many there are, their reviews, their sums, the latest instant of a change."""
    told = dossiers.order_by().aggregate(
        Count("pk"), Sum("pk"), Sum("figures__review_count"), Sum("figures__mean"), Sum("figures__first_mean"),
        Max("figures__changed_at"), squares=Sum(F("pk") * F("pk")),
    )  # fmt: skip
    return FiguresState(hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest())


def grid_of(call):
    """Weight in percent by code of criterion, in the order of the grid."""
    return dict(Criterion.objects.filter(call=call).order_by("position", "pk").values_list("code", "weight_percent"))


def written_marks(dossiers, codes):
    """Every counted review of these dossiers (WrittenMarks), in two queries; one without all its marks is left out."""
    reviews = Review.objects.counted().filter(assignment__application__in=dossiers.order_by())
    seconds = SecondOpinion.objects.in_force(reviews)
    rows = Score.objects.filter(review__in=reviews, value__isnull=False).order_by("review_id")
    columns = ("review_id", "review__assignment__application_id", "review__assignment__reviewer_id",
               "criterion_id", "criterion__code", "value")  # fmt: skip
    found = []
    for review, group in groupby(rows.values_list(*columns).iterator(), key=lambda row: row[0]):
        lines = list(group)
        first = {code: value for *_, code, value in lines}
        if len(first) == len(codes):
            marks, _ = seconds.get(review, ({}, ""))
            now = {code: marks.get(criterion, value) for *_, criterion, code, value in lines}
            _, application, reviewer, *_ = lines[0]
            found.append(WrittenMarks(application, reviewer, _ordered(first, codes), _ordered(now, codes)))
    return found


def _ordered(marks, codes):
    return tuple(marks[code] for code in codes)


def names_of(keys):
    """The names of people, by key."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)}
