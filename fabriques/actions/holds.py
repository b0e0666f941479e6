"""Keep back the reminders of a campaign or of a structure, and let them go: none lost, none twice."""

from django.db import IntegrityError, transaction

from fabriques.actions.fuse import allow
from fabriques.actions.reminders import lock_running
from fabriques.models import JournalAction, Reminder, ReminderHold
from fabriques.planning import forecast
from gen_portal.core import clock, holding
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def hold_reminders(*, by, note, campaign=None, structure=None):
    """From now on nothing leaves for this campaign, or to this structure: what waits is kept, nothing new is posted.

    Refused when it is held already.
    """
    now = clock.now()
    lock_running(now)
    try:
        with transaction.atomic():
            hold = ReminderHold.objects.create(
                campaign=campaign, structure=structure, note=note, held_at=now, held_by=by
            )
    except IntegrityError as error:
        raise Refused("Ces relances sont déjà retenues : rechargez la page.") from error
    count = holding.hold(_mails_under(hold), at=now)
    record(hold, JournalAction.REMINDERS_HELD, by=by, at=now, note=f"{hold.campaign or hold.structure} : {note} "
           f"({count} courriels en attente retenus)")  # fmt: skip
    return hold


@transaction.atomic
def release_hold(hold, *, by):
    """Let the reminders go: those kept leave in working hours if their step is still that of the day, and the next run
    posts what is due. Whoever releases knows of them: they do not blow the fuse. Refused when it is released already.
    """
    now = clock.now()
    lock_running(now)
    hold = lock(hold)
    if hold.released_at is not None:
        raise Refused("Cette retenue est déjà levée : rechargez la page.")
    before = {mail.key for mail in forecast(now)}
    hold.released_at, hold.released_by = now, by
    hold.save(update_fields=["released_at", "released_by"])
    allow({mail.key: mail.leaves_on.isoformat() for mail in forecast(now) if mail.key not in before}, now, by=by)
    _release_mails(hold)
    record(hold, JournalAction.REMINDERS_RELEASED, by=by, at=now, note=f"{hold.campaign or hold.structure}")
    return hold


def _mails_under(hold):
    """The mails about a held campaign or to a held structure."""
    return OutgoingEmail.objects.filter(pk__in=Reminder.objects.under(hold).values("email_id"))


def _release_mails(hold):
    """Those this hold keeps: another hold that covers them keeps them instead."""
    kept = OutgoingEmail.objects.filter(held_at=hold.held_at)
    for other in ReminderHold.objects.live():
        kept.held().filter(pk__in=_mails_under(other).values("pk")).update(held_at=other.held_at)
    holding.release(kept)
