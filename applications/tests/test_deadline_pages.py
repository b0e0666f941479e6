"""The pages that move deadlines, those that tell of it, and the dispute report."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications import transitions
from applications.actions import deadlines
from applications.models import Extension, Incident
from applications.tests.factories import ApplicationFactory, IncidentFactory, TrainingFactory
from applications.tests.world import World
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def text_of(answer):
    return answer.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


@pytest.fixture
def world(frozen_clock):
    world = World(complete=True)
    world.call = world.application.call
    world.people["second"] = CapacityFactory(role=Role.SECOND_SIGNATORY).user
    world.deadlines = reverse("call_deadlines", args=[world.call.slug])
    return world


def typed(world, **values):
    cut_off = world.call.timetable[0]
    day = cut_off.last_day + timedelta(days=3)
    return {"cut_off": cut_off.pk, "last_day": day.isoformat(), "reason": "Le portail ne répondait plus."} | values


@pytest.mark.parametrize("name", ["siret", "reference"])
def test_an_officer_gives_a_structure_more_time(world, client_for, name):
    client, url = client_for(world.people["officer"]), reverse("extension_create", args=[world.call.slug])

    answer = client.post(url, typed(world, structure=getattr(world.structure, name)), follow=True)

    assert Extension.objects.get().structure == world.structure
    assert world.structure.name in text_of(answer)
    page = text_of(client_for(world.owner.user).get(reverse("call_page", args=[world.call.slug])))
    assert f"Délai accordé à {world.structure.name}" in page
    assert "Délai accordé" not in text_of(client.get(reverse("call_page", args=[world.call.slug])))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"structure": "000"}, "Aucune structure"),
        ({"last_day": "2026-03-11"}, "doit venir après"),
        ({"reason": " "}, "Indiquez le motif"),
        ({"closing_time": "00:00"}, "laissez l'heure vide"),
    ],
)
def test_a_refused_delay_loses_nothing_typed(world, client_for, values, words):
    url = reverse("extension_create", args=[world.call.slug])
    sent = typed(world, structure=world.structure.siret) | values

    page = text_of(client_for(world.people["officer"]).post(url, sent))

    assert words in page
    assert sent["last_day"] in page
    assert not Extension.objects.exists()


def test_nobody_gives_time_to_a_structure_of_their_own(world, client_for):
    member = CapacityFactory(user=world.owner.user).user
    url = reverse("extension_create", args=[world.call.slug])
    assert client_for(member).post(url, typed(world, structure=world.structure.siret)).status_code == 403


def test_an_incident_is_proposed_then_signed_by_a_signatory_and_everybody_reads_it(world, client_for):
    client_for(world.people["officer"]).post(reverse("incident_create", args=[world.call.slug]), typed(world))
    incident = Incident.objects.get()
    url = reverse("incident_sign", args=[incident.reference])
    public = reverse("call_page", args=[world.call.slug])
    assert "est reportée" not in text_of(client_for(world.owner.user).get(public))

    signing = client_for(world.people["director"])
    assert "Signer et publier le report" in text_of(signing.get(url))
    assert "Le report est signé" in text_of(signing.post(url, follow=True))

    for page in (public, world.url("application_page"), world.url("application_submit")):
        told = text_of(client_for(world.owner.user).get(page))
        assert "La clôture du relevé n° 1 est reportée" in told
        assert "Le portail ne répondait plus." in told


def test_signing_asks_for_a_fresh_second_factor_and_another_person(world, client_for):
    director = world.people["director"]
    incident = IncidentFactory(cut_off=world.call.timetable[0], proposed_by=director)
    url = reverse("incident_sign", args=[incident.reference])

    assert client_for(director).post(url).status_code == 403
    assert client_for(world.people["officer"]).post(url).status_code == 403
    stale = client_for(world.people["second"], second_factor_age=3600)
    assert stale.post(url).url.startswith(reverse("mfa_reauthenticate"))
    incident.refresh_from_db()
    assert incident.signed_at is None


def test_a_proposal_is_given_up(world, client_for):
    incident = IncidentFactory(cut_off=world.call.timetable[0])
    url = reverse("incident_drop", args=[incident.reference])
    client = client_for(world.people["officer"])

    assert "Abandonner ce report" in text_of(client.get(url))
    assert "abandonné" in text_of(client.post(url, follow=True))
    assert "déjà" in text_of(client.post(url, follow=True)) or "a été abandonné" in text_of(
        client.post(url, follow=True)
    )


def _late_filing(world, number=0):
    training = TrainingFactory(structure=world.structure, title=f"=Formation {number}")
    late = ApplicationFactory(complete=True, call=world.call, training=training, started_by=world.owner.user)
    return transitions.submit(late, by=world.owner.user, key=f"k{number}")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_deadlines_asks_the_same_number_of_queries(
    world, client_for, frozen_clock, django_assert_num_queries, count
):
    cut_off = world.call.timetable[0]
    for number in range(count):
        until_at = cut_off.closes_at + timedelta(days=1 + number)
        deadlines.grant_extension(cut_off, world.structure, until_at=until_at, reason="Panne", by=UserFactory())
    frozen_clock.set(cut_off.closes_at)
    for number in range(count):
        _late_filing(world, number)
    client = client_for(world.people["officer"])
    client.get(world.deadlines)

    with django_assert_num_queries(10):
        page = text_of(client.get(world.deadlines))

    assert page.count("dans le délai accordé à la structure") == count


def test_the_report_of_delays_is_a_safe_spreadsheet(world, client_for, frozen_clock):
    cut_off = world.call.timetable[0]
    until_at = cut_off.closes_at + timedelta(days=1)
    deadlines.grant_extension(cut_off, world.structure, until_at=until_at, reason="Panne", by=UserFactory())
    frozen_clock.set(cut_off.closes_at)
    filing = _late_filing(world)

    answer = client_for(world.people["officer"]).get(reverse("deadline_report", args=[world.call.slug]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert (len(rows), rows[1][0], rows[1][5]) == (2, filing.number, "dans le délai accordé à la structure")
    assert rows[1][2] == "'=Formation 0"


# --- The dispute report -----------------------------------------------------------------------------------------------


def test_a_dispute_report_tells_refusals_filings_and_a_whole_journal(world, client_for, frozen_clock):
    owner = client_for(world.owner.user)
    owner.get(world.url("application_submit"))
    frozen_clock.set(world.call.timetable[-1].closes_at)
    owner.post(world.url("application_submit"), {"key": "k1"})
    client = client_for(world.people["officer"])

    page = text_of(client.get(reverse("dispute_page", args=[world.structure.reference])))
    paper = client.get(reverse("dispute_pdf", args=[world.structure.reference])).content
    sheet = client.get(reverse("dispute_csv", args=[world.structure.reference])).content.decode("utf-8-sig")

    for words in ("page affichée", "refusé : hors délai", "Le journal de ce dossier est entier", "dernier relevé"):
        assert words in page
    told = " ".join(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper)).pages).split())
    assert "refusé : hors délai" in told
    assert [row[4] for row in csv.reader(io.StringIO(sheet), delimiter=";")][1:] == [
        "page affichée",
        "refusé : hors délai",
    ]


def test_a_dispute_report_sees_a_broken_journal(world, client_for, monkeypatch):
    filing = transitions.submit(world.application, by=world.owner.user, key="k1")
    changed = JournalEntry.objects.about(world.application).last()
    monkeypatch.setattr(JournalEntry, "computed_hash", lambda entry: "x" if entry.pk == changed.pk else entry.hash)

    page = text_of(client_for(world.people["officer"]).get(reverse("dispute_page", args=[world.structure.reference])))

    assert f"Journal rompu, entrée {changed.number} : contenu modifié." in page
    assert filing.number in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_dispute_report_asks_the_same_number_of_queries(world, client_for, django_assert_num_queries, count):
    for number in range(count):
        _late_filing(world, number)
    client, url = client_for(world.people["officer"]), reverse("dispute_page", args=[world.structure.reference])
    client.get(url)

    with django_assert_num_queries(13):
        page = text_of(client.get(url))

    assert page.count("Le journal de ce dossier est entier") == count
