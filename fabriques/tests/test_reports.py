"""Filing a report: the happy path with its trace, each refusal, the page that loses nothing, who may see it."""

import pytest
from django.urls import reverse

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques import policies
from fabriques.actions.reports import Conflict
from fabriques.arithmetic import FIRST_FIGURES
from fabriques.models import FollowUpReport, Questionnaire, ReportDraft
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
    assert filed.versions.get().figures == SOUND
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


def write(client, report, typed, seen="0.0"):
    """Type in the page and go on to the check, as the first button does."""
    url = reverse("report_page", args=[report.reference])
    return client.post(url, {"seen-report": seen, "suite": "1", **typed})


def file_draft(client, report, version="0.1"):
    return client.post(reverse("report_check", args=[report.reference]), {"version": version}, follow=True)


def test_pages_keep_a_draft_then_file_it(client_for, report, owner):
    client = client_for(owner)

    written = write(client, report, SOUND)

    assert written.url == reverse("report_check", args=[report.reference])
    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None
    filed = file_draft(client, report)
    assert "Le relevé est transmis" in filed.content.decode()
    assert FollowUpReport.objects.get(pk=report.pk).figures() == SOUND
    assert not ReportDraft.objects.filter(report=report).exists()


def test_page_says_what_does_not_add_up_and_loses_nothing(client_for, report, owner):
    wrong = SOUND | {"dropped_count": 2, "difficulties": "Deux départs."}

    answer = write(client_for(owner), report, wrong)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "12 + 5 + 2 = 19, mais vous indiquez 20 personnes entrées" in page.replace("&#x27;", "'")
    assert "Deux départs." in page
    assert ReportDraft.objects.get(report=report).typed["dropped_count"] == "2"


def test_a_wrong_draft_is_not_filed_from_the_check_either(client_for, report, owner):
    client = client_for(owner)
    write(client, report, SOUND | {"dropped_count": 2})

    answer = file_draft(client, report)

    assert "Il reste à corriger" in answer.content.decode()
    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None


def test_page_begins_with_the_figures_of_the_quarter_before(client_for, report, owner):
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3))
    FollowUpReportFactory(campaign=earlier, label=report.label, filed=True)

    page = client_for(owner).get(reverse("report_page", args=[report.reference])).context["form"]

    assert {name: page[name].value() for name in SOUND} == SOUND


def test_the_check_shows_what_changed_since_the_quarter_before(client_for, report, owner):
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3))
    FollowUpReportFactory(campaign=earlier, label=report.label, filed=True)
    client = client_for(owner)
    write(client, report, SOUND | {"received_count": 75})

    groups = client.get(reverse("report_check", args=[report.reference])).context["groups"]

    changes = {line.label: line.change for group in groups for line in group.lines if line.change}
    assert changes == {"Candidatures reçues": "+ 15"}


def test_autosave_answers_with_the_next_version(client_for, report, owner):
    client, url = client_for(owner), reverse("report_page", args=[report.reference])

    first = client.post(url, {"seen-report": "0.0", "women_count": "8"}, headers={"Accept": "application/json"}).json()
    again = client.post(url, {"seen-report": "0.1", "women_count": "9"}, headers={"Accept": "application/json"}).json()

    assert (first["seen"], again["seen"]) == ({"report": "0.1"}, {"report": "0.2"})
    assert ReportDraft.objects.get(report=report).typed["women_count"] == "9"


def test_two_writers_never_overwrite_each_other(client_for, report, owner):
    colleague = MembershipFactory(structure=report.label.training.structure, role=MemberRole.EDITOR).user
    write(client_for(owner), report, SOUND)

    answer = write(client_for(colleague), report, SOUND | {"women_count": 9})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "modifié par une autre personne" in page.replace("&#x27;", "'")
    assert [(row.label, row.stored, row.typed) for row in answer.context["differences"]] == [("Femmes", "8", "9")]
    assert ReportDraft.objects.get(report=report).typed["women_count"] == "8"


def test_a_draft_that_changed_since_it_was_read_is_not_filed(client_for, report, owner):
    client = client_for(owner)
    write(client, report, SOUND)
    write(client, report, SOUND | {"women_count": 9}, seen="0.1")

    answer = file_draft(client, report, version="0.1")

    assert "Le brouillon a changé" in answer.content.decode()
    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None


def test_a_fall_without_a_word_is_refused_and_with_one_is_kept(report, owner):
    earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3))
    FollowUpReportFactory(campaign=earlier, label=report.label, filed=True)
    fewer = SOUND | {"received_count": 50}

    with pytest.raises(Refused, match="60 → 50"):
        file_report(report, by=owner, figures=fewer)
    file_report(report, by=owner, figures=fewer, fall_note="Dix doublons retirés.")

    assert report.versions.get().fall_note == "Dix doublons retirés."


