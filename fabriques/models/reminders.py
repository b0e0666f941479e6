"""The reminders of a campaign: its steps and their texts, what was sent, what is held, what was foreseen, the fuse."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.lookups import IsNull

from applications.models import Structure
from fabriques.models.follow_up import FollowUpCampaign, FollowUpReport
from gen_portal.core.models import OutgoingEmail

FORECAST_DAYS = 7


class ReminderStep(models.TextChoices):
    """When structures are written to, counted from the due day (domain.md §3.3)."""

    OPENING = "opening", "ouverture"
    FIFTEEN_BEFORE = "j-15", "15 jours avant l'échéance"
    THREE_BEFORE = "j-3", "3 jours avant l'échéance"
    SEVEN_AFTER = "j+7", "7 jours après l'échéance"
    TWENTY_ONE_AFTER = "j+21", "21 jours après l'échéance"
    THIRTY_AFTER = "j+30", "30 jours après l'échéance"


class CampaignStep(models.Model):
    """What staff set otherwise for one step of one campaign; a step without row follows the schedule and its text."""

    campaign = models.ForeignKey(FollowUpCampaign, models.PROTECT, verbose_name="campagne", related_name="steps")
    step = models.CharField("étape", max_length=8, choices=ReminderStep)
    is_on = models.BooleanField("active", default=True)
    day_offset = models.SmallIntegerField("jours depuis l'échéance")
    subject_line = models.CharField("objet", max_length=150, blank=True)
    text = models.TextField("texte", max_length=4000, blank=True)

    class Meta:
        verbose_name = "étape d'une campagne"
        verbose_name_plural = "étapes d'une campagne"
        ordering = ["day_offset", "pk"]
        constraints = [models.UniqueConstraint(name="a_campaign_has_each_step_once", fields=["campaign", "step"])]

    def __str__(self):
        return f"{self.campaign} – {self.get_step_display()}"


class ReminderQuerySet(models.QuerySet):
    def by_step(self, campaign):
        """(step, e-mails) of a campaign."""
        rows = self.filter(report__campaign=campaign).order_by().values_list("step")
        return dict(rows.annotate(count=Count("email", distinct=True)))

    def under(self, hold):
        """Those of a held campaign, or to a held structure."""
        if hold.campaign_id:
            return self.filter(report__campaign=hold.campaign_id)
        return self.filter(report__label__training__structure=hold.structure_id)

    def mentioned(self, campaigns):
        """(report, step, recipient) of everything mentioned so far, by their keys."""
        rows = self.filter(report__campaign__in=campaigns)
        return set(rows.values_list("report_id", "step", "recipient_id"))


class Reminder(models.Model):
    """A report was mentioned to one person at one step, in an e-mail that may mention several reports."""

    report = models.ForeignKey(FollowUpReport, models.PROTECT, verbose_name="relevé", related_name="reminders")
    step = models.CharField("étape", max_length=8, choices=ReminderStep)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="destinataire", related_name="+"
    )
    email = models.ForeignKey(OutgoingEmail, models.PROTECT, verbose_name="courriel", related_name="reminders")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "relance"
        constraints = [
            models.UniqueConstraint(
                name="one_reminder_per_report_step_and_recipient", fields=["report", "step", "recipient"]
            )
        ]

    def __str__(self):
        return f"{self.get_step_display()} à {self.recipient}"


class FollowUpContact(models.Model):
    """Whether a member receives the mails of the follow-up, when somebody chose it.

    Without choice, owners and editors receive them and readers do not.
    """

    structure = models.ForeignKey(
        Structure, models.PROTECT, verbose_name="structure", related_name="follow_up_contacts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="follow_up_contacts"
    )
    is_receiving = models.BooleanField("reçoit les courriels de suivi")
    chosen_at = models.DateTimeField("choisi")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "contact du suivi"
        verbose_name_plural = "contacts du suivi"
        constraints = [
            models.UniqueConstraint(name="one_choice_per_structure_and_person", fields=["structure", "user"])
        ]

    def __str__(self):
        return f"{self.user} pour {self.structure}"


class ReminderHoldQuerySet(models.QuerySet):
    def live(self):
        return self.filter(released_at=None)

    def for_page(self):
        return self.select_related("campaign", "structure", "held_by").order_by("-held_at", "-pk")


class ReminderHold(models.Model):
    """Staff keep back the reminders of a campaign, or of a structure in every campaign, until they release them."""

    campaign = models.ForeignKey(
        FollowUpCampaign, models.PROTECT, verbose_name="campagne", null=True, blank=True, related_name="holds"
    )
    structure = models.ForeignKey(
        Structure, models.PROTECT, verbose_name="structure", null=True, blank=True, related_name="reminder_holds"
    )
    note = models.CharField("motif", max_length=300)
    held_at = models.DateTimeField("retenu")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    released_at = models.DateTimeField("libéré", null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="libéré par", null=True, blank=True, related_name="+"
    )

    objects = ReminderHoldQuerySet.as_manager()

    class Meta:
        verbose_name = "retenue"
        constraints = [
            models.CheckConstraint(
                name="a_hold_keeps_back_a_campaign_or_a_structure",
                condition=Q(campaign=None, structure__isnull=False) | Q(campaign__isnull=False, structure=None),
            ),
            models.UniqueConstraint(
                name="a_campaign_is_held_once_at_a_time", fields=["campaign"], condition=Q(released_at=None)
            ),
            models.UniqueConstraint(
                name="a_structure_is_held_once_at_a_time", fields=["structure"], condition=Q(released_at=None)
            ),
        ]

    def __str__(self):
        return f"Retenue : {self.campaign or self.structure}"


class FrozenForecastQuerySet(models.QuerySet):
    def of_clock(self, day):
        return self.filter(day=day, by=None)

    def foreseen_on(self, today):
        """Key of each mail foreseen for the runs of a day, and the day on which it was to leave (ISO).

        Foreseen: by the clock on an earlier day of the last seven, or by staff since; today's own forecast counts only
        where there is no earlier one (first start, or an outage of more than a week).
        """
        recent = self.filter(day__gte=today - timedelta(days=FORECAST_DAYS), day__lte=today).order_by("pk")
        rows = list(recent.values_list("day", "by", "mails"))
        earlier = [row for row in rows if row[1] is None and row[0] < today] or [row for row in rows if row[1] is None]
        foreseen = {}
        for _, _, mails in [*earlier, *(row for row in rows if row[1] is not None)]:
            foreseen |= mails
        return foreseen


class FrozenForecast(models.Model):
    """What the portal said, on a day, that it would send in the next seven; or what staff allowed since (`by`)."""

    day = models.DateField("jour")
    frozen_at = models.DateTimeField("figée")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="admise par", null=True, blank=True, related_name="+"
    )
    mails = models.JSONField("courriels", help_text="clé de chaque courriel et son jour, en heure de Paris")

    objects = FrozenForecastQuerySet.as_manager()

    class Meta:
        verbose_name = "prévision figée"
        verbose_name_plural = "prévisions figées"
        constraints = [
            models.UniqueConstraint(name="one_forecast_of_the_clock_a_day", fields=["day"], condition=Q(by=None))
        ]

    def __str__(self):
        return f"Prévision du {self.day:%d/%m/%Y}"


class FuseOutcome(models.TextChoices):
    RELEASED = "released", "tout est libéré"
    SET_ASIDE = "set_aside", "les imprévus sont écartés"


class FuseTripQuerySet(models.QuerySet):
    def open(self):
        """The one that stops every reminder now, if any."""
        return self.filter(settled_at=None)

    def set_aside_keys(self, since):
        """Keys of the mails that staff decided never to send, of trips after an instant."""
        found = self.filter(outcome=FuseOutcome.SET_ASIDE, tripped_at__gte=since).values_list("mails", flat=True)
        return {mail["key"] for mails in found for mail in mails}

    def latest_first(self):
        return self.select_related("settled_by").order_by("-tripped_at", "-pk")


class FuseTrip(models.Model):
    """A run that would have sent more than was foreseen, and so sent nothing: staff release it or set the excess aside."""

    tripped_at = models.DateTimeField("arrêt")
    foreseen_count = models.PositiveIntegerField("courriels prévus ce jour")
    planned_count = models.PositiveIntegerField("courriels que le passage aurait envoyés")
    mails = models.JSONField("courriels imprévus", help_text="clé, destinataire, structure, étape et raison de chacun")
    outcome = models.CharField("décision", max_length=10, choices=FuseOutcome, blank=True)
    settled_at = models.DateTimeField("décidé", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )

    objects = FuseTripQuerySet.as_manager()

    class Meta:
        verbose_name = "arrêt du fusible"
        verbose_name_plural = "arrêts du fusible"
        constraints = [
            models.UniqueConstraint(
                IsNull(F("settled_at"), True), name="one_open_fuse_at_a_time", condition=Q(settled_at=None)
            ),
            models.CheckConstraint(
                name="a_settled_fuse_has_its_outcome_and_its_author",
                condition=Q(settled_at=None, outcome="", settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, outcome__in=FuseOutcome.values),
            ),
        ]

    def __str__(self):
        return f"Arrêt du {self.tripped_at:%d/%m/%Y}"
