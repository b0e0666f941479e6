"""Filing a report: the happy path with its trace, each refusal, the page that loses nothing, who may see it."""

import pytest
from django.urls import reverse

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques import policies
from fabriques.models import FollowUpReport
from fabriques.tests.factories import SOUND, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.transitions import file_report
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(frozen_clock):
    return FollowUpReportFactory()


@pytest.fixture
def owner(report):
    return MembershipFactory(structure=report.label.training.structure).user


def test_file_report_stores_the_figures_and_leaves_a_trace(report, owner):
    filed = file_report(report, by=owner, figures=SOUND, difficulties="Aucune.")

    stored = FollowUpReport.objects.values(*SOUND, "difficulties", "filed_at", "filed_by").get(pk=report.pk)
    assert stored == {**SOUND, "difficulties": "Aucune.", "filed_at": clock.now(), "filed_by": owner.pk}
    assert [entry.action for entry in JournalEntry.objects.about(filed)] == ["report.filed"]


def test_file_report_again_corrects_and_keeps_the_earlier_figures(report, owner):
    file_report(report, by=owner, figures=SOUND)

    file_report(report, by=owner, figures=SOUND | {"women_count": 9})

    last = JournalEntry.objects.about(report).last()
    assert FollowUpReport.objects.get(pk=report.pk).women_count == 9
    assert (last.action, "femmes : 8" in last.note) == ("report.corrected", True)


def test_file_report_refused_when_it_does_not_add_up(report, owner):
    with pytest.raises(Refused, match=r"12 \+ 5 \+ 9 = 26"):
        file_report(report, by=owner, figures=SOUND | {"dropped_count": 9})

    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None
    assert JournalEntry.objects.about(report).count() == 0


def test_file_report_refused_as_a_correction_once_the_next_campaign_is_open(report, owner):
    file_report(report, by=owner, figures=SOUND)
    FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, 3))

    with pytest.raises(Refused, match="ne se corrige plus"):
        file_report(report, by=owner, figures=SOUND | {"women_count": 9})

    assert FollowUpReport.objects.get(pk=report.pk).women_count == 8


def test_a_late_report_is_still_taken_after_the_next_campaign(report, owner):
    FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, 3))

    assert file_report(report, by=owner, figures=SOUND).filed_at == clock.now()


def test_page_files_a_report(client_for, report, owner):
    client = client_for(owner)

    answer = client.post(reverse("report_page", args=[report.reference]), SOUND, follow=True)

    assert FollowUpReport.objects.get(pk=report.pk).filed_by == owner
    assert "Le relevé est transmis" in answer.content.decode()


def test_page_says_what_does_not_add_up_and_loses_nothing(client_for, report, owner):
    wrong = SOUND | {"dropped_count": 2, "difficulties": "Deux départs."}

    answer = client_for(owner).post(reverse("report_page", args=[report.reference]), wrong)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "12 + 5 + 2 = 19, mais vous indiquez 20 personnes entrées" in page.replace("&#x27;", "'")
    assert "Deux départs." in page
    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None


def test_page_begins_with_the_figures_of_the_quarter_before(client_for, report, owner):
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3))
    FollowUpReportFactory(campaign=earlier, label=report.label, filed=True)

    page = client_for(owner).get(reverse("report_page", args=[report.reference])).context["form"]

    assert {name: page[name].value() for name in SOUND} == SOUND


@pytest.mark.parametrize(
    ("role", "sees", "files"),
    [
        (MemberRole.OWNER, 200, 302),
        (MemberRole.EDITOR, 200, 302),
        (MemberRole.READER, 200, 403),
        (None, 404, 404),
    ],
)
def test_who_may_see_and_file(client_for, report, role, sees, files):
    user = UserFactory()
    if role:
        MembershipFactory(structure=report.label.training.structure, user=user, role=role)
    client, url = client_for(user), reverse("report_page", args=[report.reference])

    assert client.get(url).status_code == sees
    assert client.post(url, SOUND).status_code == files


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.REVIEWER, Role.TECHNICAL_ADMIN])
def test_visible_to_equals_can_view(report, role):
    people = [CapacityFactory(role=role).user, UserFactory(), MembershipFactory().user]
    people += [MembershipFactory(structure=report.label.training.structure, role=name).user for name in MemberRole]

    for person in people:
        seen = FollowUpReport.objects.visible_to(person).filter(pk=report.pk).exists()
        assert seen == policies.can_view_report(person, report)


@pytest.mark.parametrize("count", [1, 3])
def test_report_list_costs_the_same_for_any_number_of_rows(client_for, frozen_clock, django_assert_num_queries, count):
    owner = MembershipFactory().user
    structure = owner.memberships.get().structure
    for _ in range(count):
        FollowUpReportFactory(label__decision__application__training__structure=structure)
    client = client_for(owner)

    with django_assert_num_queries(7):
        page = client.get(reverse("report_list"))

    assert page.context["page_obj"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_campaign_page_costs_the_same_for_any_number_of_rows(
    client_for, frozen_clock, django_assert_num_queries, count
):
    campaign = FollowUpCampaignFactory()
    for _ in range(count):
        FollowUpReportFactory(campaign=campaign)
    client = client_for(CapacityFactory(role=Role.OFFICER).user)

    with django_assert_num_queries(11):
        page = client.get(reverse("campaign_page", args=[2025, 4]))

    assert page.context["page_obj"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_campaign_list_costs_the_same_for_any_number_of_rows(
    client_for, frozen_clock, django_assert_num_queries, count
):
    for index in range(count):
        FollowUpCampaignFactory(starts_on=clock.add_months(FollowUpCampaignFactory.starts_on, -3 * index))
    client = client_for(CapacityFactory(role=Role.DIRECTOR).user)

    with django_assert_num_queries(7):
        page = client.get(reverse("campaign_list"))

    assert page.context["page_obj"].paginator.count == count


def test_campaign_page_filters_and_keeps_them_in_the_url(client_for, frozen_clock):
    filed, awaited = FollowUpReportFactory(filed=True), FollowUpReportFactory()
    client = client_for(CapacityFactory(role=Role.OFFICER).user)
    url = reverse("campaign_page", args=[2025, 4])

    shown = {
        state: [row.pk for row in client.get(url, {"etat": state}).context["page_obj"]]
        for state in ("transmis", "attendus")
    }

    assert shown == {"transmis": [filed.pk], "attendus": [awaited.pk]}
    region = awaited.label.training.structure.commune.department.region_id
    assert len(client.get(url, {"region": region}).context["page_obj"]) == 2
    named = client.get(url, {"texte": awaited.label.training.structure.name.upper()}).context["page_obj"]
    assert [row.pk for row in named] == [awaited.pk]
