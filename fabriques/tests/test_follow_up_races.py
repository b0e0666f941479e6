"""Beats that run at once, on a real PostgreSQL with real threads: everything happens once."""

from datetime import date, datetime

import pytest
from django.db import transaction

from applications.tests.factories import MembershipFactory
from fabriques import emails
from fabriques.actions import follow_up, holds, reminders
from fabriques.models import FollowUpCampaign, FollowUpReport, FrozenForecast, FuseTrip, Reminder, ReminderStep
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from gen_portal.core import clock, delivery, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.races import refusals_at_once
from gen_portal.core.workflow import lock
from labelling.tests.factories_decisions import LabelFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
BEATS = 3


def test_three_beats_open_one_campaign():
    for _ in range(5):
        LabelFactory(starts_on=date(2025, 2, 1), ends_on=date(2028, 2, 1))
    now = datetime(2026, 1, 1, 9, tzinfo=clock.PARIS)

    faults = refusals_at_once(*[lambda: follow_up.open_due_campaigns(now)] * BEATS)

    assert faults == []
    assert (FollowUpCampaign.objects.count(), FollowUpReport.objects.count()) == (1, 5)


def test_three_beats_post_each_reminder_once():
    reports = [FollowUpReportFactory() for _ in range(6)]
    for report in reports:
        MembershipFactory(structure=report.label.training.structure)
    now = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)

    faults = refusals_at_once(*[lambda: reminders.post_due_reminders(now)] * BEATS)

    posted = OutgoingEmail.objects.filter(kind="follow_up_reminder")
    assert faults == []
    assert Reminder.objects.count() == posted.count()
    assert Reminder.objects.values("report", "recipient").distinct().count() == Reminder.objects.count() == 12


def test_three_beats_blow_one_fuse():
    """The forecast of the day before announced one person; six more have come since."""
    report = FollowUpReportFactory()
    structure = report.label.training.structure
    reminders.post_due_reminders(datetime(2026, 1, 14, 9, tzinfo=clock.PARIS))
    MembershipFactory.create_batch(6, structure=structure)
    now = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)

    faults = refusals_at_once(*[lambda: reminders.post_due_reminders(now)] * BEATS)

    assert faults == []
    assert (FuseTrip.objects.count(), FrozenForecast.objects.count()) == (1, 2)
    assert OutgoingEmail.objects.filter(kind="follow_up_reminder").count() == 0


def test_held_while_three_beats_run_nothing_leaves_afterwards():
    """A hold comes before or after a run, never in its middle: what was posted before it is kept back by it."""
    report = FollowUpReportFactory()
    officer, now = UserFactory(), datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)
    clock.freeze(now)

    faults = refusals_at_once(
        lambda: reminders.post_due_reminders(now),
        lambda: holds.hold_reminders(by=officer, note="x", campaign=report.campaign),
        lambda: reminders.post_due_reminders(now),
    )

    assert faults == []
    assert OutgoingEmail.objects.waiting().filter(kind="follow_up_reminder").count() == 0
    assert delivery.deliver() == 0


def test_filed_while_it_starts_to_leave_the_mail_knows():
    """Each way round: the filing first and no mail, or the mail first; never a mail started after the filing."""
    report = FollowUpReportFactory()
    now = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)
    clock.freeze(now)
    reminders.post_due_reminders(now)
    seen = []

    def file():
        with transaction.atomic():
            lock(report)
            seen.append(OutgoingEmail.objects.filter(kind="follow_up_reminder", started_at__isnull=False).count())
            FollowUpReport.objects.filter(pk=report.pk).update(filed_at=now, **SOUND)

    faults = refusals_at_once(file, delivery.deliver, delivery.deliver)

    left = OutgoingEmail.objects.filter(kind="follow_up_reminder", sent_at__isnull=False).count()
    assert faults == []
    assert seen == [left]


def test_two_groups_that_speak_of_the_same_reports_never_wait_in_a_circle():
    """Two people of two structures: the mails of one are in the other order, so each group wants what the other holds."""
    first, second = (FollowUpReportFactory(campaign__due_on=clock.today()) for _ in range(2))
    for number in range(15):
        rows = [_mail(f"{number}:{place}", report) for place, report in enumerate((first, second, second, first))]
        groups = rows[:2], rows[2:]
        faults = refusals_at_once(*(lambda group=group: delivery._start(group, {}) for group in groups))
        assert faults == []
    assert not OutgoingEmail.objects.needing_staff().exists()


def _mail(key, report):
    with transaction.atomic():
        to, text = f"{key.replace(':', '-')}@exemple.fr", "Un relevé est attendu."
        mail = outbox.post(key=key, kind="x", to=to, subject_line="Suivi", markdown=text, guard=emails.GUARD)
        Reminder.objects.create(report=report, step=ReminderStep.OPENING, recipient=UserFactory(), email=mail)
    return mail
