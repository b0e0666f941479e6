"""The quarterly follow-up: campaigns that open by themselves and reminders that leave once.

`run_follow_up` runs every minute, in as many processes as one likes: unique constraints and the lock of the campaigns'
rows decide, never the clock that called (rules: docs/decisions/0010-suivi-trimestriel.md).
"""

from django.db import IntegrityError, transaction

from fabriques.actions.progress import open_due_points
from fabriques.actions.reminders import post_due_reminders
from fabriques.models import CampaignStep, FollowUpCampaign, FollowUpReport, JournalAction
from fabriques.planning import campaign_to_open, owing_labels, steps_by_name
from fabriques.schedule import quarters_to_open
from gen_portal.core import clock
from gen_portal.core.workflow import record


def run_follow_up(now):
    """What the clock does every minute: open what must open, post what is due. Twice at once equals once."""
    open_due_campaigns(now)
    open_due_points(now)
    return post_due_reminders(now)


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
    campaign = campaign_to_open(first_day, now)
    labels = owing_labels(campaign.starts_on, campaign.ends_on)
    if not labels:
        return None
    try:
        return _create_campaign(campaign, labels)
    except IntegrityError:
        return None  # the other process holds the unique quarter


@transaction.atomic
def _create_campaign(campaign, labels):
    """The campaign follows the steps and texts of the latest one, so what staff set stays set."""
    set_by_staff = [row for row in steps_by_name(campaign).values() if row.pk]
    campaign.save()
    CampaignStep.objects.bulk_create(
        CampaignStep(
            campaign=campaign, step=row.step, is_on=row.is_on, day_offset=row.day_offset,
            subject_line=row.subject_line, text=row.text,
        )
        for row in set_by_staff
    )  # fmt: skip
    FollowUpReport.objects.bulk_create(FollowUpReport(campaign=campaign, label=label) for label in labels)
    note = f"{len(labels)} relevés attendus"
    record(campaign, JournalAction.CAMPAIGN_OPENED, by=None, at=campaign.opened_at, note=note)
    return campaign
