"""The progress point: what the State's service of a region says, each quarter, of the way to the targets of a call.

Asked for by the instruction of August 2016, quarterly until the end of February 2017 (domain.md §4).
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from applications.models import Call
from gen_portal.core import access
from gen_portal.core.models import Region, Role
from gen_portal.core.references import new_reference

#: An awaited point is late for a year; then it is missing, and nobody is asked for it any more.
LATE_FOR = timedelta(days=365)


class ProgressRequestQuerySet(models.QuerySet):
    def of_call(self, call):
        """The request of a call, None when it asks for nothing."""
        return self.filter(call=call).prefetch_related("targets").first()

    def for_page(self):
        return self.select_related("call").order_by("-last_on", "pk")


class ProgressRequest(models.Model):
    """A call asks every region for a point a quarter, from a day until a last day set by staff."""

    call = models.OneToOneField(Call, models.PROTECT, verbose_name="appel", related_name="progress_request")
    first_on = models.DateField("à partir du")
    last_on = models.DateField("jusqu'au (inclus)")

    objects = ProgressRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de points d'avancement"
        verbose_name_plural = "demandes de points d'avancement"
        constraints = [
            models.CheckConstraint(name="progress_is_asked_for_at_least_a_day", condition=Q(last_on__gte=F("first_on")))
        ]

    def __str__(self):
        return f"Points d'avancement : {self.call}"


class RegionalTarget(models.Model):
    """What a call aims at in one region; no regional target was ever published, so each may stay unknown."""

    request = models.ForeignKey(ProgressRequest, models.CASCADE, verbose_name="demande", related_name="targets")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="+")
    fabrique_count = models.PositiveIntegerField("fabriques visées", null=True, blank=True)
    people_count = models.PositiveIntegerField("personnes à former", null=True, blank=True)

    class Meta:
        verbose_name = "objectif régional"
        verbose_name_plural = "objectifs régionaux"
        constraints = [
            models.UniqueConstraint(name="a_region_has_one_target_per_call", fields=["request", "region"]),
        ]

    def __str__(self):
        return f"{self.region}, {self.request.call}"


class ProgressPointQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of its region for a regional service; all for who follows the programme."""
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
            return self
        return self.filter(region__in=access.regions(user))

    def awaited(self):
        return self.filter(filed_at=None)

    def late(self, today):
        return self.in_state("en-retard", today)

    def to_file(self, today):
        """Awaited, in time or late."""
        return self.awaited().filter(due_on__gte=today - LATE_FOR)

    def due_after(self, day):
        return self.filter(due_on__gt=day)

    def in_state(self, name, today):
        """« attendus », « en-retard », « manquants » or « transmis »; everything for anything else."""
        wanted = {
            "attendus": Q(filed_at=None, due_on__gte=today),
            "en-retard": Q(filed_at=None, due_on__lt=today, due_on__gte=today - LATE_FOR),
            "manquants": Q(filed_at=None, due_on__lt=today - LATE_FOR),
            "transmis": Q(filed_at__isnull=False),
        }
        return self.filter(wanted.get(name, Q()))

    def in_region(self, region):
        return self.filter(region=region) if region else self

    def of_period(self, starts_on):
        return self.filter(starts_on=starts_on) if starts_on else self

    def periods(self):
        """First day, and the day after the last, of each period that has points, the latest first."""
        return self.order_by("-starts_on").values_list("starts_on", "ends_on").distinct()

    def with_targets(self):
        """Adds `target_fabriques` and `target_people`: what the call aims at in the region, None where nobody said."""
        targets = RegionalTarget.objects.filter(request=OuterRef("request"), region=OuterRef("region")).order_by()
        return self.annotate(
            target_fabriques=targets.values("fabrique_count")[:1], target_people=targets.values("people_count")[:1]
        )

    def later_than(self, point):
        """The region's points of later periods, for the same call."""
        return self.filter(request=point.request_id, region=point.region_id, starts_on__gt=point.starts_on)

    def earlier_than(self, point):
        """The region's filed points of earlier periods for the same call, the latest first."""
        found = self.filter(request=point.request_id, region=point.region_id, starts_on__lt=point.starts_on)
        return found.filter(filed_at__isnull=False).order_by("-starts_on")

    def for_list(self):
        """With its region alone: a row brings two instances."""
        return self.select_related("region").with_targets().order_by("-starts_on", "region__name", "pk")

    def for_page(self):
        return self.for_list().select_related("request__call", "region", "filed_by")


class ProgressPoint(models.Model):
    """One region over one quarter. Figures are those the service confirms; `counted` keeps what the portal counted."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    request = models.ForeignKey(ProgressRequest, models.PROTECT, verbose_name="demande", related_name="points")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="progress_points")
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("fin (exclue)")
    due_on = models.DateField("à transmettre jusqu'au (inclus)")
    opened_at = models.DateTimeField("ouvert")
    label_count = models.PositiveIntegerField("labels en vigueur", null=True, blank=True)
    fabrique_count = models.PositiveIntegerField("fabriques", null=True, blank=True)
    people_count = models.PositiveIntegerField("personnes formées ou en formation", null=True, blank=True)
    event_count = models.PositiveIntegerField("événements organisés", null=True, blank=True)
    difficulties = models.TextField("difficultés rencontrées", max_length=4000, blank=True)
    actions = models.TextField("actions menées et prévues", max_length=4000, blank=True)
    counted = models.JSONField("comptes du portail à la transmission", default=dict, blank=True)
    filed_at = models.DateTimeField("transmis", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="transmis par", null=True, blank=True, related_name="+"
    )

    objects = ProgressPointQuerySet.as_manager()

    class Meta:
        verbose_name = "point d'avancement"
        verbose_name_plural = "points d'avancement"
        constraints = [
            models.UniqueConstraint(
                name="one_point_per_request_region_and_period", fields=["request", "region", "starts_on"]
            ),
            models.CheckConstraint(
                name="a_point_is_due_after_its_period",
                condition=Q(ends_on__gt=F("starts_on"), due_on__gte=F("ends_on")),
            ),
            models.CheckConstraint(
                name="a_filed_point_gives_every_figure",
                condition=Q(filed_at=None)
                | Q(
                    label_count__isnull=False,
                    fabrique_count__isnull=False,
                    people_count__isnull=False,
                    event_count__isnull=False,
                    filed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_region_never_has_more_fabriques_than_labels",
                condition=Q(filed_at=None) | Q(fabrique_count__lte=F("label_count")),
            ),
        ]

    def __str__(self):
        return f"{self.region}, du {self.starts_on:%d/%m/%Y} au {self.last_on:%d/%m/%Y}"

    @property
    def last_on(self):
        """The last day of the period."""
        return self.ends_on - timedelta(days=1)

    @property
    def missing_from(self):
        """The day from which it is missing rather than late, if nobody files it."""
        return self.due_on + LATE_FOR + timedelta(days=1)
