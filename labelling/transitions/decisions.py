"""The two signatures of a decision.

decision: prepared → signed (sign) → countersigned (countersign) → published (transitions/publishing.py);
signed or countersigned → prepared (reopen). Signing commits the grant, reopening releases it. Locks are taken in one order
everywhere: envelope, dossier, decision.
"""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.decisions import lock_envelope, summary_of
from labelling.actions.signing import objections_to_countersigning, objections_to_signing, right_of
from labelling.models import JournalAction

ONLY_THE_DIRECTOR, ONLY_A_SECOND = "Seul le directeur signe une décision.", "Seul un second signataire contresigne."
_SIGNATURES = [
    "first_signatory", "first_signed_at", "first_delegation", "second_signatory", "second_signed_at", "second_delegation"
]  # fmt: skip
_CHANGED = "Cette décision a changé depuis que vous l'avez lue : relisez-la avant de signer."


@transaction.atomic
def sign(decision, *, by, seen=None):
    """The director, or their delegate, signs: the decision no longer changes, its grant is taken out of the envelope.

    `seen` is the fingerprint of what was read; signing twice changes nothing. Refused when the text has changed since, to
    anybody but a disinterested director, above the rule or the envelope, for a label with fewer than two reviews, for a
    refusal that leaves a criterion under the threshold of the call without its reason.
    """
    envelope = lock_envelope(decision.application.call)
    _, decision = _lock_both(decision, ApplicationState.UNDER_REVIEW)
    if decision.is_signed and decision.first_signatory_id == by.pk:
        return decision
    now = clock.now()
    right = _right(by, Role.DIRECTOR, now, ONLY_THE_DIRECTOR)
    _check_unchanged(decision, seen)
    _refuse(objections_to_signing([decision], by=by, right=right, left_euros=envelope.left_euros), decision)
    envelope.committed_euros += decision.grant_euros
    envelope.save(update_fields=["committed_euros"])
    decision.first_signatory, decision.first_signed_at = by, now
    decision.first_delegation = right.delegation_for(decision.grant_euros)
    decision.save(update_fields=["first_signatory", "first_signed_at", "first_delegation"])
    record(decision, JournalAction.DECISION_SIGNED, by=by, at=now, note=note_of(decision, decision.first_delegation))
    return decision


@transaction.atomic
def countersign(decision, *, by, seen=None):
    """A second signatory, or their delegate, signs too: the decision is ready to be published. Twice is once.

    Refused before the director has signed, to whoever gave the first signature or in whose name it was given, to anybody
    but a disinterested second signatory of the day, and when the text has changed since it was read.
    """
    _, decision = _lock_both(decision, ApplicationState.UNDER_REVIEW)
    if decision.is_countersigned and decision.second_signatory_id == by.pk:
        return decision
    now = clock.now()
    right = _right(by, Role.SECOND_SIGNATORY, now, ONLY_A_SECOND)
    _refuse(objections_to_countersigning([decision], by=by, right=right), decision)
    _check_unchanged(decision, seen)
    decision.second_signatory, decision.second_signed_at = by, now
    decision.second_delegation = right.delegation_for(decision.grant_euros)
    decision.save(update_fields=["second_signatory", "second_signed_at", "second_delegation"])
    record(decision, JournalAction.DECISION_COUNTERSIGNED, by=by, at=now, note=note_of(decision, decision.second_delegation))
    return decision


@transaction.atomic
def reopen(decision, *, by, reason):
    """The director takes the signatures back before publication: the grant returns to the envelope, the text may change.

    Possible too when the dossier has left the review meanwhile. Refused without a reason, when nothing is signed, once
    published, or to anybody but a director of the day.
    """
    envelope = lock_envelope(decision.application.call)
    _, decision = _lock_both(decision)
    now = clock.now()
    if not access.holds(by, Role.DIRECTOR, at=now):
        raise Refused("Seul le directeur reprend une signature.")
    if decision.is_published:
        raise Refused("Cette décision est publiée : elle ne se rouvre plus.")
    if not decision.is_signed:
        raise Refused("Cette décision n'est pas signée : elle se modifie sans reprendre de signature.")
    if not reason.strip():
        raise Refused("Dites pourquoi la signature est reprise : le second signataire le lira.")
    envelope.committed_euros -= decision.grant_euros
    envelope.save(update_fields=["committed_euros"])
    for name in _SIGNATURES:
        setattr(decision, name, None)
    decision.save(update_fields=_SIGNATURES)
    record(decision, JournalAction.DECISION_REOPENED, by=by, at=now, note=reason.strip())
    return decision


def _lock_both(decision, *states):
    application = lock(decision.application, *states)
    decision = lock(decision)
    decision.application = application
    return application, decision


def _right(person, role, at, refusal):
    right = right_of(person, role, at)
    if right is None:
        raise Refused(refusal)
    return right


def _refuse(objections, decision):
    if decision.pk in objections:
        raise Refused(objections[decision.pk])


def _check_unchanged(decision, seen):
    if seen is not None and seen != decision.fingerprint:
        raise Refused(_CHANGED)


def note_of(decision, delegation):
    """One line for the journal, with the name in which somebody signs."""
    return f"{summary_of(decision)}, {delegation}" if delegation else summary_of(decision)
