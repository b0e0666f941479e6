"""Two officers on the same report, on a real PostgreSQL with real threads: one act holds, the other is told."""

from datetime import timedelta

import pytest

from applications.tests.factories import MembershipFactory
from fabriques.models import FollowUpReport, ReportReview
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from fabriques.transitions import file_report
from fabriques.transitions.review import accept_report, ask_report_back
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def told_at_once(*actions):
    """Refused or None for each of these actions, released together."""
    return [Refused if isinstance(outcome, Refused) else None for outcome in at_once(*actions)]


@pytest.fixture
def report():
    return FollowUpReportFactory(filed=True)


def test_two_officers_ask_once(report):
    MembershipFactory(structure=report.label.training.structure)
    officers, due_on = [CapacityFactory().user, CapacityFactory().user], clock.today() + timedelta(days=9)

    def ask(officer):
        seen = FollowUpReport.objects.get(pk=report.pk)
        ask_report_back(seen, by=officer, seen_at=seen.filed_at, words={"women_count": "Combien ?"}, due_on=due_on)

    told = told_at_once(*[lambda by=officer: ask(by) for officer in officers])

    assert sorted(told, key=str) == [Refused, None] or told == [None, Refused]
    letters = OutgoingEmail.objects.filter(kind="report_asked_back")
    assert ReportReview.objects.count() == 1
    assert letters.count() == letters.values("to_address").distinct().count() > 0


def test_an_acceptance_never_lands_on_a_correction(report):
    """Whoever comes first: either the acceptance holds and is then answered, or it is refused."""
    officer = CapacityFactory().user

    told = told_at_once(
        lambda: accept_report(report, by=officer, seen_at=report.filed_at),
        lambda: file_report(report, by=officer, figures=SOUND | {"women_count": 9}),
    )

    report.refresh_from_db()
    assert report.women_count == 9
    assert report.is_accepted is False
    assert set(told) <= {None, Refused}
    assert ReportReview.objects.count() == told.count(None) - 1
