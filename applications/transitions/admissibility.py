"""Is the dossier one that may be judged? What an officer answers to a filing."""

from django.db import transaction

from applications import emails
from applications.models import ApplicationState, JournalAction
from gen_portal.core import clock, phrases
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def declare_admissible(application, *, by):
    """The dossier may be judged; the structure is told."""
    application = lock(application, ApplicationState.SUBMITTED)
    application.state = ApplicationState.ADMISSIBLE
    application.save(update_fields=["state"])
    record(application, JournalAction.DECLARED_ADMISSIBLE, by=by)
    emails.announce_admissible(application)
    return application


@transaction.atomic
def declare_inadmissible(application, *, by, reason):
    """The dossier will not be judged, and has ended; the structure reads the reason. Refused without one."""
    application = lock(application, ApplicationState.SUBMITTED)
    if not reason.strip():
        raise Refused("Indiquez le motif : la structure le lira, et il est dû pour toute décision défavorable.")
    now = clock.now()
    application.state = ApplicationState.INADMISSIBLE
    application.inadmissible_reason = reason.strip()
    application.ended_at = now
    application.save(update_fields=["state", "inadmissible_reason", "ended_at"])
    record(application, JournalAction.DECLARED_INADMISSIBLE, by=by, at=now, note=application.inadmissible_reason)
    emails.announce_inadmissible(application)
    return application


@transaction.atomic
def return_for_completion(application, *, by, request, due_on):
    """Give the dossier back to its authors until the end of a day in Paris. Refused without words, or for a past day."""
    return _give_back(lock(application, ApplicationState.SUBMITTED), by, request, due_on)


@transaction.atomic
def return_under_review(application, *, by, request, due_on):
    """The same while it is being judged; the floor above, which has begun to judge it, says whether it may."""
    return _give_back(lock(application, ApplicationState.UNDER_REVIEW), by, request, due_on)


@transaction.atomic
def stop_waiting(application, *, by):
    """The completion did not come: the dossier is examined as it was filed last. Refused before its due day is over."""
    application = lock(application, ApplicationState.RETURNED)
    now = clock.now()
    if now < clock.end_of(application.completion_due_on):
        due = phrases.day(application.completion_due_on)
        raise Refused(f"La structure a jusqu'au {due} inclus pour répondre : attendez ce jour.")
    application.state = ApplicationState.SUBMITTED
    application.save(update_fields=["state"])
    record(application, JournalAction.COMPLETION_DROPPED, by=by, at=now)
    emails.tell_completion_dropped(application)
    return application


def _give_back(application, by, asked, due_on):
    now = clock.now()
    if not asked.strip():
        raise Refused("Indiquez ce qui manque : c'est ce que la structure lira.")
    if due_on < clock.day_of(now):
        raise Refused("La date limite est déjà passée : choisissez aujourd'hui ou un jour à venir.")
    application.state = ApplicationState.RETURNED
    application.completion_request, application.completion_due_on = asked.strip(), due_on
    application.save(update_fields=["state", "completion_request", "completion_due_on"])
    note = f"Jusqu'au {phrases.day(due_on)} inclus. {application.completion_request}"
    record(application, JournalAction.RETURNED, by=by, at=now, note=note)
    emails.ask_for_completion(application)
    return application
