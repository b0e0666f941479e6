"""The decision on a dossier at a cut-off: outcome, reasons, grant, two distinct signatories."""

import hashlib
import json
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Prefetch, Q, Subquery, Sum, When, prefetch_related_objects

from applications.models import Application, ApplicationState, CutOff, Submission
from gen_portal.core import access
from gen_portal.core.models import Role
from labelling.models.decision_reason import DecisionReason, Reason
from labelling.models.disagreement import has_open_disagreement
from labelling.models.review import sealed_dossiers


class Outcome(models.TextChoices):
    LABELLED = "labelled", "labellisée"
    CONDITIONAL = "conditional", "labellisée sous conditions"
    DEFERRED = "deferred", "reportée au relevé suivant"
    REFUSED = "refused", "refusée"

    def counted(self, count):
        """« 1 labellisée sous conditions », « 3 labellisées sous conditions »: the participle takes the plural."""
        participle, space, rest = self.label.partition(" ")
        return f"{count} {participle}{'s' if count > 1 else ''}{space}{rest}"


#: Outcomes that give a label.
LABELLING_OUTCOMES = (Outcome.LABELLED, Outcome.CONDITIONAL)
#: A label rests on the submitted reviews of at least so many ministries.
MIN_REVIEWS_FOR_A_LABEL = 2
ENOUGH_REVIEWS = Q(application__figures__review_count__gte=MIN_REVIEWS_FOR_A_LABEL)


def _reasons():
    return Prefetch("criterion_reasons", DecisionReason.objects.select_related("criterion"))


def read_reasons(decisions):
    """Give decisions (a list) the reasons of each criterion, in one query for those that do not have them yet."""
    prefetch_related_objects(decisions, _reasons())


class DecisionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def signed(self):
        """Bearing the director's signature: their grants are committed."""
        return self.filter(first_signed_at__isnull=False)

    def under_way(self, application):
        """On a dossier, signed and not yet published."""
        return self.signed().filter(application=application, published_at=None)

    def ready(self):
        """Signed by both, not yet published, on a dossier still under review and reviewed enough for a label."""
        return self.filter(
            ~Q(outcome__in=LABELLING_OUTCOMES) | (ENOUGH_REVIEWS & ~Q(has_open_disagreement("application"))),
            second_signed_at__isnull=False,
            published_at=None,
            application__state=ApplicationState.UNDER_REVIEW,
            application__cut_off=F("cut_off"),
        )

    def to_countersign(self):
        return self.filter(
            first_signed_at__isnull=False,
            second_signed_at=None,
            published_at=None,
            application__state=ApplicationState.UNDER_REVIEW,
        )

    def to_sign(self):
        return self.filter(first_signed_at=None, application__state=ApplicationState.UNDER_REVIEW)

    def labelling(self):
        return self.filter(outcome__in=LABELLING_OUTCOMES)

    def with_conditions_to_check(self, owner, today):
        """Published with conditions that this person sees to, from a month before the day they are due on to three after."""
        nearby = (today - timedelta(days=90), today + timedelta(days=30))
        owned = self.published().filter(conditions_owner=owner, conditions_due_on__range=nearby)
        return owned.select_related("application__training__structure").order_by("conditions_due_on", "pk")

    def refused_before(self, application):
        """Published refusals of other dossiers of the same training, the latest first after `for_page`."""
        refused = self.published().filter(outcome=Outcome.REFUSED, application__training=application.training_id)
        return refused.exclude(application=application.pk)

    def not_recused(self, user):
        """Without the dossiers from which a person withdrew."""
        return self.exclude(application__recusals__user=user)

    def of_cut_off(self, cut_off):
        return self.filter(cut_off=cut_off)

    def of_structure_in(self, structure, call):
        return self.filter(application__training__structure=structure, application__call=call)

    def granted_euros(self):
        """The sum of their grants, in euros."""
        return self.aggregate(sum=Sum("grant_euros", default=0))["sum"]

    def by_call(self):
        """(title, slug, count) of each call with some of them, in one query."""
        groups = self.order_by("application__call__title").values_list(
            "application__call__title", "application__call__slug"
        )
        return groups.annotate(count=Count("pk"))

    def by_instant(self):
        """(instant of publication, how many), the latest first."""
        return self.order_by("-published_at").values_list("published_at").annotate(count=Count("pk"))

    def of_dossier(self, reference):
        return self.filter(application__reference=reference)

    def visible_to(self, user):
        """Those who run the call see every decision, but for a structure of theirs and dossiers they are kept from; members
        their own, once published."""
        if not user.is_authenticated:
            return self.none()
        own = Q(application__training__structure__in=user.memberships.values("structure_id"))
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
            sealed = sealed_dossiers(user).values("pk")
            return self.filter(~own | Q(published_at__isnull=False)).exclude(application__in=sealed)
        return self.filter(own, published_at__isnull=False)

    def with_reasons(self):
        """With the reasons of each criterion, in one query."""
        return self.prefetch_related(_reasons())

    def with_filings(self):
        """With the key (`filing_id`) and the archive of the latest filing of each dossier that a label goes to."""
        latest = Submission.objects.filter(application=OuterRef("application")).order_by("-filed_at", "-pk")
        given = {
            f"filing_{name}": Case(When(outcome__in=LABELLING_OUTCOMES, then=Subquery(latest.values(name)[:1])))
            for name in ("id", "archive")
        }
        return self.annotate(**given)

    def for_page(self):
        return self.select_related(
            "application__training__structure__commune",
            "application__call__grant_rule",
            "cut_off",
            "label__grant",
            "conditions_owner",
            "first_signatory",
            "second_signatory",
            "first_delegation__delegator",
            "second_delegation__delegator",
        ).with_reasons().order_by("-pk")  # fmt: skip


