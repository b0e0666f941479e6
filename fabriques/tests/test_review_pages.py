"""The officer's pages: the queue, what comes after an act, what the structure then sees, the lists and their files."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.tests.factories import MembershipFactory
from fabriques.models import FollowUpReport
from fabriques.tests.factories import SOUND, FabriqueFactory, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.transitions.review import ask_report_back, flag_report
from gen_portal.core import clock
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tests.people import signed_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory().user


@pytest.fixture
def client(officer):
    return signed_in(officer)


def filed(count, **columns):
    """Reports filed an hour apart, the oldest first."""
    return [
        FollowUpReportFactory(filed=True, filed_at=clock.now() - timedelta(hours=count - index), **columns)
        for index in range(count)
    ]


def page(name, report):
    return reverse(name, args=[report.reference])


def without_token(answer):
    """The page without what is new at each request: its token, and the seconds left in the session."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return re.sub(r"data-gen-seconds=\"[0-9]+\"", "", page)


def seen(report):
    return {"seen_at": report.filed_at.isoformat()}


def test_after_an_act_the_next_report_comes_and_the_queue_is_kept(client):
    first, second, third = filed(3)
    query = "?region=53"

    answer = client.post(page("report_accept", second) + query, seen(second))
    assert answer.url == page("report_review", third) + query
    answer = client.post(page("report_flag", third) + query, seen(third) | {"note": "À voir."})
    assert answer.url == page("report_review", first) + query
    answer = client.post(page("report_accept", first) + query, seen(first))
    assert answer.url == reverse("review_queue") + query
    assert client.get(answer.url).context["page_obj"].paginator.count == 0


def test_the_page_of_a_report_tells_its_place_and_its_neighbours(client):
    first, second, third = filed(3)

    context = client.get(page("report_review", second)).context

    assert (context["previous"], context["following"], context["place"], context["waiting_count"]) == (
        first,
        third,
        2,
        3,
    )


def test_the_page_compares_with_the_quarter_and_the_version_before(client):
    [report] = filed(1)
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3))
    FollowUpReportFactory(campaign=earlier, label=report.label, filed=True, women_count=9)
    for number, women in ((1, 4), (2, 8)):
        figures = SOUND | {"women_count": women}
        report.versions.create(number=number, figures=figures, filed_at=report.filed_at)

    groups = client.get(page("report_review", report)).context["groups"]

    [women] = [line for _, lines in groups for line in lines if line.name == "women_count"]
    assert (women.value, women.corrected_from, women.earlier, women.change, women.falls) == (8, 4, 9, "−1", True)


def test_the_page_shows_what_the_structure_explains(client):
    [report] = filed(1)
    FollowUpReport.objects.filter(pk=report.pk).update(
        difficulties="Peu de candidates.", fall_note="Deux doublons.", deviation_note="Une promotion a été reportée."
    )

    text = client.get(page("report_review", report)).content.decode()

    shown = [
        words for words in ("Peu de candidates.", "Deux doublons.", "Une promotion a été reportée.") if words in text
    ]
    assert len(shown) == 3


def test_two_officers_on_one_report_the_second_is_told_and_loses_nothing(client):
    [report] = filed(1)
    signed_in(CapacityFactory().user).post(page("report_flag", report), seen(report) | {"note": "Premier."})

    answer = client.post(page("report_flag", report), seen(report) | {"note": "Un long motif."})

    assert answer.status_code == 200
    assert "Un long motif." in answer.content.decode()
    assert "déjà signalé" in str(answer.context["form"].non_field_errors())


def test_asking_back_without_a_word_says_so(client):
    [report] = filed(1)

    answer = client.post(page("report_ask_back", report), seen(report) | {"due_on": "2030-01-01"})

    assert "Écrivez un mot" in answer.content.decode()
    assert FollowUpReport.objects.get(pk=report.pk).asked_back_at is None


