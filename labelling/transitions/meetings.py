"""The life of a meeting, and who comes and goes.

meeting: planned → open (open_meeting) → adjourned (adjourn_meeting) ⇄ open (resume_meeting) → closed (close_meeting).
"""

from django.db import transaction
from django.db.models import Max

from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record, record_many
from labelling.actions.meetings import check_runs, check_sits, lock_meeting
from labelling.models import Attendance, CommitteeMeeting, JournalAction, Sitting
from labelling.models.meeting import ItemState, MeetingState


@transaction.atomic
def plan_meeting(cut_off, *, planned_at, place, chair, quorum, by, secretary=None):
    """Give a cut-off one more meeting.

    Refused to who may not run it, for an instant gone by, without a place, to a chair or secretary who is no member.
    """
    cut_off = lock(cut_off)
    now = clock.now()
    check_runs(by, cut_off.call, now)
    if planned_at <= now:
        raise Refused("Donnez un instant à venir.")
    if not place.strip():
        raise Refused("Dites où la séance se tient, ou son adresse de visioconférence.")
    if quorum < 1:
        raise Refused("Le quorum est d'au moins un membre.")
    for person in filter(None, (chair, secretary)):
        check_sits(person, now)
    last = cut_off.meetings.aggregate(last=Max("number"))["last"] or 0
    meeting = CommitteeMeeting.objects.create(
        cut_off=cut_off, number=last + 1, planned_at=planned_at, place=place.strip(), chair=chair,
        secretary=secretary, quorum=quorum,
    )  # fmt: skip
    record(meeting, JournalAction.MEETING_PLANNED, by=by, at=now, note=str(meeting))
    return meeting


@transaction.atomic
def open_meeting(meeting, *, by):
    """The meeting begins. Refused to who may not run it."""
    meeting = lock_meeting(meeting, MeetingState.PLANNED)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    Sitting.objects.create(meeting=meeting, began_at=now)
    meeting.state, meeting.opened_at = MeetingState.OPEN, now
    meeting.save(update_fields=["state", "opened_at"])
    record(meeting, JournalAction.MEETING_OPENED, by=by, at=now)
    return meeting


@transaction.atomic
def adjourn_meeting(meeting, *, by):
    """The meeting breaks off, everybody leaves. Refused while a point is live."""
    meeting = lock_meeting(meeting, MeetingState.OPEN)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    _check_nothing_live(meeting)
    _break_off(meeting, now)
    meeting.state = MeetingState.ADJOURNED
    meeting.save(update_fields=["state"])
    record(meeting, JournalAction.MEETING_ADJOURNED, by=by, at=now)
    return meeting


@transaction.atomic
def resume_meeting(meeting, *, by):
    """The meeting goes on; its members come back one by one."""
    meeting = lock_meeting(meeting, MeetingState.ADJOURNED)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    Sitting.objects.create(meeting=meeting, began_at=now)
    meeting.state = MeetingState.OPEN
    meeting.save(update_fields=["state"])
    record(meeting, JournalAction.MEETING_RESUMED, by=by, at=now)
    return meeting


@transaction.atomic
def close_meeting(meeting, *, by):
    """The meeting is over: nothing of it changes any more. What it did not examine is left to another one.

    Refused while a point is live.
    """
    meeting = lock_meeting(meeting, MeetingState.OPEN, MeetingState.ADJOURNED)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    _check_nothing_live(meeting)
    _break_off(meeting, now)
    left = list(meeting.items.waiting().select_related("application"))
    meeting.items.waiting().update(state=ItemState.ADJOURNED, settled_at=now)
    record_many([item.application for item in left], JournalAction.AGENDA_CARRIED, by=by, at=now)
    meeting.state, meeting.closed_at = MeetingState.CLOSED, now
    meeting.save(update_fields=["state", "closed_at"])
    record(meeting, JournalAction.MEETING_CLOSED, by=by, at=now)
    return meeting


@transaction.atomic
def arrive(meeting, *, person, by):
    """Somebody takes their place; twice is once. Refused to no member, and to anybody who says it for another person
    without running the meeting."""
    meeting = lock_meeting(meeting, MeetingState.OPEN)
    now = clock.now()
    if by.pk != person.pk:
        check_runs(by, meeting.cut_off.call, now)
    check_sits(person, now)
    if (here := meeting.attendances.present().of(person).first()) is not None:
        return here
    here = Attendance.objects.create(meeting=meeting, person=person, arrived_at=now)
    record(meeting, JournalAction.MEMBER_ARRIVED, by=by, at=now, note=str(person))
    return here


@transaction.atomic
def leave(meeting, *, person, by):
    """Somebody leaves; the votes they cast stay cast."""
    meeting = lock_meeting(meeting, MeetingState.OPEN)
    now = clock.now()
    if by.pk != person.pk:
        check_runs(by, meeting.cut_off.call, now)
    here = meeting.attendances.present().of(person).first()
    if here is None:
        raise Refused(f"{person} n'est pas en séance.")
    here.left_at = now
    here.save(update_fields=["left_at"])
    record(meeting, JournalAction.MEMBER_LEFT, by=by, at=now, note=str(person))
    return here


def _check_nothing_live(meeting):
    if meeting.items.live().exists():
        raise Refused("Un point est en cours d'examen : concluez-le, ou interrompez-le.")


def _break_off(meeting, at):
    meeting.attendances.present().update(left_at=at)
    meeting.sittings.filter(ended_at=None).update(ended_at=at)
