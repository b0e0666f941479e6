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
    application = lock(application, ApplicationState.SUBMITTED)
    now = clock.now()
    if not request.strip():
        raise Refused("Indiquez ce qui manque : c'est ce que la structure lira.")
    if due_on < clock.day_of(now):
        raise Refused("La date limite est déjà passée : choisissez aujourd'hui ou un jour à venir.")
    application.state = ApplicationState.RETURNED
    application.completion_request, application.completion_due_on = request.strip(), due_on
    application.save(update_fields=["state", "completion_request", "completion_due_on"])
    note = f"Jusqu'au {phrases.day(due_on)} inclus. {application.completion_request}"
    record(application, JournalAction.RETURNED, by=by, at=now, note=note)
    emails.ask_for_completion(application)
    return application
