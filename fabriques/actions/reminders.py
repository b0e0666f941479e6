"""A run of the reminders: what is planned now is compared with what was foreseen, then posted once, or nothing is.

Every run holds the rows of the campaigns that still remind: the second one finds everything already posted.
"""

from django.db import IntegrityError, transaction

from fabriques import emails, letters, point_planning
from fabriques.models import FrozenForecast, FuseTrip, JournalAction, ProgressRequest, Reminder
from fabriques.planning import PlannedMail, planned_mails, running_campaigns, steps_by_name
from fabriques.point_planning import PlannedPoint, planned_points
from fabriques.runs import foreseen_mails
from gen_portal.core import clock, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.workflow import record

#: How much a day may pass its forecast: 5 mails for 100.
ALLOWANCE_PERCENT = 5


def post_due_reminders(now):
    """Post the reminders that are due, once a day after saying what the week will be; returns how many were posted.

    Nothing leaves while a blown fuse waits for staff, and this run may blow it.
    """
    freeze_forecast(now)
    return _post_due(now)


def freeze_forecast(now):
    """Keep the forecast of the next seven days, at the first run of each day; what leaves later is compared with it."""
    today = clock.day_of(now)
    if FrozenForecast.objects.of_clock(today).exists():
        return
    mails = {mail.key: mail.leaves_on.isoformat() for mail in foreseen_mails(now)}
    try:
        with transaction.atomic():
            FrozenForecast.objects.create(day=today, frozen_at=now, mails=mails)
    except IntegrityError:
        pass  # another run has just frozen it


@transaction.atomic
def _post_due(now):
    lock_running(now)
    if FuseTrip.objects.open().exists():
        return 0
    planned = [*planned_mails(now), *planned_points(now)]
    if not planned:
        return 0
    if unforeseen := unforeseen_mails(planned, now):
        _blow(planned, unforeseen, now)
        return 0
    _post(planned, now)
    return len(planned)


def lock_running(now):
    """Hold every campaign that still reminds and every request for points, in one order: runs and holds come one after the
    other."""
    asked = ProgressRequest.objects.order_by("pk").select_for_update(of=("self",), no_key=True)
    return [*running_campaigns(now).select_for_update(of=("self",), no_key=True), *asked]


def unforeseen_mails(planned, now):
    """The planned mails that nobody foresaw, when the day's are too many; none when the run may go on.

    The whole day counts (legal time): what nobody foresaw, sent or about to be, may not pass 5 % of what was.
    """
    today = clock.day_of(now)
    foreseen = FrozenForecast.objects.foreseen_on(today)
    unforeseen = [mail for mail in planned if mail.key not in foreseen]
    if not unforeseen:
        return []
    day = (clock.start_of(today), clock.end_of(today))
    keys = [key for kind in (emails.KIND, letters.POINT_KIND) for key in OutgoingEmail.objects.keys_posted(kind, *day)]
    posted = {key.removeprefix("follow-up:") for key in keys}
    expected = {key for key, day in foreseen.items() if day == today.isoformat()}
    expected |= {mail.key for mail in planned if mail.key in foreseen} | (posted & foreseen.keys())
    excess = len(unforeseen) + len(posted - foreseen.keys())
    return unforeseen if 100 * excess > ALLOWANCE_PERCENT * len(expected) else []


def _blow(planned, unforeseen, now):
    """Stop before anything is posted, keep what would have left, tell staff."""
    today = clock.day_of(now)
    foreseen = [day for day in FrozenForecast.objects.foreseen_on(today).values() if day == today.isoformat()]
    trip = FuseTrip.objects.create(
        tripped_at=now,
        foreseen_count=len(foreseen),
        planned_count=len(planned),
        mails=[_in_words(mail) for mail in unforeseen],
    )
    record(trip, JournalAction.FUSE_BLOWN, by=None, at=now, note=f"{len(unforeseen)} courriels imprévus")
    emails.tell_fuse(trip, now)


def _in_words(mail):
    """What staff read of a mail that did not leave; kept as it was then."""
    return {
        "key": mail.key,
        "leaves_on": mail.leaves_on.isoformat(),
        "recipient": str(mail.user),
        "address": mail.user.email,
        "why": mail.why,
        "structure": mail.about_name,
        "step": mail.step.label,
        "report_count": len(mail.reports),
    }


def _post(everything, now):
    """Rows of the outbox and of the reminders, in set statements whatever their number."""
    points = [mail for mail in everything if isinstance(mail, PlannedPoint)]
    outbox.post_many([letters.point_reminder(mail, point_planning.key_of(mail)) for mail in points], at=now)
    planned = [mail for mail in everything if isinstance(mail, PlannedMail)]
    steps = {campaign: steps_by_name(campaign) for campaign in {mail.campaign for mail in planned}}
    outbox.post_many([emails.reminder(mail, steps[mail.campaign][mail.step]) for mail in planned], at=now)
    rows = OutgoingEmail.objects.filter(key__in=[emails.key_of(mail) for mail in planned])
    ids = dict(rows.values_list("key", "pk"))
    Reminder.objects.bulk_create(
        (
            Reminder(report=report, step=mail.step, recipient=mail.recipient.user, email_id=ids[emails.key_of(mail)])
            for mail in planned
            for report in mail.reports
        ),
        batch_size=500,
    )
