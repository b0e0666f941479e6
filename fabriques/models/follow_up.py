"""The quarterly follow-up: a campaign, a report per labelled training, and the reminders sent for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gen_portal.core import access
from gen_portal.core.models import OutgoingEmail, Role
from gen_portal.core.references import new_reference
from labelling.models import Label


class FollowUpCampaign(models.Model):
    """The follow-up of one calendar quarter: opened on its first day after, due thirty days later (domain.md §3.3)."""

    starts_on = models.DateField("premier jour du trimestre", unique=True)
    ends_on = models.DateField("fin du trimestre (exclue)")
    due_on = models.DateField("à transmettre jusqu'au (inclus)")
    opened_at = models.DateTimeField("ouverte")

    class Meta:
        verbose_name = "campagne de suivi"
        verbose_name_plural = "campagnes de suivi"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="a_campaign_follows_its_quarter",
                condition=Q(ends_on__gt=F("starts_on"), due_on__gte=F("ends_on")),
            )
        ]

    def __str__(self):
        return f"{(self.starts_on.month + 2) // 3}ᵉ trimestre {self.starts_on.year}".replace("1ᵉ ", "1ᵉʳ ")


class FollowUpReportQuerySet(models.QuerySet):
    def filed(self):
        return self.filter(filed_at__isnull=False)

    def awaited(self):
        return self.filter(filed_at=None)

    def visible_to(self, user):
        """A structure's own reports; all of them for those who follow the programme."""
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(label__training__structure__in=user.memberships.values("structure_id"))

    def for_page(self):
        return self.select_related(
            "campaign", "label__training__structure__commune__department__region"
        ).order_by("filed_at", "label__title", "pk")  # fmt: skip


class FollowUpReport(models.Model):
    """The figures of one labelled training over one quarter. Counts of people, never names."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    campaign = models.ForeignKey(FollowUpCampaign, models.PROTECT, verbose_name="campagne", related_name="reports")
    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="reports")
    started_count = models.PositiveIntegerField("personnes entrées en formation", null=True, blank=True)
    in_progress_count = models.PositiveIntegerField("en formation", null=True, blank=True)
    finished_count = models.PositiveIntegerField("formation terminée", null=True, blank=True)
    dropped_count = models.PositiveIntegerField("abandons", null=True, blank=True)
    women_count = models.PositiveIntegerField("femmes", null=True, blank=True)
    under_26_count = models.PositiveIntegerField("moins de 26 ans", null=True, blank=True)
    priority_area_count = models.PositiveIntegerField("habitants de quartiers prioritaires", null=True, blank=True)
    difficulties = models.TextField("difficultés rencontrées", max_length=2000, blank=True)
    filed_at = models.DateTimeField("transmis", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="transmis par", null=True, blank=True, related_name="+"
    )

    objects = FollowUpReportQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé de suivi"
        verbose_name_plural = "relevés de suivi"
        constraints = [
            models.UniqueConstraint(name="one_report_per_campaign_and_label", fields=["campaign", "label"]),
            models.CheckConstraint(
                name="a_filed_report_gives_every_figure",
                condition=Q(filed_at=None)
                | Q(
                    started_count__isnull=False,
                    in_progress_count__isnull=False,
                    finished_count__isnull=False,
                    dropped_count__isnull=False,
                    women_count__isnull=False,
                    under_26_count__isnull=False,
                    priority_area_count__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="everybody_who_started_is_in_progress_finished_or_dropped",
                condition=Q(filed_at=None)
                | Q(started_count=F("in_progress_count") + F("finished_count") + F("dropped_count")),
            ),
            models.CheckConstraint(
                name="a_part_never_passes_the_whole",
                condition=Q(filed_at=None)
                | Q(
                    women_count__lte=F("started_count"),
                    under_26_count__lte=F("started_count"),
                    priority_area_count__lte=F("started_count"),
                ),
            ),
        ]

    def __str__(self):
        return f"{self.label} – {self.campaign}"


class ReminderStep(models.TextChoices):
    """When structures are written to, counted from the due day (domain.md §3.3)."""

    OPENING = "opening", "ouverture"
    FIFTEEN_BEFORE = "j-15", "15 jours avant l'échéance"
    THREE_BEFORE = "j-3", "3 jours avant l'échéance"
    SEVEN_AFTER = "j+7", "7 jours après l'échéance"
    TWENTY_ONE_AFTER = "j+21", "21 jours après l'échéance"


class Reminder(models.Model):
    """A report was mentioned to one person at one step, in an e-mail that may mention several reports."""

    report = models.ForeignKey(FollowUpReport, models.PROTECT, verbose_name="relevé", related_name="reminders")
    step = models.CharField("étape", max_length=8, choices=ReminderStep)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="destinataire", related_name="+"
    )
    email = models.ForeignKey(OutgoingEmail, models.PROTECT, verbose_name="courriel", related_name="+")

    class Meta:
        verbose_name = "relance"
        constraints = [
            models.UniqueConstraint(
                name="one_reminder_per_report_step_and_recipient", fields=["report", "step", "recipient"]
            )
        ]

    def __str__(self):
        return f"{self.get_step_display()} à {self.recipient}"
