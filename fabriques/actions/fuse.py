"""What staff do when the fuse has blown: let everything leave, or set aside what nobody foresaw."""

from django.db import transaction

from fabriques.models import FrozenForecast, FuseOutcome, JournalAction
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def release_fuse(trip, *, by):
    """These mails were right: they count as foreseen from now on, and the next run posts all that is due.

    Refused when the decision is already taken. A step that another one has replaced meanwhile is not caught up.
    """
    trip, now = _settle(trip, FuseOutcome.RELEASED, by)
    allow({mail["key"]: mail["leaves_on"] for mail in trip.mails}, now, by=by)
    record(trip, JournalAction.FUSE_RELEASED, by=by, at=now, note=f"{len(trip.mails)} courriels imprévus admis")
    return trip


@transaction.atomic
def set_aside_unforeseen(trip, *, by):
    """These mails were wrong: they never leave at that step; the foreseen ones leave with the next run.

    Refused when the decision is already taken.
    """
    trip, now = _settle(trip, FuseOutcome.SET_ASIDE, by)
    record(trip, JournalAction.FUSE_SET_ASIDE, by=by, at=now, note=f"{len(trip.mails)} courriels imprévus écartés")
    return trip


def allow(mails, now, *, by):
    """Somebody knows of these mails (key and day of each): they are no surprise to the fuse."""
    if mails:
        FrozenForecast.objects.create(day=clock.day_of(now), frozen_at=now, by=by, mails=mails)


def _settle(trip, outcome, by):
    trip = lock(trip)
    if trip.settled_at is not None:
        raise Refused(f"C'est déjà décidé : {trip.get_outcome_display()}. Rechargez la page.")
    now = clock.now()
    trip.outcome, trip.settled_at, trip.settled_by = outcome, now, by
    trip.save(update_fields=["outcome", "settled_at", "settled_by"])
    return trip, now
