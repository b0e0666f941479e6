"""The agenda of a meeting that is not over: filled from the dossiers under review, one added, taken off, moved, carried over.

item: (nothing) → waiting; waiting → adjourned (carry_over, to another meeting).
"""

from django.db import transaction

from applications.models import Application
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock_rows, record, record_many
from labelling.actions.meetings import check_runs, lock_item, lock_meeting
from labelling.models import AgendaItem, JournalAction
from labelling.models.agenda import dossiers_to_examine
from labelling.models.meeting import UNFINISHED_STATES, ItemState, MeetingState


@transaction.atomic
def build_agenda(meeting, *, by):
    """Put on the agenda, behind what is there, every dossier under review of the cut-off that no meeting has settled:
    open disagreements first, then by rank, second readings last. Refused when there is none."""
    added = _add(meeting, dossiers_to_examine(meeting, by), by)
    if not added:
        raise Refused("Aucun dossier en évaluation de ce relevé n'est à ajouter.")
    return added


@transaction.atomic
def add_item(meeting, *, reference, by):
    """Put one dossier at the end. Refused when it is not one that a meeting of this cut-off has to examine."""
    added = _add(meeting, dossiers_to_examine(meeting, by).filter(reference=reference), by)
    if not added:
        raise Refused("Ce dossier n'est pas à examiner dans ce relevé, ou il est déjà inscrit.")
    return added[0]


def _add(meeting, dossiers, by):
    lock_rows(Application.objects.filter(pk__in=list(dossiers.values_list("pk", flat=True))))
    meeting = lock_meeting(meeting, *UNFINISHED_STATES)
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    found = list(dossiers)
    last = meeting.items.last_position()
    added = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, application=application, reading=application.reading, position=position)
        for position, application in enumerate(found, start=last + 1)
    )
    record_many(found, JournalAction.AGENDA_ADDED, by=by, at=now)
    return added


@transaction.atomic
def remove_item(item, *, by):
    """Take a point off that nobody has examined; its dossier may come back, here or in another meeting."""
    item = _lock_waiting(item, by)
    application = item.application
    item.delete()
    record(application, JournalAction.AGENDA_REMOVED, by=by)
    return application


@transaction.atomic
def move_item(item, *, is_up, by):
    """Change places with the point waiting before or after; at an end nothing happens."""
    item = _lock_waiting(item, by)
    other = item.meeting.items.neighbour(item, is_before=is_up)
    if other is None:
        return item
    item.position, other.position = other.position, item.position
    item.save(update_fields=["position"])
    other.save(update_fields=["position"])
    record(item.application, JournalAction.AGENDA_MOVED, by=by)
    return item


@transaction.atomic
def carry_over(meeting, *, to, by):
    """What an adjourned meeting has not examined goes to another one of the same cut-off, in the same order.

    Refused to a meeting that is over, or of another cut-off.
    """
    lock_rows(Application.objects.filter(agenda_items__in=meeting.items.waiting()))
    first, second = sorted((meeting, to), key=lambda each: each.pk)
    locked = {each.pk: lock_meeting(each) for each in (first, second)}
    meeting, to = locked[meeting.pk], locked[to.pk]
    now = clock.now()
    check_runs(by, meeting.cut_off.call, now)
    if meeting.state != MeetingState.ADJOURNED:
        raise Refused("Suspendez d'abord la séance : seuls les points d'une séance suspendue se reportent.")
    if to.pk == meeting.pk or to.cut_off_id != meeting.cut_off_id or not to.is_unfinished:
        raise Refused("Choisissez une autre séance de ce relevé, qui ne soit pas close.")
    left = list(meeting.items.waiting().in_order().select_related("application"))
    if not left:
        raise Refused("Tous les points ont été examinés : il n'y a rien à reporter.")
    meeting.items.waiting().update(state=ItemState.ADJOURNED, settled_at=now)
    last = to.items.last_position()
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=to, application=item.application, reading=item.reading, position=position)
        for position, item in enumerate(left, start=last + 1)
    )
    record_many([item.application for item in left], JournalAction.AGENDA_CARRIED, by=by, at=now)
    return to


def _lock_waiting(item, by):
    if item.meeting.state not in UNFINISHED_STATES:
        raise Refused("La séance est close : son ordre du jour ne change plus.")
    item = lock_item(item, ItemState.WAITING, meeting_state=item.meeting.state)
    check_runs(by, item.meeting.cut_off.call, clock.now())
    return item
