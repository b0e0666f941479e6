"""The pages of a meeting, from its plan to its minutes, as who runs it and a member use them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock
from labelling.models import AgendaItem, CommitteeMeeting, Minutes, Vote
from labelling.tests.factories import RecusalFactory
from labelling.tests.factories_meetings import AgendaItemFactory, AttendanceFactory, MeetingFactory, member, officer

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


def said_by(response):
    return [str(message) for message in response.context["messages"]]


def post(client, name, *args, **values):
    return client.post(reverse(name, args=args), values, follow=True)


def test_a_meeting_is_planned(client_for):
    cut_off, chair, runner = MeetingFactory().cut_off, member(), client_for(officer())
    day = clock.day_of(clock.now() + timedelta(days=3))
    plan = {
        "cut_off": cut_off.pk,
        "planned_on": day,
        "planned_time": "09:30",
        "place": "",
        "chair": chair.pk,
        "quorum": 1,
    }
    refused = post(runner, "meeting_plan", cut_off.call.slug, **plan)
    assert list(refused.context["form"].errors) == ["place"]
    past = post(runner, "meeting_plan", cut_off.call.slug, **plan | {"place": "Ici", "planned_on": "2020-01-01"})
    assert past.context["form"].non_field_errors() == ["Donnez un instant à venir."]
    post(runner, "meeting_plan", cut_off.call.slug, **plan | {"place": "Salle 12"})
    assert CommitteeMeeting.objects.get(place="Salle 12").chair == chair


def test_a_meeting_is_run_from_its_pages(client_for):
    meeting, chair = MeetingFactory(quorum=1), member()
    application = ApplicationFactory(under_review=True, call=meeting.cut_off.call, cut_off=meeting.cut_off)
    runner, voter, point = client_for(officer()), client_for(chair), (meeting.pk, application.reference)
    live = reverse("meeting_live", args=[meeting.pk])
    for act in ("remplir", "ouvrir"):
        post(runner, "meeting_act", meeting.pk, act)
    assert "La séance se poursuit." in post(voter, "meeting_arrive", meeting.pk).content.decode()

    post(runner, "item_act", *point, "examiner")
    assert "Quorum atteint : 1 membre pour 1." in voter.get(live).content.decode()
    assert said_by(post(voter, "item_vote", *point, choice="labelled")) == ["Le vote n'est pas ouvert sur ce point."]
    post(runner, "item_act", *point, "voter")
    post(voter, "item_vote", *point, choice="labelled")
    assert Vote.objects.get().person == chair
    assert "Issue : labellisée." in runner.get(reverse("item_settle", args=point)).content.decode()
    post(runner, "item_settle", *point, reasons="Un besoin établi.", seen="labelled")
    for act in ("suspendre", "reprendre", "clore"):
        post(runner, "meeting_act", meeting.pk, act)
    stale = client_for(officer(), second_factor_age=601).post(reverse("meeting_act", args=[meeting.pk, "sceller"]))
    assert stale.url.startswith(reverse("mfa_reauthenticate"))
    assert not Minutes.objects.exists()
    post(runner, "meeting_act", meeting.pk, "sceller")

    page = voter.get(reverse("meeting_page", args=[meeting.pk])).content.decode()
    assert Minutes.objects.get().sha256 in page
    paper = b"".join(voter.get(reverse("minutes_pdf", args=[meeting.pk])).streaming_content)
    assert paper.startswith(b"%PDF")


def test_points_are_arranged_and_sent_back(client_for):
    meeting, by = MeetingFactory(opened=True), officer()
    runner = client_for(by)
    first, second = AgendaItemFactory(meeting=meeting), AgendaItemFactory(meeting=meeting)
    post(runner, "item_act", meeting.pk, second.application.reference, "monter")
    assert list(meeting.items.in_order()) == [second, first]
    post(runner, "item_act", meeting.pk, second.application.reference, "retirer")
    post(runner, "agenda_add", meeting.pk, reference=second.application.reference)
    assert said_by(post(runner, "agenda_add", meeting.pk, reference="")) == ["Choisissez un dossier."]
    post(runner, "item_act", meeting.pk, first.application.reference, "examiner")
    post(runner, "item_send_back", meeting.pk, first.application.reference, reasons="Budget attendu.", is_later="1")
    to = MeetingFactory(cut_off=meeting.cut_off)
    post(runner, "meeting_act", meeting.pk, "suspendre")
    post(runner, "agenda_carry", meeting.pk, to=to.pk)
    assert [item.application for item in to.items.all()] == [second.application]
    assert runner.post(reverse("meeting_act", args=[meeting.pk, "inconnu"])).status_code == 404


def test_a_member_withdraws_from_the_page(client_for):
    item, person = AgendaItemFactory(live=True), member()
    AttendanceFactory(meeting=item.meeting, person=person)
    client, point = client_for(person), (item.meeting_id, item.application.reference)
    assert "Écart" in client.get(reverse("meeting_live", args=point[:1])).content.decode()
    page = post(client, "item_leave", *point, reason="Un proche y travaille.")
    assert item.application.training.title not in page.content.decode()
    assert client.get(reverse("item_leave", args=point)).status_code == 404


def test_numbers_have_no_hole_and_lists_cost_the_same(client_for, django_assert_num_queries):
    meeting, person = MeetingFactory(opened=True), member()
    hidden = AgendaItemFactory(meeting=meeting)
    RecusalFactory(application=hidden.application, user=person)
    AgendaItemFactory(meeting=meeting)
    client = client_for(person)
    paths = [reverse("meeting_page", args=[meeting.pk]), reverse("meeting_list", args=[meeting.cut_off.call.slug])]
    for path in paths:
        client.get(path)
    for wanted in (1, 3):
        assert [number for number, _ in client.get(paths[0]).context["agenda"]] == list(range(1, wanted + 1))
        assert list(client.get(paths[1]).context["page_obj"])[-1].item_count == wanted
        with django_assert_num_queries(PAGE_QUERIES):
            client.get(paths[0])
        with django_assert_num_queries(LIST_QUERIES):
            client.get(paths[1])
        for _ in range(2):
            AgendaItemFactory(meeting=meeting)
        MeetingFactory(cut_off=meeting.cut_off, planned_at=clock.now() + timedelta(days=9))
    assert AgendaItem.objects.count() == 6


PAGE_QUERIES, LIST_QUERIES = 9, 6
