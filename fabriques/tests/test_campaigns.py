"""Campaigns open by themselves for the labels that owe a report; reminders leave once, and never to those who have filed."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Count

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques.actions import follow_up, reminders
from fabriques.models import FollowUpCampaign, FollowUpReport, Reminder, ReminderStep
from fabriques.tests.factories import IN_FORCE, FollowUpCampaignFactory, FollowUpReportFactory
from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry
from labelling.models import LabelEventKind
from labelling.tests.factories_decisions import LabelFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.PARIS)


#: A label's first day, its first day without label, the day it was given up; whether it reports on October–December 2025.
HISTORY = [
    ("before, still in force", date(2025, 2, 1), date(2028, 2, 1), None, True),
    ("began on the last day", date(2025, 12, 31), date(2028, 12, 31), None, True),
    ("began on the morrow", date(2026, 1, 1), date(2029, 1, 1), None, False),
    ("ended on the first day", date(2022, 10, 2), date(2025, 10, 2), None, True),
    ("ended the day before", date(2022, 10, 1), date(2025, 10, 1), None, False),
    ("given up during it", date(2025, 2, 1), date(2028, 2, 1), date(2025, 11, 15), True),
    ("given up on its first day", date(2025, 2, 1), date(2028, 2, 1), date(2025, 10, 1), False),
    ("given up after it", date(2025, 2, 1), date(2028, 2, 1), date(2026, 1, 2), True),
]


@pytest.mark.parametrize(("case", "starts_on", "ends_on", "given_up_on", "owes"), HISTORY)
def test_who_owes_a_report(frozen_clock, case, starts_on, ends_on, given_up_on, owes):
    label = LabelFactory(starts_on=starts_on, ends_on=ends_on)
    if given_up_on:
        label.events.create(kind=LabelEventKind.GIVEN_UP, effective_on=given_up_on, known_at=at(given_up_on))

    campaign = follow_up.open_campaign(date(2025, 10, 1), at(date(2026, 1, 1)))

    reports = campaign.reports.count() if campaign else 0
    assert reports == int(owes), case


def test_a_campaign_opens_once_and_leaves_a_trace(frozen_clock):
    LabelFactory(starts_on=date(2025, 2, 1), ends_on=date(2028, 2, 1))

    first = follow_up.open_due_campaigns(at(date(2026, 1, 1)))
    second = follow_up.open_due_campaigns(at(date(2026, 1, 1)))

    campaign = FollowUpCampaign.objects.get()
    assert (len(first), second) == (1, [])
    assert (campaign.starts_on, campaign.due_on) == (date(2025, 10, 1), date(2026, 1, 30))
    assert JournalEntry.objects.about(campaign).get().note == "1 relevés attendus"


def test_after_an_outage_structures_still_have_thirty_days(frozen_clock):
    LabelFactory(starts_on=date(2025, 2, 1), ends_on=date(2028, 2, 1))

    follow_up.open_due_campaigns(at(date(2026, 2, 20)))

    assert FollowUpCampaign.objects.get().due_on == date(2026, 3, 21)


def test_nothing_opens_without_labels():
    assert follow_up.open_due_campaigns(at(date(2026, 1, 1))) == []
    assert FollowUpCampaign.objects.count() == 0


@pytest.fixture
def awaited(frozen_clock):
    """Two awaited reports of one structure with an owner, an editor and a reader; due on 30 January 2026."""
    first = FollowUpReportFactory()
    structure = first.label.training.structure
    second = FollowUpReportFactory(label=LabelFactory(decision__application__training__structure=structure, **IN_FORCE))
    MembershipFactory(structure=structure, role=MemberRole.EDITOR)
    MembershipFactory(structure=structure, role=MemberRole.READER)
    return [first, second]


def posted_by_step():
    """(reports, e-mails) by step, as a person reads them."""
    rows = Reminder.objects.order_by("step").values_list("step")
    counted = rows.annotate(lines=Count("pk"), mails=Count("email", distinct=True))
    return {step: (lines, mails) for step, lines, mails in counted}


def test_one_mail_per_person_mentions_every_report(awaited, mails):
    count = reminders.post_due_reminders(at(date(2026, 1, 15)))

    posted = mails(kind="follow_up_reminder")
    assert count == len(posted) == 2
    assert posted_by_step() == {ReminderStep.FIFTEEN_BEFORE: (4, 2)}
    assert [row.text_body.count(report.reference) for row in posted for report in awaited] == [1, 1, 1, 1]


def test_the_minute_after_posts_nothing_more(awaited):
    reminders.post_due_reminders(at(date(2026, 1, 15)))

    assert reminders.post_due_reminders(at(date(2026, 1, 15), hour=10)) == 0
    assert reminders.post_due_reminders(at(date(2026, 1, 16))) == 0
    assert posted_by_step() == {ReminderStep.FIFTEEN_BEFORE: (4, 2)}


def test_a_filed_report_is_not_mentioned(awaited):
    FollowUpReport.objects.filter(pk=awaited[0].pk).update(
        filed_at=at(date(2026, 1, 10)), **dict.fromkeys(follow_up_figures(), 0)
    )

    reminders.post_due_reminders(at(date(2026, 1, 15)))

    assert set(Reminder.objects.values_list("report", flat=True)) == {awaited[1].pk}


def follow_up_figures():
    return [field.name for field in FollowUpReport._meta.get_fields() if field.name.endswith("_count")]


def test_after_an_outage_one_reminder_leaves_not_three(awaited):
    reminders.post_due_reminders(at(date(2026, 1, 26), 23))  # then the portal is down for 26 hours

    count = reminders.post_due_reminders(at(date(2026, 1, 28), 9))

    assert count == 2
    assert posted_by_step() == {ReminderStep.THREE_BEFORE: (4, 2)}


def test_every_step_of_a_silent_structure_leaves_once(awaited):
    day = date(2026, 1, 1)
    while day < date(2026, 3, 31):
        for hour in (0, 8, 23):
            follow_up.run_follow_up(at(day, hour))
        day += timedelta(days=1)

    assert posted_by_step() == dict.fromkeys(ReminderStep, (4, 2))


@pytest.mark.parametrize(
    ("overseas", "now", "count"),
    [
        (False, datetime(2026, 1, 15, 7, 59, tzinfo=clock.PARIS), 0),
        (False, datetime(2026, 1, 15, 8, tzinfo=clock.PARIS), 1),
        (False, datetime(2026, 1, 15, 17, 59, tzinfo=clock.PARIS), 1),
        (False, datetime(2026, 1, 15, 18, tzinfo=clock.PARIS), 0),
        # eight o'clock in La Réunion is five in Paris, and eighteen is fifteen
        (True, datetime(2026, 1, 15, 4, 59, tzinfo=clock.PARIS), 0),
        (True, datetime(2026, 1, 15, 5, tzinfo=clock.PARIS), 1),
        (True, datetime(2026, 1, 15, 15, tzinfo=clock.PARIS), 0),
        (False, datetime(2026, 1, 17, 9, tzinfo=clock.PARIS), 0),  # a Saturday
    ],
)
def test_reminders_leave_from_eight_to_eighteen_where_the_structure_is(frozen_clock, overseas, now, count):
    traits = {"decision__application__training__structure__overseas": True} if overseas else {}
    FollowUpReportFactory(label=LabelFactory(**traits, **IN_FORCE))

    assert reminders.post_due_reminders(now) == count


def test_filed_one_second_before_sending_nothing_leaves(awaited, mailoutbox, frozen_clock):
    reminders.post_due_reminders(at(date(2026, 1, 15)))
    figures = dict.fromkeys(follow_up_figures(), 0)
    FollowUpReport.objects.update(filed_at=at(date(2026, 1, 15), 9), **figures)
    frozen_clock.set(at(date(2026, 1, 15), 9) + timedelta(seconds=1))

    delivery.deliver()

    assert [mail for mail in mailoutbox if "Suivi" in mail.subject] == []
    assert Reminder.objects.filter(email__cancelled_at__isnull=False).count() == 4


def test_the_mail_still_leaves_while_one_report_is_awaited(awaited, mailoutbox, frozen_clock):
    reminders.post_due_reminders(at(date(2026, 1, 15)))
    figures = dict.fromkeys(follow_up_figures(), 0)
    FollowUpReport.objects.filter(pk=awaited[0].pk).update(filed_at=at(date(2026, 1, 15)), **figures)
    frozen_clock.set(at(date(2026, 1, 15), 10))

    delivery.deliver()

    assert len([mail for mail in mailoutbox if "Suivi" in mail.subject]) == 2


def test_post_costs_the_same_queries_per_campaign(awaited, django_assert_num_queries):
    """Reading what is due does not grow with the reports."""
    FollowUpCampaignFactory()
    reminders.post_due_reminders(at(date(2026, 1, 15)))

    with django_assert_num_queries(17):
        reminders.post_due_reminders(at(date(2026, 1, 15), 11))
