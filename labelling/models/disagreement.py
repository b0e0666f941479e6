"""The rules a call gives to its reviews, and the disagreements they reveal, each with how it ended."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from applications.models import Application, ApplicationState, Call
from labelling import disagreement
from labelling.models.review import sealed_dossiers
from labelling.scoring import FLAGGED_SPREAD

#: Under this mean, a refusal gives a reason for the criterion unless the call says otherwise (a convention of the portal).
USUAL_THRESHOLD = Decimal("2.5")


class DisagreementStep(models.TextChoices):
    """What a disagreement leads to."""

    THIRD_READER = disagreement.Step.THIRD_READER.value, "un troisième lecteur"
    AGENDA = disagreement.Step.AGENDA.value, "l'ordre du jour du comité"


class ReviewRuleQuerySet(models.QuerySet):
    def of(self, call):
        """The rule of a call, the usual one as long as nobody has set another."""
        return self.filter(call=call).first() or ReviewRule(call_id=getattr(call, "pk", call))

    def thresholds(self, calls):
        """{call: mean under which a refusal answers for a criterion} by keys, the usual one where no rule is set."""
        found = dict(self.filter(call__in=calls).values_list("call", "threshold"))
        return {call: found.get(call, USUAL_THRESHOLD) for call in calls}


class ReviewRule(models.Model):
    """From which spread on, and on which opposition, the reviews of a call disagree, and what that leads to first; whether
    the committee member of each ministry countersigns those of its reviewers, and the structure reads its marks; under which
    mean a refusal gives a reason."""

    call = models.OneToOneField(Call, models.PROTECT, verbose_name="appel", primary_key=True, related_name="review_rule")
    spread = models.DecimalField("écart", max_digits=3, decimal_places=2, default=FLAGGED_SPREAD)
    has_opposed_opinions = models.BooleanField("un avis favorable contre un avis défavorable", default=True)
    asks_for = models.CharField("d'abord", max_length=12, choices=DisagreementStep, default=DisagreementStep.AGENDA)
    is_countersigned = models.BooleanField("évaluations contresignées par le membre du comité", default=False)
    shares_marks = models.BooleanField("notes moyennes montrées à la structure avec le résultat", default=True)
    threshold = models.DecimalField("seuil d'un critère", max_digits=3, decimal_places=2, default=USUAL_THRESHOLD)
    set_at = models.DateTimeField("fixée", null=True, blank=True)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "règle des évaluations"
        constraints = [
            models.CheckConstraint(
                name="a_spread_is_above_0_and_at_most_5", condition=Q(spread__gt=0, spread__lte=Decimal(5))
            ),
            models.CheckConstraint(
                name="a_threshold_is_from_0_to_5", condition=Q(threshold__gte=0, threshold__lte=Decimal(5))
            ),
        ]

    def __str__(self):
        opposed = " ou avis opposés" if self.has_opposed_opinions else ""
        signed = ", évaluations contresignées" if self.is_countersigned else ""
        kept = "" if self.shares_marks else ", notes moyennes gardées"
        reasons = "" if self.threshold == USUAL_THRESHOLD else f", motif de refus sous {self.threshold:g}"
        return f"écart de {self.spread:g} et plus{opposed} : {self.get_asks_for_display()}{signed}{kept}{reasons}"

    @property
    def pure(self):
        """The same as the module that applies it wants it."""
        return disagreement.DisagreementRule(
            Decimal(self.spread), self.has_opposed_opinions, disagreement.Step(self.asks_for)
        )


class DisagreementQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def of_call(self, call, user):
        """Of the dossiers of a call whose reviews a person who runs it may read, the open ones first."""
        sealed = sealed_dossiers(user).filter(call=call).values("pk")
        found = self.filter(application__call=call).exclude(application__in=sealed)
        return found.exclude(application__training__structure__in=user.memberships.values("structure_id"))

    def waiting_by_call(self, user):
        """(title, slug, count) of each call with some that this person has to have closed."""
        sealed = sealed_dossiers(user).values("pk")
        found = self.open().filter(application__state=ApplicationState.UNDER_REVIEW).exclude(application__in=sealed)
        groups = found.order_by("application__call__title").values_list(
            "application__call__title", "application__call__slug"
        )
        return groups.annotate(count=Count("pk"))

    def for_page(self):
        return self.select_related(
            "application__training__structure__commune", "application__cut_off", "closed_by"
        ).order_by(F("closed_at").desc(nulls_first=True), "-pk")


class Disagreement(models.Model):
    """The reviews of a dossier disagree, since an instant and for reasons, until somebody arbitrates or they no longer do."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", related_name="disagreements"
    )
    step = models.CharField("étape", max_length=12, choices=DisagreementStep)
    reasons = models.TextField("raisons", max_length=1000)
    opened_at = models.DateTimeField("constaté")
    closed_at = models.DateTimeField("clos", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="arbitré par", null=True, blank=True, related_name="+"
    )
    arbitration = models.TextField("arbitrage", max_length=2000, blank=True)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        verbose_name = "désaccord"
        constraints = [
            models.UniqueConstraint(
                name="one_open_disagreement_per_application", fields=["application"], condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="who_arbitrates_says_how",
                condition=Q(closed_by=None, arbitration="")
                | (Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(arbitration="")),
            ),
        ]

    def __str__(self):
        return f"Désaccord sur {self.application_id}"

    @property
    def reason_list(self):
        return self.reasons.split("\n")


def has_open_disagreement(application="pk"):
    """Condition on rows that name a dossier by that path."""
    return Exists(Disagreement.objects.open().filter(application=OuterRef(application)))


def open_step(application="pk"):
    """Expression: the step of the open disagreement, nothing where there is none."""
    return Subquery(Disagreement.objects.open().filter(application=OuterRef(application)).values("step")[:1])
