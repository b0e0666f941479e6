"""The invariants of reports find what nobody may have written."""

import pytest

from fabriques import invariants
from fabriques.models import FollowUpReport
from fabriques.tests.factories import SOUND, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.transitions import file_report
from gen_portal.core import clock
from gen_portal.core.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_report_changed_behind_its_versions_is_found(frozen_clock):
    report = FollowUpReportFactory()
    file_report(report, by=UserFactory(), figures=SOUND)
    assert list(invariants.reports_unlike_their_last_version()) == []

    FollowUpReport.objects.filter(pk=report.pk).update(women_count=9)

    assert list(invariants.reports_unlike_their_last_version()) == [
        f"Relevé {report.pk} : ses nombres ne sont pas ceux de sa dernière version."
    ]


@pytest.mark.parametrize(("note", "count"), [("", 1), ("Doublons retirés.", 0)])
def test_a_fall_without_a_word_is_found(frozen_clock, note, count):
    later = FollowUpReportFactory(filed=True, received_count=50, fall_note=note)
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(later.campaign.starts_on, -3))
    FollowUpReportFactory(filed=True, campaign=earlier, label=later.label)

    assert len(list(invariants.figures_fallen_without_a_word())) == count
