"""Sealing the minutes of a closed meeting: from then on its record is kept, with its fingerprint."""

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.workflow import Refused, record
from labelling import minutes
from labelling.actions.meetings import check_runs, lock_meeting
from labelling.line_minutes import told_lines
from labelling.models import JournalAction, Minutes
from labelling.models.meeting import MeetingState


@transaction.atomic
def seal_minutes(meeting, *, by, lines=None):
    """Write the record of a closed meeting and its SHA-256; the journal keeps the latter too. Refused twice.

    `lines` are the sentences told of the label and money lines, those of the cut-off as they are now unless given.
    """
    meeting = lock_meeting(meeting, MeetingState.CLOSED)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    if Minutes.objects.filter(meeting=meeting).exists():
        raise Refused("Le procès-verbal de cette séance est déjà scellé.")
    lines = told_lines(meeting.cut_off) if lines is None else lines
    text = minutes.text_of(minutes.build(meeting, lines))
    sealed = Minutes.objects.create(
        meeting=meeting, record=text, sha256=minutes.seal_of(text), sealed_at=now, sealed_by=by
    )
    record(meeting, JournalAction.MINUTES_SEALED, by=by, at=now, note=sealed.sha256)
    return sealed
