"""What the préfet de région's service says of the dossiers of its region, and what a call asks of it."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from applications.models import Application, ApplicationState, Call
from gen_portal.core import access, clock
from gen_portal.core.models import HiddenSubject, Region
from labelling.models.folding import mentioning
from labelling.models.review import RECOMMENDATION_KINDS, Assignment, Recommendation

#: An opinion is given in these states: filed and neither with its authors, nor ended, nor decided.
OPEN_STATES = (ApplicationState.SUBMITTED, ApplicationState.ADMISSIBLE, ApplicationState.UNDER_REVIEW)

#: Silence is held favourable in these: once a dossier is decided it says nothing any more, the day may have come after.
SILENT_STATES = (*OPEN_STATES, ApplicationState.RETURNED)


class TacitRule(models.TextChoices):
    """What silence means once the day is over."""

    NONE = "none", "rien : l'avis reste attendu, même en retard"
    FAVOURABLE = "favourable", "l'avis est réputé favorable"


class RegionalOpinionRuleQuerySet(models.QuerySet):
    def of(self, call):
        """What a call asks; None when it asks nothing."""
        return self.filter(call=call).first()


class RegionalOpinionRule(models.Model):
    """A call asks each region for its opinion within so many days of the filing; no row: it asks for none."""

    call = models.OneToOneField(
        Call, models.PROTECT, verbose_name="appel", primary_key=True, related_name="regional_opinion_rule"
    )
    days_count = models.PositiveSmallIntegerField("jours pour donner un avis")
    tacit = models.CharField("à l'échéance, le silence vaut", max_length=10, choices=TacitRule, default=TacitRule.NONE)
    set_at = models.DateTimeField("fixée")

    objects = RegionalOpinionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "règle de l'avis régional"
        constraints = [
            models.CheckConstraint(
                name="a_region_has_at_least_a_day", condition=Q(days_count__gte=1, days_count__lte=365)
            )
        ]

    def __str__(self):
        return f"{self.days_count} jours, {self.get_tacit_display()}"

    def due_on(self, filed_at):
        """The last day of an opinion on what was filed at an instant."""
        return clock.day_of(filed_at) + timedelta(days=self.days_count)


def is_silenced(call, days_count, now):
    """Whether opinions are still expected on dossiers of a call filed more than so many days ago."""
    before = clock.start_of(clock.day_of(now) - timedelta(days=days_count))
    expected = Application.objects.of_call(call).filter(state__in=OPEN_STATES, regional_opinions=None)
    return expected.annotate(last_filed_at=Max("submissions__filed_at")).filter(last_filed_at__lt=before).exists()


class RegionalOpinionQuerySet(models.QuerySet):
    def of(self, application, region):
        """What a region said of a dossier; None before."""
        return self.filter(application=application, region=region).first()

    def of_region(self, region, applications):
        return self.for_page().filter(region=region, application__in=applications)

    def for_page(self):
        return self.select_related("region", "given_by").order_by("region__name", "pk")


class RegionalOpinion(models.Model):
    """The opinion of one region on one dossier, given once."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", related_name="regional_opinions"
    )
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="+")
    verdict = models.CharField("avis", max_length=12, choices=Recommendation)
    text = models.TextField("motifs", max_length=4000, blank=True)
    given_at = models.DateTimeField("donné")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")

    objects = RegionalOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "avis régional"
        verbose_name_plural = "avis régionaux"
        constraints = [
            models.UniqueConstraint(name="one_opinion_per_application_and_region", fields=["application", "region"]),
            models.CheckConstraint(
                name="a_region_says_why_it_is_not_favourable",
                condition=Q(verdict=Recommendation.FAVOURABLE) | ~Q(text=""),
            ),
        ]

    def __str__(self):
        return f"Avis {self.get_verdict_display()} ({self.region})"


