"""What the figures of a board are made of, read for the dossiers that a person may compare: sums and counts in SQL."""

from collections import Counter
from fractions import Fraction

from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.db.models.functions import Cast

from gen_portal.core.models import Region
from gen_portal.core.text import fold
from labelling.models.review import Review, Score
from labelling.scoring import STEP
from labelling.severities import MARKS, Coverage, MarkSpread, ReviewMean

_REGION = "training__structure__commune__department__region"
#: Seats of all sessions, as `learner_count` counts them; wide enough for the product.
_SEATS = Cast("session_count", BigIntegerField()) * F("seat_count")


def _counted_marks(dossiers):
    """The marks that count of these dossiers."""
    reviews = Review.objects.counted().filter(assignment__application__in=dossiers.order_by().values("pk"))
    return Score.objects.filter(review__in=reviews, value__isnull=False).order_by()


def mark_spreads(call, dossiers):
    """A MarkSpread for each criterion of the call, in the order of its grid: two queries."""
    rows = _counted_marks(dossiers).values_list("criterion", "value").annotate(count=Count("pk"))
    counts = Counter({(criterion, mark): count for criterion, mark, count in rows})
    return [
        MarkSpread(criterion.label, criterion.weight_percent, tuple(counts[criterion.pk, mark] for mark in MARKS))
        for criterion in call.criteria.order_by("position", "pk")
    ]


def review_means(dossiers):
    """(reviews, names of their authors, names of their ministries): ReviewMeans and two dictionaries, in one query."""
    place = "review__assignment"
    rows = _counted_marks(dossiers).values_list(
        "review", f"{place}__application", f"{place}__reviewer", f"{place}__reviewer__first_name",
        f"{place}__reviewer__last_name", f"{place}__ministry", f"{place}__ministry__short_name",
    ).annotate(
        marks=Sum(F("criterion__weight_percent") * F("value")), weights=Sum("criterion__weight_percent")
    ).order_by("review")  # fmt: skip
    reviews, people, ministries = [], {}, {}
    for _, dossier, reviewer, first_name, last_name, ministry, short_name, marks, weights in rows:
        reviews.append(ReviewMean(dossier, reviewer, ministry, Fraction(marks, weights)))
        people[reviewer], ministries[ministry] = f"{first_name} {last_name}".strip(), short_name
    return reviews, people, ministries


def coverages(dossiers):
    """A Coverage for each region of the country, those without dossier included, collectivities last: two queries."""
    rows = dossiers.order_by().values(_REGION).annotate(
        dossier_count=Count("pk"),
        judged_count=Count("pk", filter=Q(figures__review_count__gt=0)),
        mean_sum=Sum("figures__mean", default=0),
        learner_count=Sum(_SEATS, default=0),
        seatless_count=Count("pk", filter=~Q(session_count__gt=0, seat_count__gt=0)),
        requested_euros=Sum("requested_grant_euros", default=0),
    )  # fmt: skip
    found = {row.pop(_REGION): row | {"mean_sum": row["mean_sum"].quantize(STEP)} for row in rows}
    regions = sorted(Region.objects.all(), key=lambda each: (each.is_collectivity, each.is_overseas, fold(each.name)))
    return [Coverage(region.name, region.is_collectivity, **found.get(region.pk, {})) for region in regions]
