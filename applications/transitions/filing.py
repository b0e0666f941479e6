"""What the structure does with its dossier: hand it in, take it back, take it up again."""

from django.db import DatabaseError, IntegrityError, transaction

from applications import archive, emails, ledger, receipts, terms
from applications.actions.signature import Unsigned, signed_content
from applications.models import (
    WRITABLE_STATES,
    Application,
    ApplicationState,
    AttemptResult,
    AttemptStep,
    FilingBasis,
    JournalAction,
    Submission,
)
from applications.models.sections import missing_answers
from gen_portal.core import clock, phrases
from gen_portal.core.models import JournalEntry
from gen_portal.core.references import grouped, new_reference
from gen_portal.core.territory import describe_deadline
from gen_portal.core.workflow import Refused, lock, record, refuse_unless

_WITHDRAWABLE = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.ADMISSIBLE,
    ApplicationState.UNDER_REVIEW,
)


class Incomplete(Refused):
    """The dossier may not be filed yet; `missing` says what it lacks."""

    def __init__(self, missing):
        super().__init__(
            "Le dossier n'est pas complet : il reste une réponse à donner ou à corriger."
            if len(missing) == 1
            else f"Le dossier n'est pas complet : il reste {len(missing)} réponses à donner ou à corriger."
        )
        self.missing = missing


class Closed(Refused):
    """Too early, or too late."""


def submit(application, *, by, key, request_id="", signs=True):
    """Hand the dossier in: from here on its authors may read it but not change it. Returns the Submission.

    The database's instant, read under the lock, decides (`terms`): the dossier enters the first cut-off still open for it.
    The same key always gives the same Submission, and so does any key for a dossier already filed: a second click is not an
    error. Refused before the opening, after the last term, incomplete, withdrawn, and unsigned: by nobody before, nor by the
    declared signatory who files it now (`signs`: the tick of the page). Every attempt is in the ledger, also
    one that is refused: that line is written after the rollback.
    """
    attempt = {"by": by, "step": AttemptStep.SUBMIT, "request_id": request_id}
    try:
        return _submit(application, by=by, key=key, attempt=attempt, signs=signs)
    except Refused as refusal:
        ledger.note(application, result=_result_of(refusal), detail=str(refusal), **attempt)
        raise
    except DatabaseError as error:
        ledger.note(application, result=AttemptResult.FAILED, detail=type(error).__name__, **attempt)
        raise


def _result_of(refusal):
    if isinstance(refusal, Incomplete | Unsigned):
        return AttemptResult.INCOMPLETE
    return AttemptResult.CLOSED if isinstance(refusal, Closed) else AttemptResult.CONFLICT


@transaction.atomic
def _submit(application, *, by, key, attempt, signs):
    application = lock(application)
    if made := _already_made(application, key):
        ledger.note(application, result=AttemptResult.REPLAYED, submission=made, **attempt)
        return made
    refuse_unless(application, *WRITABLE_STATES)
    application = archive.for_filing(application)  # under the lock: what it reads stands until the commit
    now = clock.now()
    term = terms.term_of(application, now)
    if term is None:
        raise Closed(_why_closed(application, now))
    if missing := missing_answers(application):
        raise Incomplete(missing)
    content = signed_content(application, by=by, at=now, signs=signs)
    application.cut_off = term.cut_off
    application.submitted_at = application.submitted_at or now  # a completion does not move the first filing
    application.state = ApplicationState.SUBMITTED
    application.save(update_fields=["cut_off", "submitted_at", "state"])
    submission = _keep(application, content, by=by, key=key, now=now, term=term)
    ledger.note(application, result=AttemptResult.ACCEPTED, submission=submission, at=now, **attempt)
    record(application, JournalAction.SUBMITTED, by=by, at=now, note=_filing_note(submission))
    emails.acknowledge_submission(submission)
    return submission


def _already_made(application, key):
    """The filing of this key, else the latest one of a dossier that is out of its authors' hands."""
    if made := application.submissions.filter(idempotency_key=key).order_by("pk").first():
        return made
    if application.state in (*WRITABLE_STATES, ApplicationState.WITHDRAWN):
        return None
    return application.submissions.latest_first().first()