def test_the_structure_sees_the_fields_at_its_form_and_never_a_flag(client, officer, client_for):
    [report] = filed(1)
    owner = client_for(MembershipFactory(structure=report.label.training.structure).user)
    url = page("report_page", report)
    before = without_token(owner.get(url))
    flag_report(report, by=officer, seen_at=report.filed_at, note="Chiffres surprenants.")
    assert without_token(owner.get(url)) == before

    form = {"mot_women_count": "Elles étaient douze.", "due_on": clock.today() + timedelta(days=5), "note": "Merci."}
    client.post(page("report_ask_back", report), seen(report) | form)
    shown = owner.get(url)

    assert shown.context["form"].fields["women_count"].help_text == "Elles étaient douze."
    assert [words in shown.content.decode() for words in ("Merci.", "surprenants", "signalé")] == [True, False, False]


def test_correcting_what_was_asked_still_adds_up(client_for, officer):
    [report] = filed(1)
    owner = client_for(MembershipFactory(structure=report.label.training.structure).user)
    due_on = clock.today() + timedelta(days=5)
    ask_report_back(report, by=officer, seen_at=report.filed_at, words={"dropped_count": "Trois ?"}, due_on=due_on)

    url, check = page("report_page", report), page("report_check", report)
    wrong = {"seen-report": owner.get(url).context["seen"], "suite": "1"} | SOUND | {"dropped_count": 4}
    refused = owner.post(url, wrong)
    assert (refused.status_code, FollowUpReport.objects.get(pk=report.pk).dropped_count) == (200, 3)
    owner.post(url, wrong | {"in_progress_count": 11, "seen-report": refused.context["seen"]})
    owner.post(check, {"version": owner.get(check).context["seen"]})
    assert FollowUpReport.objects.get(pk=report.pk).dropped_count == 4


def test_each_figure_of_a_campaign_opens_its_list(client):
    filed(2)
    FollowUpReportFactory()
    campaign = FollowUpReport.objects.first().campaign
    url = reverse("campaign_page", args=[campaign.year, campaign.quarter])
    progress = client.get(url).context["progress"]

    for param, tallies in (("region", progress.regions), ("appel", progress.calls)):
        for tally in tallies:
            for name, _, count in tally.cells:
                rows = client.get(url, {param: tally.key, "etat": name}).context["page_obj"]
                assert rows.paginator.count == count
    assert [count for _, _, count in progress.whole.cells] == [3, 2, 2, 0, 0, 1]


def test_a_file_holds_the_rows_of_the_list(client):
    filed(2)
    FollowUpReportFactory(label__title="=HYPERLINK(1)")
    campaign = FollowUpReport.objects.first().campaign
    url = reverse("campaign_export", args=[campaign.year, campaign.quarter, "csv"])

    answer = client.get(url, {"etat": "transmis", "tri": "-formation"})

    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.content.decode("utf-8-sig").count("\r\n") == 3
    assert "'=HYPERLINK(1)" in client.get(url).content.decode()
    assert client.get(url.replace(".csv", ".exe")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_any_number_of_rows(client, count):
    for _ in range(count):
        FollowUpReportFactory(filed=True)
        FollowUpReportFactory(
            campaign=FollowUpCampaignFactory(starts_on=date(2024, 1, 1)), label=FabriqueFactory().label
        )
    FollowUpCampaignFactory()
    expected = {
        reverse("campaign_list"): 5,
        reverse("campaign_page", args=[2025, 4]): 11,
        reverse("silent_list"): 6,
        reverse("review_queue"): 8,
        reverse("figures_page"): 6,
    }

    found = {}
    for url in expected:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        found[url] = len(queries)

    assert found == expected


def test_the_desk_leads_to_each_list(client):
    filed(2)
    FollowUpReportFactory(campaign=FollowUpCampaignFactory(starts_on=date(2024, 1, 1)))

    lines = [line for section in client.get(reverse("desk")).context["sections"] for line in section.lines]

    assert [(line.title, line.url) for line in lines] == [
        ("2 relevés de suivi à relire", reverse("review_queue")),
        ("1 formation en défaut", reverse("silent_list")),
    ]
    assert [client.get(line.url).context["page_obj"].paginator.count for line in lines] == [2, 1]
