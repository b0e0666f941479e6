"""What is written before anybody signs: the envelope of a call, and decisions being prepared."""

from django.db import transaction

from applications.models import ApplicationState
from applications.models.officers import following_of
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.phrases import euros
from gen_portal.core.workflow import Refused, lock, record
from labelling.grants import limits_of
from labelling.models import Decision, DecisionReason, Envelope, JournalAction, Outcome
from labelling.models.decision import LABELLING_OUTCOMES


class DecisionRefused(Refused):
    """A decision that cannot be written so; `field` is the answer to correct."""

    def __init__(self, field, sentence):
        super().__init__(sentence)
        self.field = field


# --- Money ---------------------------------------------------------------------------------------------------------


def envelope_for(call):
    """The envelope of a call, made with the budget of the call when there is none."""
    envelope, _ = Envelope.objects.get_or_create(call=call, defaults={"total_euros": call.budget_euros})
    return envelope


def hold_envelope(call):
    """The same under lock, first of all locks."""
    held = Envelope.objects.select_for_update(of=("self",), no_key=True).filter(call=call).first()
    return held or lock(envelope_for(call))


def lock_envelope(call):
    """The same, for an act that spends: it follows the budget of the call while that covers what is committed."""
    envelope = hold_envelope(call)
    budget_euros = type(call).objects.values_list("budget_euros", flat=True).get(pk=call.pk)
    if envelope.total_euros != budget_euros >= envelope.committed_euros:
        envelope.total_euros = budget_euros
        envelope.save(update_fields=["total_euros"])
    return envelope


def read_envelope(call):
    """The envelope as a page shows it; not stored when nothing has been signed yet."""
    stored = Envelope.objects.filter(call=call).first() or Envelope(call=call)
    if call.budget_euros >= stored.committed_euros:
        stored.total_euros = call.budget_euros
    return stored


def limits_within(application, *, granted_to_structure_euros, left_euros):
    """What may be granted to a dossier whose structure was granted so much for others, while `left_euros` remain."""
    rule = getattr(application.call, "grant_rule", None)
    return limits_of(
        rule,
        total_budget_euros=rule.counted_euros(application) if rule else 0,
        granted_to_structure_euros=granted_to_structure_euros,
        left_euros=left_euros,
    )


def limits_for(application, *, left_euros):
    """The same, after what is signed for its structure in its call, its own signed grant not counted."""
    signed = Decision.objects.signed().of_structure_in(application.training.structure, application.call)
    granted = signed.exclude(application=application).granted_euros()
    return limits_within(application, granted_to_structure_euros=granted, left_euros=left_euros)


def check_grant(application, grant_euros, *, left_euros):
    """Refuse a grant above the rule of the call or above what is left of its envelope."""
    if sentence := limits_for(application, left_euros=left_euros).objection(grant_euros):
        raise DecisionRefused("grant_euros", sentence)


# --- Words ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_decision(
    application, *, by, outcome, reasons, conditions="", conditions_due_on=None, conditions_owner=None, grant_euros=0,
    criterion_reasons=None,
):  # fmt: skip
    """Save what the director proposes for a dossier at its present cut-off, unsigned; only those who run the call read it.

    `conditions_owner` sees that the conditions are met: whoever follows the dossier unless an officer is named.
    `criterion_reasons` is {key of a criterion: text}: those it does not name are taken away; None leaves them as they are.

    Refused to anybody but the director of the day, on a dossier not under review, once signed, or when a part lacks or
    contradicts another: reasons, conditions and their date, a grant within the rule and the envelope.
    """
    application = lock(application, ApplicationState.UNDER_REVIEW)
    now = clock.now()
    if not access.holds(by, Role.DIRECTOR, at=now):
        raise Refused("Seul le directeur prépare une décision.")
    decision = Decision.objects.filter(application=application, cut_off=application.cut_off).first()
    if decision is not None and decision.is_signed:
        raise Refused("Cette décision est déjà signée : reprenez la signature avant de la modifier.")
    values = {
        "outcome": outcome, "reasons": reasons.strip(), "conditions": conditions.strip(),
        "conditions_due_on": conditions_due_on, "grant_euros": grant_euros, "prepared_at": now,
    }  # fmt: skip
    _check_words(values, today=clock.day_of(now))
    values["conditions_owner"] = _owner_of_conditions(application, outcome, conditions_owner, at=now)
    check_deferral(application, outcome)
    if outcome in LABELLING_OUTCOMES:
        check_grant(application, grant_euros, left_euros=read_envelope(application.call).left_euros)
    decision, _ = Decision.objects.update_or_create(
        application=application, cut_off=application.cut_off, defaults=values
    )
    if criterion_reasons is not None:
        _write_reasons(decision, application.call, criterion_reasons)
    record(decision, JournalAction.DECISION_PROPOSED, by=by, at=now, note=summary_of(decision))
    return decision


def _owner_of_conditions(application, outcome, wanted, *, at):
    if outcome != Outcome.CONDITIONAL:
        return None
    if wanted is None:
        return following_of(application, clock.day_of(at)).acting
    if not access.holds(wanted, Role.OFFICER, at=at):
        raise DecisionRefused("conditions_owner", f"{wanted} n'est plus chargé de mission : choisissez une autre personne.")
    return wanted


def _write_reasons(decision, call, texts):
    decision.criterion_reasons.all().delete()
    rows = [(key, texts.get(key, "").strip()) for key in call.criteria.values_list("pk", flat=True)]
    DecisionReason.objects.bulk_create(
        DecisionReason(decision=decision, criterion_id=key, text=text) for key, text in rows if text
    )


def _check_words(values, *, today):
    if not values["reasons"]:
        raise DecisionRefused("reasons", "Donnez les motifs : toute décision est motivée.")
    if values["outcome"] == Outcome.CONDITIONAL:
        _check_conditions(values, today)
    elif values["conditions"] or values["conditions_due_on"]:
        sentence = "Des conditions ne vont qu'avec un label sous conditions : effacez-les, ou changez l'issue."
        raise DecisionRefused("conditions", sentence)
    if values["grant_euros"] and values["outcome"] not in LABELLING_OUTCOMES:
        raise DecisionRefused("grant_euros", "Une subvention ne va qu'avec un label : effacez-la, ou changez l'issue.")


def _check_conditions(values, today):
    if not values["conditions"]:
        raise DecisionRefused("conditions", "Écrivez les conditions que la structure doit remplir.")
    if values["conditions_due_on"] is None:
        raise DecisionRefused("conditions_due_on", "Donnez le jour où les conditions doivent être remplies.")
    if values["conditions_due_on"] <= today:
        raise DecisionRefused("conditions_due_on", "Ce jour est déjà venu : laissez à la structure le temps d'agir.")


def check_deferral(application, outcome):
    """A dossier can only be deferred where another cut-off follows its own."""
    if outcome == Outcome.DEFERRED and next_cut_off(application.cut_off) is None:
        sentence = "Il n'y a pas de relevé suivant dans cet appel : la candidature ne peut pas être reportée."
        raise DecisionRefused("outcome", sentence)


def next_cut_off(cut_off):
    """The cut-off that follows in the same call, None after the last one."""
    return cut_off.call.cut_offs.filter(number__gt=cut_off.number).order_by("number").first()


def summary_of(decision):
    """One line for the journal: the outcome, and the grant when there is one."""
    grant = f", {euros(decision.grant_euros)}" if decision.grant_euros else ""
    return f"{decision.get_outcome_display()}{grant}"
