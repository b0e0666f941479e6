"""The quarterly follow-up: a campaign, and a report per labelled training."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from applications.models import MemberRole
from fabriques.arithmetic import FIGURES
from fabriques.checks import TEXTS
from fabriques.models.report_figures import CONSTRAINTS, Questionnaire, ReportFigures
from fabriques.models.review import REVIEW_CONSTRAINTS, Reviewable, ReviewableQuerySet
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.references import new_reference
from gen_portal.core.text import fold
from labelling.models import Label

#: Each way to sort the reports of a campaign, by its name in the url.
SORTS = {
    "formation": ("label__title",),
    "structure": ("label__training__structure__folded_name", "label__title"),
    "region": ("label__training__structure__commune__department__region__name", "label__title"),
    "transmis": ("filed_at", "label__title"),
    "etat": ("standing", "label__title"),
}


class FollowUpCampaignQuerySet(models.QuerySet):
    def latest_start(self):
        """First day of the latest quarter that has a campaign, None before the first campaign."""
        return self.aggregate(latest=Max("starts_on"))["latest"]

    def due_after(self, day):
        return self.filter(due_on__gt=day)

    def with_progress(self, user):
        """Adds `report_count` and `filed_count`, of the reports that a person may see."""
        seen = FollowUpReport.objects.visible_to(user).filter(campaign=OuterRef("pk")).order_by().values("campaign")
        counts = {"report_count": seen, "filed_count": seen.filter(filed_at__isnull=False)}
        return self.annotate(
            **{
                name: Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)
                for name, rows in counts.items()
            }
        )

    def latest_first(self):
        return self.order_by("-starts_on")

    def after(self, campaign):
        """Campaigns of later quarters."""
        return self.filter(starts_on__gt=campaign.starts_on)

    def of_quarter(self, year, quarter):
        """The campaign of a quarter numbered from 1 to 4."""
        return self.filter(starts_on__year=year, starts_on__month=3 * quarter - 2)


class FollowUpCampaign(models.Model):
    """The follow-up of one calendar quarter: opened on its first day after, due thirty days later (domain.md §3.3)."""

    starts_on = models.DateField("premier jour du trimestre", unique=True)
    ends_on = models.DateField("fin du trimestre (exclue)")
    due_on = models.DateField("à transmettre jusqu'au (inclus)")
    opened_at = models.DateTimeField("ouverte")

    objects = FollowUpCampaignQuerySet.as_manager()

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

    @property
    def code(self):
        """« 2025-T4 », as sheets name the quarter."""
        return f"{self.year}-T{self.quarter}"

    @property
    def year(self):
        return self.starts_on.year

    @property
    def quarter(self):
        """From 1 to 4."""
        return (self.starts_on.month + 2) // 3

    def is_over(self, today):
        """Whether the last day to answer has passed."""
        return today > self.due_on


class FollowUpReportQuerySet(ReviewableQuerySet):
    def filed(self):
        return self.filter(filed_at__isnull=False)

    def awaited(self):
        return self.filter(filed_at=None)

    def of_latest_campaign(self):
        latest = FollowUpCampaign.objects.latest_first().values("pk")[:1]
        return self.filter(campaign=Subquery(latest))

    def of_member(self, user):
        """Those of the structures a person belongs to, whatever else they may do."""
        return self.filter(label__training__structure__in=user.memberships.values("structure_id"))

    def fileable_by(self, user):
        """Those of the structures where a person is owner or editor (`policies.can_file_report`)."""
        memberships = user.memberships.filter(role__in=(MemberRole.OWNER, MemberRole.EDITOR))
        return self.filter(label__training__structure__in=memberships.values("structure_id"))

    def mentioned_in(self, email):
        """The reports that a reminder's e-mail is about."""
        return self.filter(reminders__email=email)

    def for_reminding(self):
        """With what a reminder says and what decides whether the report is still owed."""
        return (
            self.select_related("campaign", "label__training__structure__commune")
            .prefetch_related("label__events")
            .order_by("label__title", "pk")
        )

    def in_region(self, code):
        return self.filter(label__training__structure__commune__department__region=code) if code else self

    def mentioning(self, text):
        """Every word is in the structure's name or the training's title, accents and case folded for the name."""
        found = self
        for word in fold(text or "").split():
            in_title = Q(label__title__icontains=word)
            found = found.filter(Q(label__training__structure__folded_name__contains=word) | in_title)
        return found

    def of_campaign(self, campaign):
        return self.filter(campaign=campaign) if campaign else self

    def tallied(self, today):
        """(region code and name, call slug and title, standing, count), in one query (see fabriques/tallies.py)."""
        region, call = "label__training__structure__commune__department__region", "label__decision__application__call"
        rows = self.with_standing(today).order_by()
        return rows.values_list(
            f"{region}__code", f"{region}__name", f"{call}__slug", f"{call}__title", "standing"
        ).annotate(count=Count("pk"))

    def sorted_by(self, name):
        """By one of `SORTS`, the other way round after a minus sign; what waits first when it makes no sense."""
        first, *rest = SORTS.get(name.removeprefix("-"), (F("filed_at").asc(nulls_first=True), "label__title"))
        if name.removeprefix("-") in SORTS and name.startswith("-"):
            first = f"-{first}"
        return self.order_by(first, *rest, "pk")

    def for_list(self):
        """Rows without instances of the neighbours: each brings the columns that a list shows."""
        structure = "label__training__structure"
        return self.values(
            "reference",
            "filed_at",
            "standing",
            "asked_back_due_on",
            title=F("label__title"),
            structure_name=F(f"{structure}__name"),
            region_name=F(f"{structure}__commune__department__region__name"),
            campaign_starts_on=F("campaign__starts_on"),
            due_on=F("campaign__due_on"),
        )

    def of_call(self, slug):
        return self.filter(label__decision__application__call__slug=slug) if slug else self

    def visible_to(self, user):
        """A structure's own reports; those of its region for a regional service; all for who follows the programme."""
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
            return self
        if not user.is_authenticated:
            return self.none()
        own = Q(label__training__structure__in=user.memberships.values("structure_id"))
        return self.filter(own | Q(label__training__structure__commune__department__region__in=access.regions(user)))

    def for_filing(self):
        """One report with all that filing it reads, and `version_count`, the number of its filings."""
        return (
            self.for_page()
            .select_related("draft__saved_by", "filed_by")
            .annotate(version_count=Count("versions", distinct=True))
        )

    def for_page(self):
        return self.select_related(
            "campaign", "label__training__structure__commune__department__region"
        ).order_by(F("filed_at").asc(nulls_first=True), "-campaign__starts_on", "label__title", "pk")  # fmt: skip