def _why_closed(application, now):
    """The sentence for a dossier that has no term at this instant."""
    if application.state == ApplicationState.RETURNED:
        return (
            f"Le complément était attendu jusqu'au {phrases.day(application.completion_due_on)} inclus : il n'a pas été "
            "déposé. Écrivez au contact de l'appel, qui peut fixer une nouvelle date."
        )
    call = application.call
    if not call.is_published(now) or now < call.opens_at:
        return f"L'appel n'est pas encore ouvert : le dépôt sera possible à partir du {phrases.instant(call.opens_at)}."
    last = terms.last_end(application) or call.opens_at
    return (
        f"Le dossier n'a pas été déposé : le dernier relevé de cet appel est clos depuis le {describe_deadline(last)}. "
        "Il reste enregistré, et ses réponses pourront servir dans un autre appel."
    )


def _keep(application, content, *, by, key, now, term):
    """The filing: a number nobody can guess, the archive of the dossier, its fingerprint, the words of its receipt."""
    submission = Submission(
        application=application,
        number=f"GEN-{clock.day_of(now).year}-{grouped(new_reference(12))}",
        idempotency_key=key,
        cut_off=application.cut_off,
        basis=term.basis,
        term_ends_at=term.ends_at,
        filed_at=now,
        filed_by=by,
        archive=content,
        sha256=archive.digest(content),
    )
    submission.receipt = receipts.build(submission)
    submission.save()
    return submission


def _filing_note(submission):
    note = f"Dépôt {submission.number}, {submission.cut_off}"
    return note if submission.basis == FilingBasis.ON_TIME else f"{note}, {submission.get_basis_display()}"


@transaction.atomic
def withdraw(application, *, by):
    """Take the dossier back: it is no longer in the running; it may be reopened, or another one started.

    A draft may always be given up; a filed one only while its cut-off is open for it, so that nobody is judged in part.
    """
    application = lock(application, *_WITHDRAWABLE)
    now, was_filed = clock.now(), application.submitted_at is not None
    if was_filed and now >= (end := terms.end_in(application, application.cut_off)):
        raise Refused(
            f"Le relevé est clos depuis le {describe_deadline(end)} : le dossier ne peut plus être retiré ici. "
            "Écrivez au contact de l'appel."
        )
    application.state = ApplicationState.WITHDRAWN
    application.ended_at = now
    application.save(update_fields=["state", "ended_at"])
    record(application, JournalAction.WITHDRAWN, by=by, at=now)
    if was_filed:
        emails.announce_withdrawal(application, by=by)
    return application


@transaction.atomic
def reopen(application, *, by):
    """Take a withdrawn dossier up again, with all it holds: a draft, to be filed anew, which makes another Submission.

    Refused once no cut-off is open for it, when its judgement had begun (its reviewers are not called back), and while its
    training has another live dossier in the call.
    """
    application = lock(application, ApplicationState.WITHDRAWN)
    now = clock.now()
    if terms.entry_of(application, now) is None:
        raise Refused("L'appel n'est plus ouvert : le dossier reste lisible, mais ne peut plus être repris.")
    if JournalEntry.objects.about(application).filter(action=JournalAction.REVIEW_STARTED).exists():
        raise Refused(
            "L'évaluation de ce dossier avait commencé : il ne peut pas être repris tel quel. Commencez un nouveau dossier "
            "pour la même formation, ses réponses y seront reprises."
        )
    application.state = ApplicationState.DRAFT
    application.cut_off = application.submitted_at = application.ended_at = None
    try:
        with transaction.atomic():
            application.save(update_fields=["state", "cut_off", "submitted_at", "ended_at"])
    except IntegrityError as error:
        other = Application.objects.live().of_call(application.call).filter(training=application.training).first()
        raise Refused(_other_live(other)) from error
    record(application, JournalAction.REOPENED, by=by, at=now)
    return application


def _other_live(other):
    reference = f" (dossier {grouped(other.reference)})" if other else ""
    return f"Cette formation a déjà un dossier en cours dans cet appel{reference} : c'est lui qu'il faut compléter."
