"""The only place where a dossier changes state. Each act locks, checks, changes, saves, records, announces.

draft ──submit──► submitted ──declare_admissible──► admissible ──start_review──► under_review ──close──► decided
  ▲                │  │  └───declare_inadmissible──► inadmissible (ended)             │  └─ move_to_cut_off ─┘
  │                │  └──────return_for_completion─► returned ──submit──► submitted   │
  └─ (a new dossier may be started)                                                   ▼
withdraw: draft, and submitted, returned, admissible, under_review while the cut-off is open ──► withdrawn (ended)
"""

from django.db import transaction

from applications import archive, emails
from applications.models import Application, ApplicationState, JournalAction, Submission
from applications.models.sections import missing_answers
from gen_portal.core import clock, phrases
from gen_portal.core.references import grouped, new_reference
from gen_portal.core.territory import describe_deadline
from gen_portal.core.workflow import Refused, lock, record, record_many

_CHUNK = 500  # rows locked or changed in one query


class Incomplete(Refused):
    """The dossier may not be filed yet; `missing` says what it lacks."""

    def __init__(self, missing):
        super().__init__(
            "Le dossier n'est pas complet : il reste une réponse à donner ou à corriger."
            if len(missing) == 1
            else f"Le dossier n'est pas complet : il reste {len(missing)} réponses à donner ou à corriger."
        )
        self.missing = missing


# --- The structure's acts -------------------------------------------------------------------------------------------


@transaction.atomic
def submit(application, *, by, key):
    """Hand the dossier in: from here on its authors may read it but not change it. Returns the Submission.

    The database's instant, read under the lock, decides: the dossier enters the first cut-off still open, whose closing is
    too late to the microsecond. A completion stays in its cut-off, until the end of its due day in Paris. The same key
    always gives the same Submission. Refused before the opening, after the last cut-off, and incomplete.
    """
    application = lock(application)
    if made := application.submissions.filter(idempotency_key=key).order_by("pk").first():
        return made
    application = lock(application, ApplicationState.DRAFT, ApplicationState.RETURNED)
    now = clock.now()
    cut_off = _entered_cut_off(application, now)
    if missing := missing_answers(application):
        raise Incomplete(missing)
    application.cut_off = cut_off
    application.submitted_at = application.submitted_at or now  # a completion does not move the first filing
    application.state = ApplicationState.SUBMITTED
    application.save(update_fields=["cut_off", "submitted_at", "state"])
    submission = _keep(application, by=by, key=key, now=now)
    record(application, JournalAction.SUBMITTED, by=by, at=now, note=f"Dépôt {submission.number}, {cut_off}")
    emails.acknowledge_submission(submission)
    return submission


def _entered_cut_off(application, now):
    if application.state == ApplicationState.RETURNED:
        return _completed_cut_off(application, now)
    call = application.call
    if not call.is_published(now) or now < call.opens_at:
        raise Refused(
            f"L'appel n'est pas encore ouvert : le dépôt sera possible à partir du {phrases.instant(call.opens_at)}."
        )
    cut_off = call.open_cut_off(now)
    if cut_off is None:
        last = call.timetable[-1].closes_at if call.timetable else call.opens_at
        raise Refused(
            "Le dossier n'a pas été déposé : le dernier relevé de cet appel est clos depuis le "
            f"{describe_deadline(last)}. Il reste enregistré, et ses réponses pourront servir dans un autre appel."
        )
    return cut_off


def _completed_cut_off(application, now):
    """A completion is outside the deadline of the call and has its own."""
    if now >= clock.end_of(application.completion_due_on):
        raise Refused(
            f"Le complément était attendu jusqu'au {phrases.day(application.completion_due_on)} inclus : il n'a pas été "
            "déposé. Écrivez au contact de l'appel, qui peut fixer une nouvelle date."
        )
    return application.cut_off


