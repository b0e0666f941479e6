"""The ledger of filing: one line per attempt, written whatever became of it, and never changed (safety.md C6)."""

from applications.models import AttemptResult, AttemptStep, FilingAttempt
from gen_portal.core import clock


def note(application, *, by, step, result, detail="", submission=None, request_id="", at=None):
    """Add a line. Called inside the transaction of what succeeds, and after the rollback of what is refused."""
    return FilingAttempt.objects.create(
        application=application,
        by=by,
        at=at or clock.now(),
        step=step,
        result=result,
        state=application.state,
        detail=detail,
        submission=submission,
        request_id=request_id[:80],
    )


def opened(application, *, by, request_id=""):
    """The page from which one files was shown: a filing begins there (`terms`, grace)."""
    return note(application, by=by, step=AttemptStep.OPENED, result=AttemptResult.SHOWN, request_id=request_id)


def turned_away(application, *, by, request_id=""):
    """Somebody without the right to file tried to."""
    return note(
        application,
        by=by,
        step=AttemptStep.SUBMIT,
        result=AttemptResult.REFUSED,
        detail="Seule une personne responsable de la structure peut déposer.",
        request_id=request_id,
    )
