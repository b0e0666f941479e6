"""The committee member of a ministry stands for what its reviewers submitted, where the call says so."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from gen_portal.core import access
from gen_portal.core.models import Role
from labelling.models.review import REVIEWED_STATES, Review, sealed_dossiers
from labelling.models.second_opinion import SecondOpinion


class Countersignature(models.Model):
    """On one value of a review: the first (number 0) or a second one; a mind that changes asks for another."""

    review = models.ForeignKey(Review, models.PROTECT, verbose_name="évaluation", related_name="countersignatures")
    number = models.PositiveSmallIntegerField("valeur", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    signed_at = models.DateTimeField("contresignée")

    class Meta:
        verbose_name = "contreseing"
        constraints = [
            models.UniqueConstraint(name="a_value_is_countersigned_once", fields=["review", "number"]),
        ]

    def __str__(self):
        return f"Contreseing de {self.by}"


def ministries_led(user):
    """Keys of the ministries whose committee member a person is today."""
    held = access.capacities(user)
    return [each.ministry_id for each in held if each.role == Role.COMMITTEE_MEMBER and each.ministry_id]


def with_value_number(reviews):
    """Reviews with the number of their value in force, and whether that one is countersigned."""
    latest = SecondOpinion.objects.filter(review=OuterRef("pk")).order_by().values("review")
    number = Subquery(latest.annotate(last=Max("number")).values("last"), output_field=IntegerField())
    signed = Countersignature.objects.filter(review=OuterRef("pk"), number=OuterRef("value_number"))
    return reviews.annotate(value_number=Coalesce(number, 0)).annotate(is_countersigned=Exists(signed))


def reviews_led(user):
    """Submitted by the reviewers of a person's ministry, in calls that ask for it; not their own, nor on a dossier of
    theirs, one they withdrew from or have yet to review, or of a structure they belong to."""
    dossier = "assignment__application"
    reviews = Review.objects.counted().filter(
        assignment__ministry__in=ministries_led(user), assignment__is_third_reader=False,
        assignment__application__call__review_rule__is_countersigned=True,
        assignment__application__state__in=REVIEWED_STATES,
    )  # fmt: skip
    theirs = Q(assignment__reviewer=user) | Q(
        **{f"{dossier}__training__structure__in": user.memberships.values("structure_id")}
    )
    sealed = sealed_dossiers(user).values("pk")
    return with_value_number(reviews.exclude(theirs).exclude(assignment__application__in=sealed))


def for_countersigning(reviews):
    """With what a page shows of each."""
    return reviews.for_page().select_related(
        "assignment__application__training__structure__commune", "assignment__application__call"
    ).prefetch_related(
        Prefetch("countersignatures", Countersignature.objects.select_related("by"))
    )  # fmt: skip


def in_turn(reviews):
    """What waits first, the oldest first."""
    return reviews.order_by("is_countersigned", "submitted_at", "pk")


def waiting_count(user):
    """How many reviews wait for a person's countersignature."""
    return reviews_led(user).filter(is_countersigned=False).aggregate(count=Count("pk"))["count"]
