"""A reviewer withdraws from a dossier, or a tie withdraws them: it no longer exists for them, the officer is told."""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.figures import refresh_figures
from labelling.emails import reviews as emails
from labelling.models import JournalAction, Recusal, RecusalKind
from labelling.transitions.places import check_holder, end_place, lock_current


@transaction.atomic
def recuse(assignment, *, by, reason):
    """A reviewer withdraws, before or after writing; what they wrote is kept and no longer counts.

    Refused without a reason, or once the decision is published.
    """
    application = lock(assignment.application, ApplicationState.UNDER_REVIEW)
    assignment = lock_current(assignment)
    check_holder(assignment, by)
    if not reason.strip():
        raise Refused("Dites en quelques mots pourquoi vous vous déportez.")
    return _withdraw(application, assignment, RecusalKind.DECLARED, reason.strip(), by=by)


@transaction.atomic
def decline(assignment, *, by, reason):
    """A reviewer hands a dossier back without any tie (time, skills): the place is free, the officer is told why.

    They may be entrusted with it again. Refused without a reason, and once their review is submitted.
    """
    application = lock(assignment.application, ApplicationState.UNDER_REVIEW)
    assignment = lock_current(assignment)
    check_holder(assignment, by)
    if assignment.submitted_at is not None:
        raise Refused("Votre évaluation est déposée : le dossier ne se rend plus. Seul un lien d'intérêts la retire.")
    if not reason.strip():
        raise Refused("Dites en quelques mots pourquoi vous rendez ce dossier.")
    now = clock.now()
    assignment.declined_because, assignment.ended_at = reason.strip(), now
    assignment.save(update_fields=["declined_because", "ended_at"])
    refresh_figures(application)
    note = f"{assignment.ministry} : {assignment.declined_because}"
    record(application, JournalAction.DECLINED, by=by, at=now, note=note)
    emails.tell_declined(assignment)
    return assignment


@transaction.atomic
def withdraw_for_a_tie(assignment, found):
    """The portal withdraws a reviewer whose ties (sentences of `interests.ties`) have come to light."""
    application = lock(assignment.application, ApplicationState.UNDER_REVIEW)
    assignment = lock_current(assignment)
    reason = " ; ".join(found)[:1000]
    return _withdraw(application, assignment, RecusalKind.DETECTED, f"{reason[0].upper()}{reason[1:]}.", by=None)


def _withdraw(application, assignment, kind, reason, *, by):
    now = clock.now()
    recusal = Recusal.objects.create(
        application=application, user=assignment.reviewer, kind=kind, reason=reason, recused_at=now
    )
    HiddenSubject.objects.hide(assignment.reviewer, application, at=now)
    end_place(assignment, at=now)
    refresh_figures(application)
    action = JournalAction.RECUSED if kind == RecusalKind.DECLARED else JournalAction.TIE_FOUND
    record(application, action, by=by, at=now, note=f"{assignment.ministry} : {reason}")
    emails.tell_recused(assignment)
    return recusal
