"""How a declared closing moves: a named extension for one structure, or an incident that moves it for everybody.

`CutOff.closes_at` is always the closing in force for all; what it was before is told by the milestones an incident moved.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.call import CutOff
from applications.models.structure import Structure
from gen_portal.core import territory
from gen_portal.core.references import new_reference


class ExtensionQuerySet(models.QuerySet):
    def of(self, structure, call):
        return self.filter(structure=structure, cut_off__call=call)

    def of_call(self, call):
        return self.filter(cut_off__call=call)

    def running_for(self, user, call, at):
        """Those of a person's structures in a call whose end is still to come."""
        if not user.is_authenticated:
            return self.none()
        own = self.of_call(call).filter(structure__memberships__user=user, until_at__gt=at)
        return own.select_related("cut_off", "structure").order_by("until_at", "pk")

    def for_page(self):
        return self.select_related("cut_off__call", "structure", "granted_by").order_by("-granted_at", "-pk")


class Extension(models.Model):
    """More time for one structure in one cut-off, with its reason. A later one adds to it; the latest end counts."""

    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="extensions")
    structure = models.ForeignKey(Structure, models.PROTECT, verbose_name="structure", related_name="extensions")
    from_at = models.DateTimeField("clôture prolongée")
    until_at = models.DateTimeField("nouvelle fin (exclue)")
    reason = models.TextField("motif")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="accordé par", related_name="+"
    )
    granted_at = models.DateTimeField("accordé")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = "délai accordé"
        verbose_name_plural = "délais accordés"
        constraints = [
            models.CheckConstraint(
                name="an_extension_ends_after_what_it_extends", condition=Q(until_at__gt=F("from_at"))
            ),
            models.CheckConstraint(name="an_extension_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                name="one_extension_per_structure_cut_off_and_end", fields=["structure", "cut_off", "until_at"]
            ),
        ]

    def __str__(self):
        return f"{self.structure}, {self.cut_off}, jusqu'au {self.deadline}"

    @property
    def deadline(self):
        return territory.describe_deadline(self.until_at)


class IncidentState(models.TextChoices):
    PROPOSED = "proposed", "à signer"
    SIGNED = "signed", "en vigueur"
    DROPPED = "dropped", "abandonné"


class IncidentQuerySet(models.QuerySet):
    def signed(self):
        return self.exclude(signed_at=None)

    def pending(self):
        return self.filter(signed_at=None, dropped_at=None)

    def of_call(self, call):
        return self.filter(cut_off__call=call)

    def announced(self, call, at):
        """Signed, and whose new closing is still to come: what a banner tells."""
        return (
            self.signed().of_call(call).filter(until_at__gt=at).select_related("cut_off").order_by("-signed_at", "pk")
        )

    def for_page(self):
        around = self.select_related("cut_off__call", "proposed_by", "signed_by")
        return around.prefetch_related("milestones__cut_off").order_by("-proposed_at", "-pk")


class Incident(models.Model):
    """A failure that moves a closing for everybody: proposed by one person, in force once another one has signed."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="incidents")
    reason = models.TextField("ce qui s'est passé")
    from_at = models.DateTimeField("clôture reportée")
    until_at = models.DateTimeField("nouvelle clôture (exclue)")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="proposé par", related_name="+"
    )
    proposed_at = models.DateTimeField("proposé")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="signé par", null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField("signé", null=True, blank=True)
    dropped_at = models.DateTimeField("abandonné", null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "report de clôture"
        verbose_name_plural = "reports de clôture"
        constraints = [
            models.CheckConstraint(name="an_incident_moves_a_closing_later", condition=Q(until_at__gt=F("from_at"))),
            models.CheckConstraint(name="an_incident_says_what_happened", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_incident_is_signed_by_somebody_else_at_an_instant",
                condition=Q(signed_by=None, signed_at=None)
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="a_signed_incident_is_not_dropped", condition=Q(signed_at=None) | Q(dropped_at=None)
            ),
            models.UniqueConstraint(
                name="one_pending_incident_per_cut_off",
                fields=["cut_off"],
                condition=Q(signed_at=None, dropped_at=None),
            ),
        ]

    def __str__(self):
        return f"Report du {str(self.cut_off).lower()} au {self.deadline}"

    @property
    def state(self):
        if self.signed_at is not None:
            return IncidentState.SIGNED
        return IncidentState.PROPOSED if self.dropped_at is None else IncidentState.DROPPED

    @property
    def state_label(self):
        return self.state.label

    @property
    def deadline(self):
        return territory.describe_deadline(self.until_at)

    @property
    def earlier_deadline(self):
        return territory.describe_deadline(self.from_at)


class MovedMilestone(models.Model):
    """A closing and a day of results as they were before a signed incident, and as they are since."""

    incident = models.ForeignKey(Incident, models.PROTECT, verbose_name="report", related_name="milestones")
    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="moves")
    closed_at = models.DateTimeField("clôture précédente")
    closes_at = models.DateTimeField("clôture")
    results_were_expected_on = models.DateField("résultats attendus auparavant", null=True, blank=True)
    results_expected_on = models.DateField("résultats attendus", null=True, blank=True)

    class Meta:
        verbose_name = "échéance reportée"
        verbose_name_plural = "échéances reportées"
        ordering = ["cut_off__number", "pk"]
        constraints = [
            models.UniqueConstraint(name="an_incident_moves_each_cut_off_once", fields=["incident", "cut_off"]),
            models.CheckConstraint(name="a_moved_closing_is_later", condition=Q(closes_at__gt=F("closed_at"))),
            models.CheckConstraint(
                name="moved_results_are_not_earlier",
                condition=Q(results_expected_on=None) | Q(results_expected_on__gte=F("results_were_expected_on")),
            ),
        ]

    def __str__(self):
        return f"{self.cut_off} : {self.deadline}"

    @property
    def earlier_deadline(self):
        return territory.describe_deadline(self.closed_at)

    @property
    def deadline(self):
        return territory.describe_deadline(self.closes_at)
