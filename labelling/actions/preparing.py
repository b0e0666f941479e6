"""Preparing the decisions of many dossiers at once: what it would do, then all that is sound in one transaction.

A proposal is {key of a dossier: (outcome, grant in euros)}; a grant of None is what was asked for, within the rule.
"""

import hashlib
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from applications.models import Application, ApplicationState
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock_rows, record_many
from labelling.actions.decisions import read_envelope, summary_of
from labelling.actions.signing import Ground, Purse
from labelling.decision_reasons import drafts_of, lacking_sentence, weak_criteria
from labelling.models import Decision, DecisionReason, JournalAction, Outcome
from labelling.models.decision import LABELLING_OUTCOMES
from labelling.models.docket import dossiers_to_decide

ALREADY_SIGNED = "La décision est déjà signée : reprenez la signature avant de la modifier."
NOT_REVIEWED = "Le dossier n'est pas en évaluation : il n'y a rien à décider."
UNREASONED = "Aucun motif n'est écrit, et il n'y en a pas de commun."
UNCONDITIONED = "Aucune condition n'est écrite, et il n'y en a pas de commune."
UNDATED = "Donnez aux conditions un jour à venir pour les remplir."
GRANT_WITHOUT_LABEL = "Une subvention ne va qu'avec un label."


@dataclass
class Effect:
    """What preparing would do to one dossier: the decision to save, or why it is refused."""

    application: Application
    decision: Decision
    refusal: str = ""
    criterion_reasons: dict = field(default_factory=dict)

    @property
    def is_accepted(self):
        return not self.refusal

    @property
    def seal(self):
        """Changes with anything of it that somebody reads."""
        kept = self.decision.fingerprint if self.decision.pk else ""
        row = self.decision
        values = (
            self.application.pk,
            kept,
            row.outcome,
            row.grant_euros,
            row.reasons,
            row.conditions,
            row.conditions_due_on,
            row.conditions_owner_id,
        )
        return f"{values}{sorted(self.criterion_reasons.items())}"


@dataclass(frozen=True)
class Preparation:
    """The effects of preparing many, the best mean first."""

    effects: list
    unknown_count: int = 0

    @property
    def accepted(self):
        return [effect for effect in self.effects if effect.is_accepted]

    @property
    def refused(self):
        return [effect for effect in self.effects if not effect.is_accepted]

    @property
    def grants_euros(self):
        return sum(effect.decision.grant_euros for effect in self.accepted)

    @property
    def seal(self):
        return hashlib.sha256("\n".join(effect.seal for effect in self.accepted).encode()).hexdigest()[:24]


def effects_of(
    proposals, *, by, at, reasons="", own_reasons=None, conditions="", conditions_due_on=None, conditions_owner=None
):
    """Read what preparing these would do, in a number of queries that does not depend on theirs; nothing is written.

    `reasons` are those of the dossiers for which none is written yet, neither there nor in `own_reasons` (by key);
    `conditions`, their day and who sees to them, those of the labels under conditions that have none yet. Where a
    refusal has to answer for a criterion and does not, what the reviews say of it is taken up. Dossiers that do not exist
    for the person are counted, not named.
    """
    person = access.as_of(by, at)
    dossiers = dossiers_to_decide(person).filter(pk__in=proposals).select_related(
        "training__structure", "call__grant_rule", "cut_off__call"
    )  # fmt: skip
    found = list(dossiers.order_by(F("figures__mean").desc(nulls_last=True), "pk"))
    own = own_reasons or {}
    effects = [_proposed(each, proposals[each.pk], own.get(each.pk) or reasons, at) for each in found]
    _take_over(effects)
    _put_conditions(effects, conditions.strip(), conditions_due_on, conditions_owner)
    purse = _purse(effects)
    _answer_for_criteria(effects)
    ground = Ground([effect.decision for effect in effects])
    for effect in effects:
        effect.refusal = _refusal(effect, ground) or _grant(effect, proposals[effect.application.pk][1], purse)
    return Preparation(effects, len(proposals) - len(found))


def _proposed(application, proposal, reasons, at):
    outcome, _ = proposal
    decision = Decision(
        application=application, cut_off=application.cut_off, outcome=outcome, reasons=reasons.strip(), prepared_at=at
    )
    return Effect(application, decision)


def _take_over(effects):
    """The decisions already prepared at the same cut-off keep their words."""
    rows = Decision.objects.filter(application__in=[effect.application.pk for effect in effects])
    known = {(row.application_id, row.cut_off_id): row for row in rows.with_reasons()}
    for effect in effects:
        row = known.get((effect.application.pk, effect.application.cut_off_id))
        if row is None:
            continue
        row.application, row.prepared_at, row.grant_euros = effect.application, effect.decision.prepared_at, 0
        row.outcome, effect.decision = effect.decision.outcome, row
        if row.outcome != Outcome.CONDITIONAL:
            row.conditions, row.conditions_due_on, row.conditions_owner = "", None, None


