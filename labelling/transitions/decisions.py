"""The two signatures of a decision.

decision: prepared → signed (sign) → countersigned (countersign) → published (transitions/publishing.py);
signed or countersigned → prepared (reopen). Signing commits the grant, reopening releases it. Locks are taken in one order
everywhere: envelope, dossier, decision.
"""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.decisions import check_deferral, check_grant, lock_envelope, summary_of
from labelling.decision_reasons import lacking_in, lacking_sentence
from labelling.models import JournalAction, ReviewFigures
from labelling.models.decision import MIN_REVIEWS_FOR_A_LABEL

_CHANGED = "Cette décision a changé depuis que vous l'avez lue : relisez-la avant de signer."


@transaction.atomic
def sign(decision, *, by, seen=None):
    """The director signs: the decision no longer changes, and its grant is taken out of the envelope.

    `seen` is the fingerprint of what was read; signing twice changes nothing. Refused when the text has changed since, to
    anybody but a disinterested director, above the rule or the envelope, for a label with fewer than two reviews, for a
    refusal that leaves a criterion under the threshold of the call without its reason.
    """
    envelope = lock_envelope(decision.application.call)
    application, decision = _lock_both(decision, ApplicationState.UNDER_REVIEW)
    if decision.is_signed and decision.first_signatory_id == by.pk:
        return decision
    now = clock.now()
    _check_signatory(by, Role.DIRECTOR, "Seul le directeur signe une décision.", application, now)
    if decision.is_signed:
        raise Refused("Cette décision porte déjà la signature du directeur.")
    _check_unchanged(decision, seen)
    _check_ground(decision, application)
    if decision.grant_euros:
        check_grant(application, decision.grant_euros, left_euros=envelope.left_euros)
    envelope.committed_euros += decision.grant_euros
    envelope.save(update_fields=["committed_euros"])
    decision.first_signatory, decision.first_signed_at = by, now
    decision.save(update_fields=["first_signatory", "first_signed_at"])
    record(decision, JournalAction.DECISION_SIGNED, by=by, at=now, note=summary_of(decision))
    return decision


@transaction.atomic
def countersign(decision, *, by, seen=None):
    """A second signatory signs too: the decision is ready to be published. Signing twice changes nothing.

    Refused before the director has signed, to whoever gave the first signature, to anybody but a disinterested second
    signatory of the day, and when the text has changed since it was read.
    """
    application, decision = _lock_both(decision, ApplicationState.UNDER_REVIEW)
    if decision.is_countersigned and decision.second_signatory_id == by.pk:
        return decision
    now = clock.now()
    _check_signatory(by, Role.SECOND_SIGNATORY, "Seul un second signataire contresigne.", application, now)
    if not decision.is_signed:
        raise Refused("Cette décision ne porte pas la signature du directeur : elle ne peut pas être contresignée.")
    if decision.is_countersigned:
        raise Refused("Cette décision est déjà contresignée.")
    if decision.first_signatory_id == by.pk:
        raise Refused("Vous avez déjà signé cette décision : une autre personne doit la contresigner.")
    _check_unchanged(decision, seen)
    decision.second_signatory, decision.second_signed_at = by, now
    decision.save(update_fields=["second_signatory", "second_signed_at"])
    record(decision, JournalAction.DECISION_COUNTERSIGNED, by=by, at=now, note=summary_of(decision))
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
    if not _holds(by, Role.DIRECTOR, now):
        raise Refused("Seul le directeur reprend une signature.")
    if decision.is_published:
        raise Refused("Cette décision est publiée : elle ne se rouvre plus.")
    if not decision.is_signed:
        raise Refused("Cette décision n'est pas signée : elle se modifie sans reprendre de signature.")
    if not reason.strip():
        raise Refused("Dites pourquoi la signature est reprise : le second signataire le lira.")
    envelope.committed_euros -= decision.grant_euros
    envelope.save(update_fields=["committed_euros"])
    decision.first_signatory = decision.first_signed_at = decision.second_signatory = decision.second_signed_at = None
    decision.save(
        update_fields=["first_signatory", "first_signed_at", "second_signatory", "second_signed_at"]
    )  # fmt: skip
    record(decision, JournalAction.DECISION_REOPENED, by=by, at=now, note=reason.strip())
    return decision


def _lock_both(decision, *states):
    application = lock(decision.application, *states)
    decision = lock(decision)
    decision.application = application
    return application, decision


def _holds(person, role, at):
    """Asked of the database, not of the request: a capacity that ended this morning no longer signs."""
    return person.capacities.in_force(clock.day_of(at)).filter(role=role).exists()


def _check_signatory(by, role, refusal, application, at):
    if not _holds(by, role, at):
        raise Refused(refusal)
    if application.training.structure.memberships.filter(user=by).exists():
        raise Refused("Vous êtes membre de la structure qui candidate : vous ne pouvez pas signer cette décision.")
    if application.recusals.filter(user=by).exists():
        raise Refused("Vous vous êtes déporté de ce dossier : vous ne pouvez pas signer cette décision.")


def _check_unchanged(decision, seen):
    if seen is not None and seen != decision.fingerprint:
        raise Refused(_CHANGED)


def _check_ground(decision, application):
    """What the decision stands on: the present cut-off, a place to be deferred to, reviews for a label, reasons for a refusal."""
    if decision.cut_off_id != application.cut_off_id:
        raise Refused("Cette décision porte sur un relevé que le dossier a quitté : préparez-en une autre.")
    check_deferral(application, decision.outcome)
    if decision.is_labelling and _review_count(application) < MIN_REVIEWS_FOR_A_LABEL:
        raise Refused(
            "Un label demande les évaluations déposées d'au moins deux ministères : attendez-les avant de signer."
        )
    if labels := lacking_in([decision]).get(decision.pk):
        raise Refused(lacking_sentence(labels))
    if decision.awaits_arbitration:
        raise Refused("Les évaluations de ce dossier s'opposent : arbitrez le désaccord avant de signer un label.")


def _review_count(application):
    counts = ReviewFigures.objects.filter(application=application).values_list("review_count", flat=True)
    return counts.first() or 0