class RegionalDossierQuerySet(QuerySet):
    """Dossiers of one region in calls that ask for its opinion, as its service may see them (see `dossiers_of`)."""

    def of_call(self, slug):
        return self.filter(call__slug=slug) if slug else self

    def with_opinion(self):
        return self.filter(has_opinion=True)

    def to_give(self, today):
        """Still expected, late ones included; what silence has settled is not."""
        return self.filter(has_opinion=False, state__in=OPEN_STATES).exclude(pk__in=self.settled(today).values("pk"))

    def settled(self, today):
        """Held favourable, the day being over."""
        over = Q(pk=None)
        rules = RegionalOpinionRule.objects.filter(tacit=TacitRule.FAVOURABLE)
        for rule in rules:
            over |= Q(call=rule.call_id, last_filed_at__lt=clock.start_of(today - timedelta(days=rule.days_count)))
        return self.filter(over, has_opinion=False, state__in=SILENT_STATES)

    def filed_between(self, since, until):
        return self.filter(last_filed_at__gte=since, last_filed_at__lt=until)

    def mentioning(self, text):
        """Every word is in the structure's name, the training's title or the reference, accents and case folded."""
        return mentioning(self, text)

    def for_page(self):
        """The longest filed first: the next one due comes first."""
        return self.select_related(
            "call__regional_opinion_rule", "cut_off", "training__structure__commune__department__region"
        ).order_by("last_filed_at", "pk")


def dossiers_of(region, user):
    """The filed dossiers with a site in a region (or of its structures, where no site is named), for its service.

    Adds `last_filed_at` and `has_opinion`. Nothing to who does not serve the region, nor a dossier of one's own structure,
    that one withdrew from, or that one has still to review.
    """
    given = RegionalOpinion.objects.filter(application=OuterRef("pk"), region=region)
    found = RegionalDossierQuerySet(Application)
    found = found.annotate(last_filed_at=Max("submissions__filed_at"), has_opinion=Exists(given))
    if region.pk not in access.regions(user):
        return found.none()
    found = found.filter(_is_in(region), call__regional_opinion_rule__isnull=False, submissions__isnull=False)
    found = found.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
    found = found.exclude(training__structure__in=user.memberships.values("structure_id"))
    found = found.exclude(pk__in=HiddenSubject.objects.keys(user, "applications.application"))
    return found.exclude(pk__in=Assignment.objects.to_do().filter(reviewer=user).values("application"))


def _is_in(region):
    sites = Application.sites.through.objects.filter(application=OuterRef("pk"))
    here = sites.filter(site__commune__department__region=region)
    return Exists(here) | ~Exists(sites) & Q(training__structure__commune__department__region=region)


def regions_of(application):
    """The regions that are asked for an opinion on a dossier, by name."""
    found = Region.objects.filter(pk__in=application.sites.values("commune__department__region")).order_by("name")
    return list(found) or [application.training.structure.commune.department.region]


@dataclass(frozen=True)
class Standing:
    """Where the opinion of one region on one dossier stands; `due_on` is its last day."""

    application: Application
    region: Region
    due_on: object
    opinion: RegionalOpinion | None
    is_settled: bool
    is_late: bool

    @property
    def may_be_given(self):
        return self.opinion is None and not self.is_settled and self.application.state in OPEN_STATES

    @property
    def words(self):
        if self.opinion is not None:
            return self.opinion.get_verdict_display()
        if self.is_settled:
            return "réputé favorable"
        if not self.may_be_given:
            return "sans avis"
        return "en retard" if self.is_late else "à donner"

    @property
    def kind(self):
        """Of the badge."""
        if self.opinion is not None:
            return RECOMMENDATION_KINDS[self.opinion.verdict]
        if self.is_settled:
            return "success"
        return "error" if self.is_late and self.may_be_given else ""


def standing_of(application, region, opinion, filed_at, today):
    """The standing of one region's opinion (None while it is not given) on what was filed last, that day."""
    rule = application.call.regional_opinion_rule
    due_on = rule.due_on(filed_at)
    is_over = today > due_on
    is_silent = opinion is None and is_over and application.state in SILENT_STATES
    is_settled = is_silent and rule.tacit == TacitRule.FAVOURABLE
    return Standing(application, region, due_on, opinion, is_settled, is_over)


def standings_of(application, filed_at, today):
    """What each region says or is asked to say of what was filed last; nothing where the call asks for no opinion.

    One query there, three elsewhere.
    """
    rule = RegionalOpinionRule.objects.of(application.call_id)
    if rule is None or filed_at is None:
        return []
    application.call.regional_opinion_rule = rule
    given = {opinion.region_id: opinion for opinion in application.regional_opinions.for_page()}
    return [
        standing_of(application, region, given.get(region.pk), filed_at, today) for region in regions_of(application)
    ]
