"""What officers do with filed reports: each act with its trace, each refusal, and where a report stands afterwards."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques.models import FollowUpContact, FollowUpReport, ReportStanding, ReviewKind
from fabriques.tests.factories import SOUND, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.transitions import file_report
from fabriques.transitions.review import accept_report, ask_report_back, flag_report
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
WORDS = {"women_count": "Elles étaient 12 au trimestre précédent.", "dropped_count": "Aucun abandon, est-ce exact ?"}


@pytest.fixture
def officer():
    return CapacityFactory().user


@pytest.fixture
def report(frozen_clock):
    """Filed an hour ago."""
    return FollowUpReportFactory(filed=True, filed_at=clock.now() - timedelta(hours=1))


def accept(report, officer):
    return accept_report(report, by=officer, seen_at=report.filed_at)


def ask(report, officer, **changes):
    given = {"words": WORDS, "due_on": clock.today() + timedelta(days=10), "note": "Merci d'avance."}
    return ask_report_back(report, by=officer, seen_at=report.filed_at, **given | changes)


def flag(report, officer, note="Très loin du dossier."):
    return flag_report(report, by=officer, seen_at=report.filed_at, note=note)


def standing_of(report):
    return FollowUpReport.objects.with_standing(clock.today()).get(pk=report.pk).standing


def acts_on(report):
    return [entry.action for entry in JournalEntry.objects.about(report)]


def test_accept_report_holds_and_leaves_a_trace(report, officer):
    accept(report, officer)

    assert (standing_of(report), acts_on(report)) == (ReportStanding.ACCEPTED, ["report.accepted"])
    assert [(act.kind, act.by) for act in report.reviews.all()] == [(ReviewKind.ACCEPTED, officer)]


def test_ask_report_back_names_fields_and_a_day(report, officer, mails):
    structure = report.label.training.structure
    MembershipFactory(structure=structure, role=MemberRole.EDITOR)
    MembershipFactory(structure=structure, role=MemberRole.READER)

    asked = ask(report, officer)

    letters = mails(kind="report_asked_back")
    may_file = structure.memberships.exclude(role=MemberRole.READER).values_list("user__email", flat=True)
    assert (standing_of(report), acts_on(report)) == (ReportStanding.ASKED_BACK, ["report.asked_back"])
    assert {field.name: field.word for field in asked.correction.fields.all()} == WORDS
    assert sorted(letter.to_address for letter in letters) == sorted(may_file)
    assert [word in letters[0].text_body for word in (*WORDS.values(), "Merci d'avance.")] == [True] * 3


def test_ask_report_back_writes_to_the_contacts_chosen_for_the_follow_up(report, officer, mails):
    structure = report.label.training.structure
    refusing = MembershipFactory(structure=structure, role=MemberRole.EDITOR).user
    chosen = MembershipFactory(structure=structure, role=MemberRole.READER).user
    FollowUpContact.objects.create(structure=structure, user=refusing, is_receiving=False, chosen_at=clock.now())
    FollowUpContact.objects.create(structure=structure, user=chosen, is_receiving=True, chosen_at=clock.now())

    ask(report, officer)

    letters = {letter.to_address: letter for letter in mails(kind="report_asked_back")}
    owners = structure.memberships.filter(role=MemberRole.OWNER).values_list("user__email", flat=True)
    assert set(letters) == {chosen.email, *owners}
    assert "lecteur de la structure, contact choisi pour le suivi" in letters[chosen.email].text_body
    assert letters[chosen.email].headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [letters[email].headers for email in owners] == [{}] * len(owners)


def test_flag_report_is_told_to_nobody(report, officer, mails):
    MembershipFactory(structure=report.label.training.structure)

    flag(report, officer)

    assert (standing_of(report), acts_on(report)) == (ReportStanding.FLAGGED, ["report.flagged"])
    assert (report.reviews.get().note, mails()) == ("Très loin du dossier.", [])


ACTS = {"accept": accept, "ask": ask, "flag": flag}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_on_an_awaited_report(frozen_clock, officer, name):
    with pytest.raises(Refused, match="n'est pas transmis"):
        ACTS[name](FollowUpReportFactory(), officer)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_on_figures_that_nobody_read(report, officer, name):
    read = FollowUpReport.objects.get(pk=report.pk)
    file_report(report, by=officer, figures=SOUND | {"women_count": 9})

    with pytest.raises(Refused, match="pendant que vous le lisiez"):
        ACTS[name](read, officer)

    assert (standing_of(report), report.reviews.count()) == (ReportStanding.TO_REVIEW, 0)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_twice(report, officer, name):
    ACTS[name](report, officer)

    with pytest.raises(Refused, match=f"déjà.*par {officer}"):
        ACTS[name](report, CapacityFactory().user)

    assert report.reviews.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"words": {}}, "au moins un nombre"), ({"due_on": date(2020, 1, 1)}, "1er janvier 2020 est passé")],
)
def test_ask_report_back_refused(report, officer, changes, words):
    with pytest.raises(Refused) as refusal:
        ask(report, officer, **changes)

    assert words in str(refusal.value).replace("\xa0", " ")
    assert standing_of(report) == ReportStanding.TO_REVIEW


def test_flag_report_refused_without_a_note(report, officer):
    with pytest.raises(Refused, match="Dites pourquoi"):
        flag(report, officer, note="  ")


def test_an_officer_may_change_their_mind(report, officer):
    for act, standing in ((accept, "acceptes"), (flag, "signales"), (ask, "redemandes"), (accept, "acceptes")):
        act(report, officer)
        report = FollowUpReport.objects.get(pk=report.pk)
        assert standing_of(report) == standing


def test_filing_again_answers_the_request_even_once_the_next_campaign_is_open(report, officer, frozen_clock):
    FollowUpCampaignFactory(starts_on=clock.add_months(report.campaign.starts_on, 3))
    ask(report, officer)
    frozen_clock.set(clock.now() + timedelta(days=1))

    filed = file_report(report, by=officer, figures=SOUND | {"women_count": 9})

    assert (standing_of(report), filed.correction) == (ReportStanding.TO_REVIEW, None)
    with pytest.raises(Refused, match="ne se corrige plus"):
        file_report(report, by=officer, figures=SOUND)


@pytest.mark.parametrize(
    ("days_after_due", "standing"),
    [(-1, "attendus"), (0, "attendus"), (1, "en-retard"), (29, "en-retard"), (30, "en-defaut"), (400, "en-defaut")],
)
def test_where_a_silent_report_stands(frozen_clock, days_after_due, standing):
    report = FollowUpReportFactory()
    frozen_clock.set(clock.start_of(report.campaign.due_on + timedelta(days=days_after_due)) + timedelta(hours=12))

    assert standing_of(report) == standing


def test_a_training_is_silent_once_and_until_it_speaks(frozen_clock):
    """Two reports in default are one line, with both; a later filing makes the silence moot."""
    first = FollowUpCampaignFactory(starts_on=date(2025, 1, 1))
    second = FollowUpCampaignFactory(starts_on=date(2025, 4, 1))
    silent, other = FollowUpReportFactory(campaign=first), FollowUpReportFactory(campaign=first)
    latest = FollowUpReportFactory(campaign=second, label=silent.label)
    FollowUpReportFactory(campaign=second, label=other.label, filed=True)
    frozen_clock.set(clock.start_of(date(2026, 1, 5)))

    found = FollowUpReport.objects.silent_trainings(clock.today())

    assert [(report, report.missing_count) for report in found] == [(latest, 2)]
    assert FollowUpReport.objects.standing_at("en-defaut", clock.today()).count() == 3


@pytest.mark.parametrize(
    "columns",
    [
        {"accepted_at": "now", "filed_at": None},
        {"accepted_at": "now", "flagged_at": "now"},
        {"asked_back_at": "now"},
        {"asked_back_due_on": date(2026, 1, 1)},
    ],
)
def test_the_database_holds_one_act(report, columns):
    values = {name: clock.now() if value == "now" else value for name, value in columns.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpReport.objects.filter(pk=report.pk).update(**values)
