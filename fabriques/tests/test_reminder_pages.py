"""The pages of the reminders: what staff see and do, what a structure chooses and reads, the link in a mail."""

import re
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import MemberRole, Membership
from applications.tests.factories import MembershipFactory
from fabriques import emails
from fabriques.actions import reminders
from fabriques.models import FollowUpContact, FuseTrip, ReminderHold, ReminderStep
from fabriques.tests.factories import FollowUpReportFactory
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
FORECAST_QUERIES = 27
NOW = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)  # the day of J-15


@pytest.fixture
def report(frozen_clock):
    frozen_clock.set(NOW)
    return FollowUpReportFactory()


@pytest.fixture
def structure(report):
    return report.label.training.structure


@pytest.fixture
def owner(structure):
    return Membership.objects.filter(structure=structure, role=MemberRole.OWNER).first().user


@pytest.fixture
def officer(frozen_clock, client_for):
    return client_for(CapacityFactory(role=Role.OFFICER, from_on=date(2015, 1, 1)).user)


def page(name, campaign=None, *arguments):
    return reverse(name, args=[*([campaign.year, campaign.quarter] if campaign else []), *arguments])


# --- Staff --------------------------------------------------------------------------------------------------------
def test_the_forecast_says_who_what_when_and_why(report, structure, owner, officer):
    text = officer.get(page("reminder_forecast")).content.decode()

    for words in (owner.email, "Responsable de la structure", structure.name, "15 jours avant", report.label.title):
        assert words in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_forecast_costs_the_same_queries(frozen_clock, officer, count, django_assert_num_queries):
    frozen_clock.set(NOW)
    FollowUpReportFactory.create_batch(count)
    with django_assert_num_queries(FORECAST_QUERIES):
        officer.get(page("reminder_forecast"))


def test_the_forecast_filters_by_structure_or_person(report, officer):
    assert "Aucun courriel à venir" in officer.get(page("reminder_forecast") + "?texte=introuvable").content.decode()


def blow(report):
    reminders.post_due_reminders(datetime(2026, 1, 14, 9, tzinfo=clock.PARIS))
    MembershipFactory(structure=report.label.training.structure)
    reminders.post_due_reminders(NOW)
    return FuseTrip.objects.get()


@pytest.mark.parametrize(("outcome", "count"), [("released", 2), ("set_aside", 1)])
def test_an_officer_settles_the_fuse(report, officer, outcome, count):
    trip = blow(report)
    desk, forecast = officer.get("/bureau/"), officer.get(page("reminder_forecast"))
    assert [page("fuse_page", None, trip.pk) in answer.content.decode() for answer in (desk, forecast)] == [True, True]

    officer.post(page("fuse_page", None, trip.pk), {"outcome": outcome})

    assert reminders.post_due_reminders(NOW) == count
    assert "à décider" not in officer.get(page("fuse_list")).content.decode()


def test_an_officer_holds_and_releases_a_campaign(report, officer):
    officer.post(page("hold_list"), {"campaign": report.campaign.pk, "structure": "", "note": "On vérifie"})
    assert reminders.post_due_reminders(NOW) == 0

    officer.post(page("hold_release", None, ReminderHold.objects.get().pk))

    assert reminders.post_due_reminders(NOW) == 1


def test_a_hold_is_of_one_thing(report, structure, officer):
    both = {"campaign": report.campaign.pk, "structure": structure.pk, "note": "x"}
    answers = [officer.post(page("hold_list"), values) for values in (both, {"note": "x"})]

    assert ["pas les deux" in answer.content.decode() for answer in answers] == [True, True]
    assert ReminderHold.objects.count() == 0


def steps(**changes):
    values = {f"on_{step}": "on" for step in ReminderStep.values}
    return values | {"days_j-15": -15, "days_j-3": -3, "days_j+7": 7, "days_j+21": 21} | changes


def test_an_officer_moves_a_step(report, officer):
    url = page("reminder_steps_page", report.campaign)
    assert officer.get(url).status_code == 200

    officer.post(url, steps(**{"days_j-3": -5}))

    assert list(report.campaign.steps.values_list("step", "day_offset")) == [("j-3", -5)]


def test_steps_out_of_order_are_said_and_kept_typed(report, officer):
    answer = officer.post(page("reminder_steps_page", report.campaign), steps(**{"days_j-15": -2}))

    assert "dans leur ordre" in answer.content.decode()
    assert report.campaign.steps.count() == 0


