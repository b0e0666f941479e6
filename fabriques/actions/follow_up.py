"""The quarterly follow-up: campaigns that open by themselves and reminders that leave once.

`run_follow_up` runs every minute, in as many processes as one likes: unique constraints and the lock of the campaign's
row decide, never the clock that called (rules: docs/decisions/0010-suivi-trimestriel.md).
"""

from collections import defaultdict

from django.db import IntegrityError, transaction

from applications.models import MemberRole, Membership
from fabriques import emails
from fabriques.actions.progress import run_progress
from fabriques.models import FollowUpCampaign, FollowUpReport, JournalAction, Reminder
from fabriques.schedule import REMINDING_LASTS, due_on_for, quarters_to_open, step_on
from gen_portal.core import clock
from gen_portal.core.workflow import lock, record
from labelling.models import Label

#: Who is written to: those who may file.
RECIPIENT_ROLES = (MemberRole.OWNER, MemberRole.EDITOR)


def run_follow_up(now):
    """What the clock does every minute: open what must open, post what is due. Twice at once equals once."""
    open_due_campaigns(now)
    return post_due_reminders(now) + run_progress(now)


def open_due_campaigns(now):
    """Open the campaign of each finished quarter that has none; returns those opened by this call."""
    today = clock.day_of(now)
    latest = FollowUpCampaign.objects.latest_start()
    opened = (open_campaign(first_day, now) for first_day in quarters_to_open(today, latest))
    return [campaign for campaign in opened if campaign is not None]


def open_campaign(first_day, now):
    """One campaign with a report for each label in force on at least one day of its quarter.

    Nothing, and None, when no label owes a report or when another process has just opened it.
    """
    starts_on, ends_on = clock.quarter_of(first_day)
    labels = list(Label.objects.in_force_between(starts_on, ends_on).order_by("pk"))
    if not labels:
        return None
    try:
        return _create_campaign(starts_on, ends_on, labels, now)
    except IntegrityError:
        return None  # the other process holds the unique quarter


@transaction.atomic
def _create_campaign(starts_on, ends_on, labels, now):
    campaign = FollowUpCampaign.objects.create(
        starts_on=starts_on,
        ends_on=ends_on,
        due_on=due_on_for(max(ends_on, clock.day_of(now))),
        opened_at=now,
    )
    FollowUpReport.objects.bulk_create(FollowUpReport(campaign=campaign, label=label) for label in labels)
    record(campaign, JournalAction.CAMPAIGN_OPENED, by=None, at=now, note=f"{len(labels)} relevés attendus")
    return campaign


def post_due_reminders(now):
    """Post the reminders of the day of every campaign still reminding; returns how many e-mails were posted."""
    campaigns = FollowUpCampaign.objects.due_after(clock.day_of(now) - REMINDING_LASTS).order_by("pk")
    return sum(_remind(campaign, now) for campaign in campaigns)


@transaction.atomic
def _remind(campaign, now):
    """One campaign, under its lock: whoever comes second finds everything already posted."""
    campaign = lock(campaign)
    step = step_on(clock.day_of(now), opened_on=clock.day_of(campaign.opened_at), due_on=campaign.due_on)
    if step is None:
        return 0
    mails = _mails_to_post(campaign, step)
    reminders = []
    for (structure, recipient), reports in mails.items():
        email = emails.remind(campaign, step, structure, recipient, reports, now)
        reminders += [Reminder(report=report, step=step, recipient=recipient, email=email) for report in reports]
    Reminder.objects.bulk_create(reminders, batch_size=500)
    return len(mails)


def _mails_to_post(campaign, step):
    """The awaited reports to mention, by structure and recipient, without those already mentioned at this step."""
    by_structure = defaultdict(list)
    for report in campaign.reports.awaited().for_page():
        by_structure[report.label.training.structure].append(report)
    mentioned = set(Reminder.objects.at_step(campaign, step).values_list("report_id", "recipient_id"))
    members = Membership.objects.filter(structure__in=by_structure, role__in=RECIPIENT_ROLES, user__is_active=True)
    mails = {}
    structures = {structure.pk: structure for structure in by_structure}
    for member in members.select_related("user").order_by("structure_id", "pk"):
        structure = structures[member.structure_id]
        wanted = [report for report in by_structure[structure] if (report.pk, member.user_id) not in mentioned]
        if wanted:
            mails[structure, member.user] = wanted
    return mails