def _keep(application, *, by, key, now):
    """The filing: a number nobody can guess, the archive of the dossier, its fingerprint."""
    content = archive.build(archive.for_archiving([application])[0])
    return Submission.objects.create(
        application=application,
        number=f"GEN-{clock.day_of(now).year}-{grouped(new_reference(12))}",
        idempotency_key=key,
        cut_off=application.cut_off,
        filed_at=now,
        filed_by=by,
        archive=content,
        sha256=archive.digest(content),
    )


@transaction.atomic
def withdraw(application, *, by):
    """Take the dossier back: it is no longer in the running, and another may be started for the same training.

    A draft may always be given up; a filed one only while the cut-off it entered is open, so that nobody is judged in part.
    """
    application = lock(
        application,
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.RETURNED,
        ApplicationState.ADMISSIBLE,
        ApplicationState.UNDER_REVIEW,
    )
    now, was_filed = clock.now(), application.submitted_at is not None
    if was_filed and now >= application.cut_off.closes_at:
        raise Refused(
            f"Le relevé est clos depuis le {application.cut_off.deadline} : le dossier ne peut plus être retiré ici. "
            "Écrivez au contact de l'appel."
        )
    application.state = ApplicationState.WITHDRAWN
    application.ended_at = now
    application.save(update_fields=["state", "ended_at"])
    record(application, JournalAction.WITHDRAWN, by=by, at=now)
    if was_filed:
        emails.announce_withdrawal(application, by=by)
    return application


# --- Admissibility ----------------------------------------------------------------------------------------------------


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


# --- Judgement: called by the floor above -------------------------------------------------------------------------------


@transaction.atomic
def start_review(application, *, by, at=None):
    """The first reviewer is assigned: from here on the dossier is being judged."""
    application = lock(application, ApplicationState.ADMISSIBLE)
    application.state = ApplicationState.UNDER_REVIEW
    application.save(update_fields=["state"])
    record(application, JournalAction.REVIEW_STARTED, by=by, at=at)
    return application


@transaction.atomic
def move_to_cut_off(application, cut_off, *, by, at):
    """Defer the dossier to a later cut-off of its call, where it is judged again without another filing."""
    return move_many([application], cut_off, by=by, at=at)[0]


@transaction.atomic
def close(application, *, by, at, ended):
    """The decision is published. `ended`: the training may apply again (it was refused)."""
    return close_many([application], by=by, at=at, ended=ended)[0]


@transaction.atomic
def move_many(applications, cut_off, *, by, at):
    """`move_to_cut_off` for many dossiers, in a constant number of queries; all or none.

    Refused for a cut-off of another call, or one that is not later.
    """
    locked = _lock_many(applications, ApplicationState.UNDER_REVIEW)
    for application in locked:
        if application.call_id != cut_off.call_id or cut_off.number <= application.cut_off.number:
            raise Refused(f"« {application} » ne peut être reporté qu'à un relevé suivant du même appel.")
        application.cut_off = cut_off
    Application.objects.bulk_update(locked, ["cut_off"], batch_size=_CHUNK)
    record_many(locked, JournalAction.MOVED_TO_CUT_OFF, by=by, at=at, notes={row.pk: str(cut_off) for row in locked})
    return locked


@transaction.atomic
def close_many(applications, *, by, at, ended):
    """`close` for many dossiers, in a constant number of queries; all or none."""
    locked = _lock_many(applications, ApplicationState.UNDER_REVIEW)
    for application in locked:
        application.state = ApplicationState.DECIDED
        application.ended_at = at if ended else None
    Application.objects.bulk_update(locked, ["state", "ended_at"], batch_size=_CHUNK)
    record_many(locked, JournalAction.CLOSED, by=by, at=at)
    return locked


def _lock_many(applications, state):
    """Lock the rows in the order of their keys (two such acts never wait for each other), in the order they were given."""
    keys = [application.pk for application in applications]
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("cut_off", "training")
    fresh = {}
    for start in range(0, len(keys), _CHUNK):
        wanted = sorted(keys)[start : start + _CHUNK]
        fresh |= {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    for application in fresh.values():
        if application.state != state:
            raise Refused(f"« {application} » n'est plus à l'état « {state.label} » : rechargez la page.")
    return [fresh[key] for key in keys]
