"""Beats that run at once, on a real PostgreSQL with real threads: everything happens once."""

from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from applications.tests.factories import MembershipFactory
from fabriques.actions import follow_up
from fabriques.models import FollowUpCampaign, FollowUpReport, Reminder
from fabriques.tests.factories import FollowUpReportFactory
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from labelling.tests.factories_decisions import LabelFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
BEATS = 3


def at_once(action):
    """Run the action in as many threads as there are beats, all released together; returns what went wrong."""
    barrier, faults = Barrier(BEATS), []

    def run():
        try:
            barrier.wait(timeout=10)
            action()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(BEATS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return faults


def test_three_beats_open_one_campaign():
    for _ in range(5):
        LabelFactory(starts_on=date(2025, 2, 1), ends_on=date(2028, 2, 1))
    now = datetime(2026, 1, 1, 9, tzinfo=clock.PARIS)

    faults = at_once(lambda: follow_up.open_due_campaigns(now))

    assert faults == []
    assert (FollowUpCampaign.objects.count(), FollowUpReport.objects.count()) == (1, 5)


def test_three_beats_post_each_reminder_once():
    reports = [FollowUpReportFactory() for _ in range(6)]
    for report in reports:
        MembershipFactory(structure=report.label.training.structure)
    now = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)

    faults = at_once(lambda: follow_up.post_due_reminders(now))

    posted = OutgoingEmail.objects.filter(kind="follow_up_reminder")
    assert faults == []
    assert Reminder.objects.count() == posted.count()
    assert Reminder.objects.values("report", "recipient").distinct().count() == Reminder.objects.count() == 12
