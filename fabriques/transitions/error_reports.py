"""What becomes of a mistake told by a reader.

error report: open → corrected (correct_error), dismissed (dismiss_error).
"""

from django.db import transaction

from fabriques.models import ErrorState, JournalAction
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


def correct_error(report, *, by, note=""):
    """What was wrong is put right; who told it is forgotten. Refused once it is closed."""
    return _close(report, ErrorState.CORRECTED, JournalAction.ERROR_CORRECTED, by=by, note=note)


def dismiss_error(report, *, by, note):
    """Nothing is wrong, or nothing can be done: a word says why. Refused once it is closed, and without a word."""
    if not note.strip():
        raise Refused("Dites en un mot pourquoi ce signalement reste sans suite.")
    return _close(report, ErrorState.DISMISSED, JournalAction.ERROR_DISMISSED, by=by, note=note)


@transaction.atomic
def _close(report, state, action, *, by, note):
    report = lock(report, ErrorState.OPEN)
    now = clock.now()
    report.state, report.closed_at, report.closed_by, report.note = state, now, by, note.strip()
    report.name = report.email = ""
    report.save(update_fields=["state", "closed_at", "closed_by", "note", "name", "email"])
    record(report, action, by=by, at=now, note=report.note)
    return report
