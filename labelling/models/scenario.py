"""Where the label line and the money line of a cut-off are drawn: one working scenario, and copies of it under a name."""

from django.conf import settings
from django.db import models
from django.db.models import F, Min, Q, Sum

from applications.models import Application, CutOff
from labelling.models.decision import Decision
from labelling.models.review import REVIEWED_STATES

_STRUCTURE = "training__structure"
_REGION = f"{_STRUCTURE}__commune__department__region"
#: What the lines read of a dossier, in one query, under the names a row has.
ROW = {
    "title": F("training__title"),
    "structure": F(f"{_STRUCTURE}__pk"),
    "structure_name": F(f"{_STRUCTURE}__name"),
    "region": F(f"{_REGION}__code"),
    "region_name": F(f"{_REGION}__name"),
    "is_overseas": F(f"{_REGION}__is_overseas"),
    "mean": F("figures__mean"),
}
COLUMNS = (
    *("pk", "reference", "requested_grant_euros", "total_budget_euros", "expenses", "session_count", "seat_count"),
    *("women_percent", "priority_area_percent"),
)
#: Far beyond any position: where places wait while others take theirs.
AWAY = 1_000_000


def dossiers_of(cut_off):
    """The dossiers that the lines of a cut-off put in order: those its board compares."""
    return Application.objects.filter(cut_off=cut_off, state__in=REVIEWED_STATES)


def rows_of(cut_off):
    """Named tuples of these dossiers, by reference, without one model instance."""
    told = dossiers_of(cut_off).annotate(**{f"row_{name}": value for name, value in ROW.items()})
    return told.order_by("reference").values_list(*COLUMNS, *(f"row_{name}" for name in ROW), named=True)


def published_since(cut_off):
    """The instant of the first publication of a cut-off, from which its lines stay as they are; None before."""
    return Decision.objects.published().of_cut_off(cut_off).aggregate(first=Min("published_at"))["first"]


def signed_elsewhere(cut_off):
    """(structure, euros) of the grants signed in the call of a cut-off for dossiers that its lines do not order."""
    signed = Decision.objects.signed().filter(application__call=cut_off.call_id, grant_euros__gt=0)
    others = signed.exclude(application__in=dossiers_of(cut_off)).order_by()
    grouped = others.values_list("application__training__structure").annotate(sum=Sum("grant_euros"))
    return dict(grouped)


class ScenarioQuerySet(models.QuerySet):
    def of_cut_off(self, cut_off):
        return self.filter(cut_off=cut_off)

    def working(self, cut_off):
        """The working scenario of a cut-off, None before it is opened."""
        return self.filter(cut_off=cut_off, is_working=True).select_related("cut_off__call__grant_rule").first()

    def for_page(self):
        """The working one first, then the latest copies."""
        return self.select_related("created_by", "cut_off__call__grant_rule").order_by(
            "-is_working", "-created_at", "-pk"
        )


class Scenario(models.Model):
    """An order of the dossiers of a cut-off and two lines across it. The working one changes move by move; a copy never does.

    `label_line` and `money_line` count the dossiers above each; `granted_euros` is the sum of its grants when last saved.
    """

    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="scenarios")
    name = models.CharField("nom", max_length=80)
    is_working = models.BooleanField("en cours", default=False)
    label_line = models.PositiveIntegerField("ligne de label", default=0)
    money_line = models.PositiveIntegerField("ligne d'argent", default=0)
    granted_euros = models.PositiveIntegerField("subventions, en euros", default=0)
    revision = models.PositiveIntegerField("révision", default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+", null=True
    )
    created_at = models.DateTimeField("créé")

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "scénario"
        constraints = [
            models.UniqueConstraint(
                name="one_working_scenario_per_cut_off", fields=["cut_off"], condition=Q(is_working=True)
            ),
            models.UniqueConstraint(name="scenarios_of_a_cut_off_have_two_names", fields=["cut_off", "name"]),
            models.CheckConstraint(name="no_money_below_the_label_line", condition=Q(money_line__lte=F("label_line"))),
            models.CheckConstraint(name="a_scenario_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self):
        return self.name


class ScenarioPlace(models.Model):
    """Where a scenario puts a dossier, what it grants it, and why it passes over others or is passed over, if it is."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, verbose_name="scénario", related_name="places")
    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="+")
    position = models.PositiveIntegerField("place")
    grant_euros = models.PositiveIntegerField("subvention, en euros", default=0)
    exception = models.TextField("dérogation", max_length=1000, blank=True)
    note = models.TextField("ce qui décide", max_length=500, blank=True)

    class Meta:
        verbose_name = "place dans un scénario"
        verbose_name_plural = "places dans un scénario"
        constraints = [
            models.UniqueConstraint(name="a_dossier_has_one_place_per_scenario", fields=["scenario", "application"]),
            models.UniqueConstraint(name="a_place_of_a_scenario_is_taken_once", fields=["scenario", "position"]),
            models.CheckConstraint(name="places_of_a_scenario_begin_at_one", condition=Q(position__gte=1)),
        ]

    def __str__(self):
        return f"{self.scenario}, place {self.position}"