class FollowUpReport(Reviewable, ReportFigures):
    """The figures of one labelled training over one quarter. Counts of people, never names.

    The row holds what was filed last; each filing is kept as a `ReportVersion`.
    """

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    campaign = models.ForeignKey(FollowUpCampaign, models.PROTECT, verbose_name="campagne", related_name="reports")
    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="reports")
    questionnaire = models.PositiveSmallIntegerField(
        "questionnaire", choices=Questionnaire, default=Questionnaire.SECOND
    )
    difficulties = models.TextField("difficultés rencontrées", max_length=2000, blank=True)
    fall_note = models.TextField("explication d'une baisse", max_length=1000, blank=True)
    deviation_note = models.TextField("explication d'un écart avec le dossier", max_length=1000, blank=True)
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
            *CONSTRAINTS,
            *REVIEW_CONSTRAINTS,
        ]

    def __str__(self):
        return f"{self.label} – {self.campaign}"

    def mail_ids(self):
        """Keys of the reminders' e-mails that mention this report."""
        return self.reminders.values("email_id")

    @property
    def zone(self):
        """Where the structure is: its days are those of its clock."""
        return ZoneInfo(self.label.training.structure.time_zone)

    @property
    def closes_at(self):
        """The instant at which the last day to answer ends where the structure is."""
        return clock.end_of(self.campaign.due_on, self.zone)

    @property
    def is_overseas(self):
        return self.zone != clock.PARIS

    def figures(self):
        """Each figure by name; None where it was not asked, or is still awaited."""
        return {name: getattr(self, name) for name in FIGURES}

    def stored(self):
        """Figures and texts as filed last."""
        return self.figures() | {name: getattr(self, name) for name in TEXTS}

    def is_closed(self):
        """Whether it was filed and the next campaign has opened, whose report is then the place to put things right; never
        while an officer waits for its correction."""
        if self.filed_at is None or self.is_asked_back:
            return False
        return FollowUpCampaign.objects.after(self.campaign).exists()


class ReportVersionQuerySet(models.QuerySet):
    def latest_first(self):
        return self.select_related("filed_by").order_by("-number")


class ReportVersion(models.Model):
    """One filing of a report, as it was: the first, then each correction. Never changed."""

    report = models.ForeignKey(FollowUpReport, models.PROTECT, verbose_name="relevé", related_name="versions")
    number = models.PositiveSmallIntegerField("numéro")
    figures = models.JSONField("nombres")
    difficulties = models.TextField("difficultés rencontrées", blank=True)
    fall_note = models.TextField("explication d'une baisse", blank=True)
    deviation_note = models.TextField("explication d'un écart avec le dossier", blank=True)
    filed_at = models.DateTimeField("transmise")
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="transmise par", null=True, related_name="+"
    )

    objects = ReportVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version d'un relevé"
        verbose_name_plural = "versions d'un relevé"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(name="the_versions_of_a_report_are_numbered", fields=["report", "number"]),
            models.CheckConstraint(name="versions_of_reports_are_counted_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.report}, version {self.number}"
