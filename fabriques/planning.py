"""Who will receive which reminder, when and why: one computation for the forecast and for what is sent.

`planned_mails(now, until)` reads rows and takes its instants as arguments: at `until = now` it is what a run sends, over
seven days it is the forecast. The two cannot differ but by what changes in between.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from applications.models import Structure
from fabriques.models import (
    FORECAST_DAYS,
    CampaignStep,
    FollowUpCampaign,
    FollowUpReport,
    FuseTrip,
    Reminder,
    ReminderHold,
    ReminderStep,
)
from fabriques.recipients import Recipient, recipients_by_structure
from fabriques.schedule import EVERY_STEP, REMINDING_LASTS, due_on_for, owes_report, quarters_to_open, step_on
from gen_portal.core import clock
from gen_portal.core.working_time import Place, place_of, working_moments
from labelling.models import Label

#: How long a mail that staff set aside is remembered: longer than any campaign reminds.
SET_ASIDE_LASTS = timedelta(days=120)


@dataclass(frozen=True)
class PlannedMail:
    """One mail: to whom and why, about which reports, at which step, and the first instant at which it may leave."""

    campaign: FollowUpCampaign
    step: ReminderStep
    structure: Structure
    recipient: Recipient
    reports: tuple
    leaves_at: datetime

    @property
    def key(self):
        """The same in a forecast made before the campaign exists and in the run that sends."""
        return mail_key(self.campaign, self.step, self.structure, self.recipient.user)

    @property
    def place(self) -> Place:
        return place_of(self.structure.commune)

    @property
    def leaves_on(self) -> date:
        """In legal time."""
        return clock.day_of(self.leaves_at)

    @property
    def user(self):
        return self.recipient.user

    @property
    def why(self):
        return self.recipient.why

    @property
    def about_name(self):
        return self.structure.name

    @property
    def period(self):
        return str(self.campaign)


def mail_key(campaign, step, structure, user):
    return f"{campaign.starts_on:%Y-%m}:{step}:{structure.pk}:{user.pk}"


def planned_mails(now, until=None):
    """Every mail that may leave in [now, until], in the order in which they leave; those due now without `until`.

    Nothing for a report that was filed or is owed no longer, for a campaign or a structure that is held, for an address
    that does not receive, nor for what staff set aside when the fuse blew.
    """
    until = until or now
    batches = [*_running(now), *_coming(now, until)]
    batches = [(campaign, reports) for campaign, reports in batches if reports]
    if not batches:
        return []
    structures = {report.label.training.structure for _, reports in batches for report in reports}
    people = recipients_by_structure(structures)
    mentioned = Reminder.objects.mentioned([campaign for campaign, _ in batches if campaign.pk])
    planned = [mail for campaign, reports in batches
               for mail in _mails_of(campaign, reports, people, mentioned, now, until)]  # fmt: skip
    set_aside = FuseTrip.objects.set_aside_keys(now - SET_ASIDE_LASTS)
    kept = [mail for mail in planned if mail.key not in set_aside]
    return sorted(
        kept, key=lambda mail: (mail.leaves_at, mail.structure.name, mail.structure.pk, mail.recipient.user.pk)
    )


def forecast(now):
    """What will leave in the next seven days if nothing changes."""
    return planned_mails(now, now + timedelta(days=FORECAST_DAYS))


def mails_at_step(campaign, step, now):
    """The mails of a step as if its turn came now, to try its text on real people; sent or not yet."""
    reports = list(campaign.reports.awaited().for_reminding())
    people = recipients_by_structure({report.label.training.structure for report in reports})
    by_structure = _by_structure(reports)
    return [
        PlannedMail(campaign, step, structure, recipient, tuple(its_reports), now)
        for structure, its_reports in by_structure.items()
        for recipient in people[structure.pk]
    ]


def unreachable_structures(now):
    """Structures with awaited reports of which nobody can be written to, by name: staff reach them otherwise."""
    reports = [report for _, reports in _running(now) for report in reports]
    people = recipients_by_structure({report.label.training.structure for report in reports})
    found = {report.label.training.structure for report in reports if not people[report.label.training.structure.pk]}
    return sorted(found, key=lambda structure: (structure.name, structure.pk))


def running_campaigns(now):
    """Campaigns that may still have something to post."""
    return FollowUpCampaign.objects.due_after(clock.day_of(now) - REMINDING_LASTS).order_by("pk")


def offsets_of(campaign):
    """Days of each step that is on, from the due day: what staff set for this campaign, the schedule otherwise.

    A campaign to come takes over what was set for the latest one.
    """
    return {step: row.day_offset for step, row in steps_by_name(campaign).items() if row.is_on}


def steps_by_name(campaign):
    """A row, saved or not, for every step, in order."""
    source = campaign if campaign.pk else FollowUpCampaign.objects.latest_first().first()
    rows = {row.step: row for row in CampaignStep.objects.filter(campaign=source)} if source else {}
    return {
        step: rows.get(step) or CampaignStep(campaign=campaign, step=step, day_offset=offset)
        for step, offset in EVERY_STEP.items()
    }


def owing_labels(first, until):
    """Labels that owe a report on the quarter [first, until), with what a mail says of them."""
    labels = Label.objects.in_force_between(first, until).select_related("training__structure__commune")
    labels = labels.prefetch_related("events").order_by("title", "pk")
    return [label for label in labels if owes_report(label, first, until)]


def campaign_to_open(first_day, now):
    """The campaign of a finished quarter as it will be when it opens: at the beginning of the next one, or at once."""
    starts_on, ends_on = clock.quarter_of(first_day)
    opened_at = max(now, clock.start_of(ends_on))
    return FollowUpCampaign(
        starts_on=starts_on, ends_on=ends_on, due_on=due_on_for(clock.day_of(opened_at)), opened_at=opened_at
    )


def _running(now):
    held = set(ReminderHold.objects.live().values_list("campaign_id", "structure_id"))
    structures = {structure for _, structure in held if structure}
    for campaign in running_campaigns(now):
        if (campaign.pk, None) not in held:
            awaited = campaign.reports.awaited().for_reminding()
            yield campaign, [report for report in awaited if _is_to_mention(report, structures)]


def _is_to_mention(report, held_structures):
    if report.label.training.structure_id in held_structures:
        return False
    return owes_report(report.label, report.campaign.starts_on, report.campaign.ends_on)


def _coming(now, until):
    """Campaigns that open before `until`, with the reports they will ask for."""
    if until == now:
        return
    held = set(ReminderHold.objects.live().values_list("structure_id", flat=True))
    for first_day in quarters_to_open(clock.day_of(until), FollowUpCampaign.objects.latest_start()):
        campaign = campaign_to_open(first_day, now)
        labels = owing_labels(campaign.starts_on, campaign.ends_on)
        yield campaign, [FollowUpReport(campaign=campaign, label=label) for label in labels
                         if label.training.structure_id not in held]  # fmt: skip


def _mails_of(campaign, reports, people, mentioned, now, until):
    """One mail per step, structure and person, about the reports not mentioned to that person at that step."""
    offsets, moments = offsets_of(campaign), {}
    for structure, its_reports in _by_structure(reports).items():
        place = place_of(structure.commune)
        if place not in moments:
            moments[place] = steps_to_post(campaign, offsets, place, now, until)
        for step, at in moments[place]:
            for recipient in people[structure.pk]:
                wanted = tuple(report for report in its_reports
                               if (report.pk, step, recipient.user.pk) not in mentioned)  # fmt: skip
                if wanted:
                    yield PlannedMail(campaign, step, structure, recipient, wanted, at)


def _by_structure(reports):
    by_structure = defaultdict(list)
    for report in reports:
        by_structure[report.label.training.structure].append(report)
    return by_structure


def steps_to_post(asked, offsets, place, now, until):
    """Each step whose turn comes at this place in [now, until], with the first instant at which it may leave.

    `asked`: a campaign or a progress point, with the instant at which it opened and its due day.
    """
    first_at, opened_on = {}, clock.day_of(asked.opened_at)
    for day, at in working_moments(place, max(now, asked.opened_at), until):
        step = step_on(day, opened_on=opened_on, due_on=asked.due_on, offsets=offsets, place=place)
        if step is not None:
            first_at.setdefault(step, at)
    return list(first_at.items())