class Decision(models.Model):
    """What is decided on a dossier at one cut-off. Secret until `published_at`, which one transaction sets for all."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="decisions")
    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="decisions")
    outcome = models.CharField("issue", max_length=12, choices=Outcome)
    reasons = models.TextField("motifs", max_length=4000)
    conditions = models.TextField("conditions", max_length=2000, blank=True)
    conditions_due_on = models.DateField("conditions à remplir avant le", null=True, blank=True)
    conditions_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="conditions suivies par", null=True, related_name="+"
    )
    grant_euros = models.PositiveIntegerField("subvention, en euros", default=0)
    prepared_at = models.DateTimeField("préparée")
    first_signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="signataire", null=True, related_name="+"
    )
    first_signed_at = models.DateTimeField("signée", null=True, blank=True)
    second_signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="second signataire", null=True, related_name="+"
    )
    second_signed_at = models.DateTimeField("contresignée", null=True, blank=True)
    first_delegation = models.ForeignKey(
        "labelling.SignatureDelegation",
        models.PROTECT,
        verbose_name="signée par délégation",
        null=True,
        related_name="+",
    )
    second_delegation = models.ForeignKey(
        "labelling.SignatureDelegation", models.PROTECT, verbose_name="contresignée par délégation", null=True,
        related_name="+",
    )  # fmt: skip
    published_at = models.DateTimeField("publiée", null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        indexes = [  # asked at every move of the lines
            models.Index(fields=["cut_off"], condition=Q(published_at__isnull=False), name="published_by_cut_off")
        ]
        constraints = [
            models.UniqueConstraint(name="one_decision_per_application_and_cut_off", fields=["application", "cut_off"]),
            models.CheckConstraint(name="a_decision_gives_its_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="the_two_signatories_are_two_people",
                condition=Q(second_signatory=None) | ~Q(second_signatory=F("first_signatory")),
            ),
            models.CheckConstraint(
                name="a_signature_has_its_signatory_and_its_instant",
                condition=Q(first_signatory=None, first_signed_at=None)
                | Q(first_signatory__isnull=False, first_signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_countersignature_follows_a_signature",
                condition=Q(second_signatory=None, second_signed_at=None)
                | Q(
                    first_signed_at__isnull=False,
                    second_signatory__isnull=False,
                    second_signed_at__gte=F("first_signed_at"),
                ),
            ),
            models.CheckConstraint(
                name="a_delegation_goes_with_a_signature",
                condition=(Q(first_delegation=None) | Q(first_signatory__isnull=False))
                & (Q(second_delegation=None) | Q(second_signatory__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_published_decision_bears_both_signatures",
                condition=Q(published_at=None)
                | Q(second_signed_at__isnull=False, published_at__gte=F("second_signed_at")),
            ),
            models.CheckConstraint(
                name="only_a_label_brings_a_grant",
                condition=Q(grant_euros=0) | Q(outcome__in=["labelled", "conditional"]),
            ),
            models.CheckConstraint(
                name="conditions_are_written_and_dated_when_there_are_some",
                condition=(Q(outcome="conditional", conditions_due_on__isnull=False) & ~Q(conditions=""))
                | (~Q(outcome="conditional") & Q(conditions="", conditions_due_on=None)),
            ),
            models.CheckConstraint(
                name="only_conditions_have_an_owner", condition=Q(conditions_owner=None) | Q(outcome="conditional")
            ),
        ]

    def __str__(self):
        return f"{self.application} : {self.get_outcome_display()}"

    @property
    def is_labelling(self):
        return self.outcome in LABELLING_OUTCOMES

    @property
    def awaits_arbitration(self):
        """A label over reviews that disagree: it cannot be signed yet."""
        return self.is_labelling and self.application.disagreements.open().exists()

    @property
    def is_signed(self):
        return self.first_signed_at is not None

    @property
    def is_countersigned(self):
        return self.second_signed_at is not None

    @property
    def first_signer(self):
        """Who signed, as a letter says it: « Claire Dupont, par délégation de Paul Martin »."""
        return _signer(self.first_signatory, self.first_delegation)

    @property
    def second_signer(self):
        """Who countersigned, likewise."""
        return _signer(self.second_signatory, self.second_delegation)

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def reason_list(self):
        """Its general reasons, then those of each criterion in the order of the grid."""
        return [
            Reason("", self.reasons),
            *(Reason(str(each.criterion), each.text) for each in self.criterion_reasons.all()),
        ]

    @property
    def fingerprint(self):
        """Of what a signatory reads: it changes with any word or euro of the decision."""
        by_criterion = sorted((each.criterion_id, each.text) for each in self.criterion_reasons.all())
        content = [
            self.pk,
            self.cut_off_id,
            self.outcome,
            self.reasons,
            by_criterion,
            self.conditions,
            str(self.conditions_due_on or ""),
            self.grant_euros,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]


def _signer(person, delegation):
    name = person.get_full_name()
    return f"{name}, {delegation}" if delegation else name
