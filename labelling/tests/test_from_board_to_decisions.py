"""What the lines propose and what the committee concludes become decisions, and stand in the minutes."""

import json

import pytest
from django.urls import reverse

from applications.tests.factories import CallFactory
from labelling.actions import scenarios
from labelling.models import AgendaItem, Decision
from labelling.tests.factories import RecusalFactory
from labelling.tests.factories_decisions import director
from labelling.tests.factories_meetings import AgendaItemFactory, AttendanceFactory, MeetingFactory
from labelling.tests.factories_scenarios import officer, opened
from labelling.transitions.items import settle_by_consensus
from labelling.transitions.meetings import close_meeting
from labelling.transitions.minutes import seal_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture
def cut_off():
    return CallFactory(budget_euros=100_000).cut_offs.get(number=1)


@pytest.fixture
def by():
    return officer()


@pytest.fixture
def drawn(cut_off, by):
    """Three dossiers, the best first: two labels, one grant, and why the second stands where it does."""
    scenario, dossiers = opened(cut_off, "4.000", "3.000", "2.000")
    scenarios.draw_label_line(scenario, dossiers[1].pk, by=by)
    scenarios.draw_money_line(scenario, dossiers[0].pk, by=by)
    scenarios.write_exception(scenario, dossiers[1].pk, "Seul dossier du département.", by=by)
    return dossiers


@pytest.fixture
def concluded(cut_off, by, drawn):
    """The committee met and settled the last dossier: a label all the same. The meeting, closed."""
    meeting = MeetingFactory(cut_off=cut_off, opened=True)
    for _ in range(2):
        AttendanceFactory(meeting=meeting)
    item = AgendaItemFactory(meeting=meeting, application=drawn[2], live=True)
    settle_by_consensus(
        AgendaItem.objects.get(pk=item.pk), outcome="labelled", reasons="Un territoire sans offre.", by=by
    )
    return close_meeting(meeting, by=by)


def prepare(client, cut_off, source, **typed):
    page = reverse("decision_prepare_many", args=[cut_off.call.slug]) + f"?releve=1&portee=tous&depuis={source}"
    shown = client.post(page, typed).context["preparation"]
    client.post(page, typed | {"seen": shown.seal, "faire": "1"})
    return shown


def test_the_lines_become_decisions(client_for, cut_off, drawn):
    prepare(client_for(director()), cut_off, "lignes", reasons="Suivant les lignes du relevé.")
    found = Decision.objects.order_by("application").values_list("application", "outcome", "grant_euros")
    assert list(found) == [
        (drawn[0].pk, "labelled", 40_000), (drawn[1].pk, "labelled", 0), (drawn[2].pk, "refused", 0)
    ]  # fmt: skip


def test_whoever_is_kept_from_a_dossier_prepares_nothing_from_the_lines(client_for, cut_off, drawn):
    person = director()
    RecusalFactory(application=drawn[2], user=person)
    page = reverse("decision_prepare_many", args=[cut_off.call.slug]) + "?releve=1&portee=tous&depuis=lignes"
    response = client_for(person).get(page)
    assert response.status_code == 403
    assert drawn[2].reference not in response.content.decode()


def test_what_the_committee_concluded_is_read_and_taken_up(client_for, cut_off, drawn, concluded):
    client = client_for(director())
    page = client.get(reverse("decision_edit", args=[drawn[2].reference]))
    assert (page.context["form"]["outcome"].value(), page.context["form"]["reasons"].value()) == (
        "labelled", "Un territoire sans offre."
    )  # fmt: skip
    assert "Le comité : labellisée" in page.content.decode()

    prepare(client, cut_off, "comite")
    decision = Decision.objects.get()
    assert (decision.application, decision.outcome, decision.reasons) == (
        drawn[2], "labelled", "Un territoire sans offre."
    )  # fmt: skip


def test_the_minutes_tell_the_lines_of_their_day(cut_off, by, drawn, concluded):
    sealed = seal_minutes(concluded, by=by)
    told = [line.replace("\u202f", " ").replace("\u00a0", " ") for line in json.loads(sealed.record)["lines"]]
    first, second, third = (each.reference for each in drawn)
    assert told[0] == (
        "Ligne de label sous 2 dossiers, ligne d'argent sous 1 dossier : 40 000 € de subventions, 60 000 € restants dans "
        "l'enveloppe."
    )
    assert f"Ordre : 1. {first} (40 000 €), 2. {second}, 3. {third}." in told
    assert f"Dérogation pour {second}, placé au rang 2 : Seul dossier du département." in told