def test_a_text_is_tried_on_a_real_person_then_kept(report, owner, officer):
    words = {"subject_line": "Pour {{ structure }}", "text": "Cher {{ prenom }},\n\n{{ releves }}", "recipient": ""}

    tried = officer.post(page("reminder_preview", report.campaign, "j-15"), words).content.decode()

    assert f"Cher {owner.get_short_name()}," in tried
    assert report.campaign.steps.count() == 0
    officer.post(page("reminder_text", report.campaign, "j-15"), words)
    assert report.campaign.steps.get().subject_line == "Pour {{ structure }}"


def test_a_wrong_placeholder_is_said_with_the_list(report, officer):
    words = {"subject_line": "Pour {{ mot }}", "text": "{{ releves }}"}
    answers = [
        officer.post(page(name, report.campaign, "j-15"), words).content.decode()
        for name in ("reminder_text", "reminder_preview")
    ]

    assert [text.count("nombre_releves") > 1 and "Pour {{ mot }}" in text for text in answers] == [True, True]


@pytest.mark.parametrize("name", ["reminder_text", "reminder_steps_page"])
def test_an_unknown_quarter_or_step_is_not_found(report, officer, name):
    arguments = [2031, 1] if name == "reminder_steps_page" else [report.campaign.year, report.campaign.quarter, "j-99"]
    assert officer.get(reverse(name, args=arguments)).status_code == 404


# --- Structures ---------------------------------------------------------------------------------------------------
def test_an_owner_chooses_who_receives(structure, owner, client_for):
    reader = MembershipFactory(structure=structure, role=MemberRole.READER).user
    url = page("contact_list", None, structure.reference)

    client_for(owner).post(url, {"people": [reader.pk]})
    refused = client_for(owner).post(url, {"people": []}).content.decode()

    assert dict(FollowUpContact.objects.values_list("user", "is_receiving")) == {reader.pk: True, owner.pk: False}
    assert "Choisissez au moins une personne" in refused


def test_owners_see_that_mails_come_back(structure, owner, client_for):
    OutgoingEmail.objects.create(
        key="k", kind="x", to_address=owner.email, subject_line="x", created_at=NOW, not_before_at=NOW,
        sent_at=NOW, bounced_at=NOW, is_hard_bounce=True,
    )  # fmt: skip
    pages = [client_for(owner).get(url) for url in ("/bureau/", page("contact_list", None, structure.reference))]

    assert [f"{owner.email} nous reviennent" in answer.content.decode() for answer in pages] == [True, True]


def test_every_mail_of_a_report_can_be_read(report, owner, client_for):
    reminders.post_due_reminders(NOW)
    client = client_for(owner)

    listed = client.get(page("report_mails", None, report.reference)).content.decode()

    links = re.findall(rf"/suivi/{report.reference}/courriels/\d+/", listed)
    assert len(links) == 1
    assert "Vous recevez ce message comme responsable" in client.get(links[0]).content.decode()


def test_a_mail_of_another_structure_is_not_found(report, client_for):
    reminders.post_due_reminders(NOW)
    email = OutgoingEmail.objects.get(kind="follow_up_reminder")
    stranger = client_for(MembershipFactory().user)

    assert stranger.get(page("report_mails", None, report.reference)).status_code == 404
    assert stranger.get(page("report_mail", None, report.reference, email.pk)).status_code == 404


# --- The link in a mail -------------------------------------------------------------------------------------------
def link_of(structure, user):
    return "/" + emails.refusal_link(structure, user).split("/", 3)[3]


def test_one_click_stops_the_mails_without_signing_in(structure):
    editor = MembershipFactory(structure=structure, role=MemberRole.EDITOR).user
    mail_reader = Client(enforce_csrf_checks=True)

    asked = mail_reader.get(link_of(structure, editor))
    assert FollowUpContact.objects.count() == 0  # a scanner that follows links changes nothing
    done = mail_reader.post(link_of(structure, editor), {"List-Unsubscribe": "One-Click"})

    assert (asked.status_code, done.status_code) == (200, 200)
    assert FollowUpContact.objects.get().is_receiving is False


def test_an_owner_is_sent_to_the_choice_of_contacts(structure, owner):
    answer = Client().post(link_of(structure, owner))

    assert "choisissez sur sa page" in answer.content.decode()
    assert FollowUpContact.objects.count() == 0


def test_a_forged_link_is_not_found(structure, owner):
    assert Client().post(link_of(structure, owner)[:-2] + "x/").status_code == 404