def test_a_late_report_above_the_next_one_asks_for_a_word_too(report, owner):
    later = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, 3))
    FollowUpReportFactory(campaign=later, label=report.label, filed=True)

    with pytest.raises(Refused, match="70 → 60"):
        file_report(report, by=owner, figures=SOUND | {"received_count": 70})


def test_a_large_deviation_is_explained_by_the_structure(report, owner):
    archived = report.label.submission.archive
    for section in archived["sections"]:
        for row in section["answers"]:
            row |= {"value": 90} if row["field"] == "women_percent" else {}
    report.label.submission.save(update_fields=["archive"])

    with pytest.raises(Refused, match=r"Femmes : 40 % \(8 sur 20\) ; le dossier prévoyait 90 %"):
        file_report(report, by=owner, figures=SOUND)
    filed = file_report(report, by=owner, figures=SOUND, deviation_note="Peu de candidates ce trimestre.")

    assert filed.deviation_note == "Peu de candidates ce trimestre."


@pytest.mark.parametrize("field", ["difficulties", "fall_note", "deviation_note"])
def test_a_learner_cannot_be_reached_through_a_report(report, owner, field):
    with pytest.raises(Refused, match="ne désigne personne"):
        file_report(report, by=owner, figures=SOUND, **{field: "Voir avec lea.martin@exemple.fr"})

    assert FollowUpReport.objects.get(pk=report.pk).filed_at is None


def test_each_filing_is_a_version_and_their_page_says_what_changed(client_for, report, owner):
    file_report(report, by=owner, figures=SOUND, difficulties="Salle fermée.")
    file_report(report, by=owner, figures=SOUND | {"women_count": 9}, difficulties="Salle rouverte.")

    shown = client_for(owner).get(reverse("report_versions", args=[report.reference])).context["versions"]

    assert [read.version.number for read in shown] == [2, 1]
    assert [(row.label, row.stored, row.typed) for row in shown[0].differences] == [
        ("Femmes", "8", "9"),
        ("Difficultés rencontrées", "Salle fermée.", "Salle rouverte."),
    ]
    assert shown[1].differences == []


def test_filing_the_same_again_from_an_old_page_changes_nothing(report, owner):
    file_report(report, by=owner, figures=SOUND, seen=0)

    file_report(report, by=owner, figures=SOUND, seen=0)

    assert report.versions.count() == 1
    assert JournalEntry.objects.about(report).count() == 1


def test_filing_other_figures_from_an_old_page_is_a_conflict(report, owner):
    file_report(report, by=owner, figures=SOUND, seen=0)

    with pytest.raises(Conflict):
        file_report(report, by=owner, figures=SOUND | {"women_count": 9}, seen=0)

    assert FollowUpReport.objects.get(pk=report.pk).women_count == 8


def test_old_reports_say_what_was_not_asked_then(client_for, owner, report):
    figures = {name: SOUND[name] for name in FIRST_FIGURES}
    FollowUpReport.objects.filter(pk=report.pk).update(
        **figures, questionnaire=Questionnaire.FIRST, filed_at=clock.now()
    )

    page = client_for(owner).get(reverse("report_page", args=[report.reference])).content.decode()

    assert page.replace("&#x27;", "'").count("non demandé à l'époque") == len(SOUND) - len(FIRST_FIGURES)


def test_the_last_day_ends_where_the_structure_is():
    overseas = FollowUpReportFactory(label__decision__application__training__structure__overseas=True)

    assert overseas.closes_at.isoformat() == "2026-01-30T20:00:00+00:00"
    assert FollowUpReportFactory().closes_at.isoformat() == "2026-01-30T23:00:00+00:00"


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
    assert client.post(url, SOUND | {"seen-report": "0.0"}).status_code == files


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

    with django_assert_num_queries(6):
        page = client.get(reverse("report_list"))

    assert page.context["page_obj"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_report_pages_cost_the_same_for_any_number_of_earlier_reports(
    client_for, report, owner, django_assert_num_queries, count
):
    for index in range(1, count + 1):
        earlier = FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, -3 * index))
        FollowUpReportFactory(campaign=earlier, label=report.label, filed=True)
    client = client_for(owner)

    with django_assert_num_queries(8):
        client.get(reverse("report_page", args=[report.reference]))


def test_saving_and_filing_cost_few_queries(client_for, report, owner, django_assert_max_num_queries):
    client = client_for(owner)

    with django_assert_max_num_queries(18):
        write(client, report, SOUND)
    with django_assert_max_num_queries(28):
        client.post(reverse("report_check", args=[report.reference]), {"version": "0.1"})

    assert FollowUpReport.objects.get(pk=report.pk).figures() == SOUND