def _put_conditions(effects, text, due_on, owner):
    for effect in effects:
        decision = effect.decision
        if decision.outcome == Outcome.CONDITIONAL and not decision.conditions:
            decision.conditions, decision.conditions_due_on, decision.conditions_owner = text, due_on, owner


def _purse(effects):
    """The money of the one call they are of."""
    calls = {effect.application.call_id: effect.application.call for effect in effects}
    if len(calls) > 1:
        raise Refused("Ces dossiers sont de plusieurs appels : préparez-les appel par appel.")
    left = [read_envelope(call).left_euros for call in calls.values()]
    return Purse([effect.decision for effect in effects], left[0] if left else 0)


def _answer_for_criteria(effects):
    """For each criterion that a refusal answers for, what is written, else what the reviews say of it."""
    refused = [effect for effect in effects if effect.decision.outcome == Outcome.REFUSED]
    if not refused:
        return
    applications = [effect.application for effect in refused]
    weak, drafts = weak_criteria(applications), drafts_of(applications)
    for effect in refused:
        written = (
            {each.criterion_id for each in effect.decision.criterion_reasons.all()} if effect.decision.pk else set()
        )
        said = drafts.get(effect.application.pk, {})
        missing = [criterion for criterion in weak[effect.application.pk] if criterion.pk not in written]
        effect.criterion_reasons = {c.pk: said[c.pk] for c in missing if c.pk in said}
        if silent := [c.label for c in missing if c.pk not in said]:
            effect.refusal = lacking_sentence(silent)


def _refusal(effect, ground):
    decision, application = effect.decision, effect.application
    if application.state != ApplicationState.UNDER_REVIEW:
        return NOT_REVIEWED
    if decision.is_signed:
        return ALREADY_SIGNED
    if not decision.reasons:
        return UNREASONED
    if decision.is_labelling:
        return _lacking_condition(decision) or ground.of_a_label(application.pk)
    return effect.refusal or ground.of_a_deferral(application, decision.outcome)


def _lacking_condition(decision):
    """Conditions are written, and to be met on a day to come."""
    due_on = decision.conditions_due_on
    if decision.outcome != Outcome.CONDITIONAL:
        return ""
    if not decision.conditions:
        return UNCONDITIONED
    return "" if due_on is not None and due_on > clock.day_of(decision.prepared_at) else UNDATED


def _grant(effect, wanted, purse):
    """Set the grant, and count it against the ceiling of the structure; why it cannot be, empty when it can."""
    decision, application = effect.decision, effect.application
    if decision.outcome not in LABELLING_OUTCOMES:
        return GRANT_WITHOUT_LABEL if wanted else ""
    limits = purse.limits(application)
    if wanted is None:
        decision.grant_euros = max(0, min(application.requested_grant_euros or 0, limits.ceiling_euros))
    elif sentence := limits.objection(wanted):
        return sentence
    else:
        decision.grant_euros = wanted
    purse.promise(decision)
    return ""


@transaction.atomic
def prepare_many(proposals, *, by, seen=None, **words):
    """Save what is proposed for each dossier where it may be, unsigned, in set statements; returns the Preparation. `words`
    are those of `effects_of`.

    What may not be is left as it was, with its reason. Refused as a whole to anybody but the director of the day, when
    nothing may be saved, and when it is no longer what was read (`seen`: the seal of the Preparation).
    """
    lock_rows(Application.objects.filter(pk__in=proposals))
    now = clock.now()
    if not access.holds(by, Role.DIRECTOR, at=now):
        raise Refused("Seul le directeur prépare une décision.")
    preparation = effects_of(proposals, by=by, at=now, **words)
    if seen is not None and seen != preparation.seal:
        raise Refused("Ce que vous avez lu a changé depuis : relisez les effets. Rien n'a été préparé.")
    if not preparation.accepted:
        raise Refused("Aucun de ces dossiers ne peut être préparé ainsi.")
    decisions = _save(preparation.accepted)
    notes = {decision.pk: summary_of(decision) for decision in decisions}
    record_many(decisions, JournalAction.DECISION_PROPOSED, by=by, at=now, notes=notes)
    return preparation


_WRITTEN = [
    "outcome", "reasons", "conditions", "conditions_due_on", "conditions_owner", "grant_euros", "prepared_at"
]  # fmt: skip


def _save(effects):
    decisions = Decision.objects.bulk_create(
        [effect.decision for effect in effects], update_conflicts=True,
        unique_fields=["application", "cut_off"], update_fields=_WRITTEN,
    )  # fmt: skip
    DecisionReason.objects.bulk_create(
        DecisionReason(decision=effect.decision, criterion_id=key, text=text)
        for effect in effects
        for key, text in effect.criterion_reasons.items()
    )
    return decisions
