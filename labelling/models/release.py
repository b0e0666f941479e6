"""A publication asked for in advance: the decisions it takes, as they were read, and the instant at which it runs."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from applications.models import CutOff
from labelling.models.decision import Decision


class ReleaseState(models.TextChoices):
    SCHEDULED = "scheduled", "programmée"
    DONE = "done", "publiée"
    CANCELLED = "cancelled", "annulée"
    REFUSED = "refused", "empêchée"


class ReleaseQuerySet(models.QuerySet):
    def scheduled(self):
        return self.filter(state=ReleaseState.SCHEDULED)

    def due(self, at):
        """Those whose instant has come, the earliest first, with their calls and who asked."""
        return self.scheduled().filter(at__lte=at).for_page().order_by("at", "pk")

    def of_cut_off(self, cut_off):
        return self.filter(cut_off=cut_off)

    def latest_of(self, cut_off):
        """The last one asked for, whatever became of it, with who asked; None without any."""
        return self.of_cut_off(cut_off).for_page().first()

    def for_page(self):
        return self.select_related("scheduled_by", "cut_off__call").order_by("-pk")


def timetable_from(cut_off):
    """This cut-off and those that follow it in its call, each with the instant of the publication that waits there
    (`release_at`)."""
    waiting = Release.objects.scheduled().filter(cut_off=OuterRef("pk")).values("at")
    following = CutOff.objects.filter(call=cut_off.call_id, number__gte=cut_off.number).order_by("number")
    return list(following.annotate(release_at=Subquery(waiting)))


class Release(models.Model):
    """One publication of a cut-off, scheduled: at most one waits per cut-off. What it takes is frozen in its lines."""

    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="releases")
    at = models.DateTimeField("instant de la publication")
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="programmée par", related_name="+"
    )
    scheduled_at = models.DateTimeField("programmée")
    state = models.CharField("état", max_length=10, choices=ReleaseState, default=ReleaseState.SCHEDULED)
    ended_at = models.DateTimeField("terminée", null=True, blank=True)
    refusal = models.CharField("pourquoi elle n'a pas eu lieu", max_length=500, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "publication programmée"
        verbose_name_plural = "publications programmées"
        constraints = [
            models.UniqueConstraint(
                name="one_release_waits_per_cut_off", fields=["cut_off"], condition=Q(state="scheduled")
            ),
            models.CheckConstraint(name="a_release_is_scheduled_ahead", condition=Q(at__gt=models.F("scheduled_at"))),
            models.CheckConstraint(
                name="a_release_ends_when_it_no_longer_waits",
                condition=Q(state="scheduled", ended_at=None) | (~Q(state="scheduled") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="a_prevented_release_says_why", condition=~Q(state="refused") | ~Q(refusal="")),
        ]

    def __str__(self):
        return f"Publication du {self.cut_off}"

    @property
    def is_waiting(self):
        return self.state == ReleaseState.SCHEDULED

    @property
    def was_prevented(self):
        return self.state == ReleaseState.REFUSED

    @property
    def taken(self):
        """Fingerprint by key of the decisions it takes."""
        return dict(self.lines.values_list("decision_id", "fingerprint"))


class ReleaseLine(models.Model):
    """One decision as it was read by who scheduled the publication; changed since, it is left out."""

    release = models.ForeignKey(Release, models.CASCADE, verbose_name="publication", related_name="lines")
    decision = models.ForeignKey(Decision, models.PROTECT, verbose_name="décision", related_name="+")
    fingerprint = models.CharField("empreinte", max_length=24)

    class Meta:
        verbose_name = "décision à publier"
        verbose_name_plural = "décisions à publier"
        constraints = [models.UniqueConstraint(name="a_release_takes_a_decision_once", fields=["release", "decision"])]

    def __str__(self):
        return f"{self.decision_id} dans {self.release_id}"
