"""Long work: a row that says who asked, how far it is and where the result lies; it survives a killed worker."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gen_portal.core.models.files import StoredFile
from gen_portal.core.references import new_reference

#: How each kind reads in French; filled by `jobs.register`.
KIND_LABELS = {}


class JobState(models.TextChoices):
    QUEUED = "queued", "en attente"
    RUNNING = "running", "en cours"
    DONE = "done", "terminée"
    FAILED = "failed", "échouée"
    CANCELLED = "cancelled", "annulée"


class BackgroundJobQuerySet(models.QuerySet):
    def abandoned(self, at):
        """To be run: never started, or started by a worker that stopped giving signs of life."""
        return self.filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, leased_until__lt=at)).order_by("pk")

    def held_by(self, run):
        """The job as long as this run of it (a row with its token) has not been replaced."""
        return self.filter(pk=run.pk, state=JobState.RUNNING, lease_token=run.lease_token)

    def going_on(self):
        return self.filter(ended_at=None)

    def dead(self, since):
        """Taken by a worker that gave its last sign of life before this instant."""
        return self.filter(state=JobState.RUNNING, leased_until__lt=since).order_by("pk")

    def made_before(self, kind, at):
        """Ended before that instant with a result that is still there."""
        made = self.filter(kind=kind, ended_at__lt=at, result__isnull=False)
        return made.select_related("result").order_by("pk")

    def visible_to(self, user):
        return self.filter(requested_by=user)


class BackgroundJob(models.Model):
    """A task that a person follows on a page."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    kind = models.CharField("nature", max_length=60)
    parameters = models.JSONField("paramètres", default=dict)
    state = models.CharField("état", max_length=10, choices=JobState, default=JobState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="demandée par")
    requested_at = models.DateTimeField("demandée")
    leased_until = models.DateTimeField("réservée jusqu'à", null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    done_count = models.PositiveIntegerField("fait", default=0)
    total_count = models.PositiveIntegerField("à faire", default=0)
    is_cancel_requested = models.BooleanField("annulation demandée", default=False)
    ended_at = models.DateTimeField("finie", null=True, blank=True)
    result = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="résultat", null=True, blank=True)
    message = models.TextField("message", blank=True)

    objects = BackgroundJobQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche longue"
        verbose_name_plural = "tâches longues"
        constraints = [
            models.CheckConstraint(
                name="a_job_never_does_more_than_all", condition=Q(done_count__lte=F("total_count"))
            ),
            models.CheckConstraint(
                name="a_job_has_an_end_if_and_only_if_it_is_over",
                condition=Q(state__in=["queued", "running"], ended_at=None)
                | (~Q(state__in=["queued", "running"]) & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.kind_label} ({self.get_state_display()})"

    @property
    def kind_label(self):
        """What the floor that registered the kind calls it in French."""
        return KIND_LABELS.get(self.kind, self.kind)

    @property
    def is_over(self):
        return self.ended_at is not None

    @property
    def may_be_asked_again(self):
        return self.state in (JobState.FAILED, JobState.CANCELLED)

    @property
    def bar_max(self):
        """The end of the progress bar; one while the total is not known."""
        return max(self.total_count, 1)
