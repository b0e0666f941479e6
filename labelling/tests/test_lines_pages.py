"""The pages of the lines: what moving says, what is refused and where, who is kept away, two scenarios, a suggestion."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.tests.factories import CallFactory, MembershipFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.actions import scenarios
from labelling.models import ReviewFigures, Scenario
from labelling.policies.lines import KEPT_AWAY
from labelling.tests.factories import AssignmentFactory, RecusalFactory
from labelling.tests.factories_decisions import DecisionFactory
from labelling.tests.factories_scenarios import opened, ranked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut_off():
    return CallFactory(budget_euros=100_000).cut_offs.get(number=1)


@pytest.fixture
def by():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def client(client_for, by):
    return client_for(by)


def url(name, cut_off, *more):
    return reverse(name, args=[cut_off.call.slug, cut_off.number, *more])


def said(answer):
    """The messages of the page one lands on."""
    return [str(message).replace("\u202f", " ").replace("\u00a0", " ") for message in answer.context["messages"]]


def order(answer):
    return [row.dossier.reference for row in answer.context["rows"]]


def text_of(answer):
    return re.sub(r"\s+", " ", unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " "))


def test_lines_are_opened_drawn_and_moved(client, cut_off):
    first, second = ranked(cut_off, "4.000", "3.000")
    page = url("lines_page", cut_off)
    assert "Ouvrir les lignes" in client.get(page).text
    assert order(client.post(page, follow=True)) == [first.reference, second.reference]

    answer = client.post(url("lines_draw", cut_off), {"labels": "2"}, follow=True)
    assert said(answer)[0].startswith(f"{first.reference}, {second.reference} passent au-dessus de la ligne de label.")
    answer = client.post(url("lines_draw", cut_off), {"grants": "1"}, follow=True)
    assert said(answer) == [
        f"{first.reference} passe au-dessus de la ligne d'argent. Subventions : 40 000 €, au lieu de 0 € ; il reste 60 000 €."
    ]
    text = text_of(answer)
    assert "2 sur 2 dossiers, dont 1 avec subvention" in text
    assert "30 % pour un objectif national de 30 %, atteint" in text
    assert "Ligne d'argent : 1 dossier au-dessus" in text
    assert said(client.post(url("lines_draw", cut_off), {"labels": "-1"}, follow=True)) == [
        "Indiquez un nombre de dossiers, de zéro au nombre de dossiers du relevé."
    ]


def test_a_button_moves_a_dossier_or_leads_where_the_reason_is_written(client, cut_off):
    _, (first, second, third) = opened(cut_off, "4.000", "3.000", "3.000")
    move = url("lines_move", cut_off)
    answer = client.post(move, {"move": f"{third.reference} {second.reference}"}, follow=True)
    assert order(answer) == [first.reference, third.reference, second.reference]
    assert said(answer) == ["Aucune ligne n'est franchie ; les sommes et les cibles restent les mêmes."]

    answer = client.post(move, {"move": f"{third.reference} {first.reference}"}, follow=True)
    assert answer.redirect_chain[-1][0] == url("lines_place", cut_off, third.reference)
    assert said(answer)[0].startswith(f"Le dossier {first.reference} (moyenne 4,000) passerait derrière")
    place = {"before": str(first.pk), "exception": ""}
    refused = client.post(url("lines_place", cut_off, third.reference), place)
    assert "écrivez la raison" in refused.context["form"].errors["exception"][0]
    answer = client.post(
        url("lines_place", cut_off, third.reference), place | {"exception": "Bassin sans offre."}, follow=True
    )
    assert order(answer) == [third.reference, first.reference, second.reference]
    assert "Dérogation : Bassin sans offre." in answer.text
    back = {"before": "dernier", "exception": ""}
    assert order(client.post(url("lines_place", cut_off, third.reference), back, follow=True))[-1] == third.reference
    gone = client.post(move, {"move": "GEN-INCONNU x"}, follow=True)
    assert said(gone) == ["Ce dossier n'est plus dans ce relevé : la page est maintenant à jour."]


def test_the_page_says_what_came_and_what_is_to_be_justified(client, cut_off):
    _, (first, second) = opened(cut_off, "4.000", "3.000")
    ReviewFigures.objects.filter(application=second).update(mean="4.500")
    ranked(cut_off, "1.000")
    text = text_of(client.get(url("lines_page", cut_off)))
    assert f"À justifier : placé derrière {first.reference}, moins bien classé" in text
    assert "Des dossiers sont arrivés (1) ou partis (0)" in text
    assert len(order(client.post(url("lines_page", cut_off), follow=True))) == 3


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(client, cut_off):
    opened(cut_off, "4.000")
    page = url("lines_page", cut_off)
    counts = []
    for more in (0, 2):
        ranked(cut_off, *["3.000"] * more)
        client.post(page)
        client.get(page)  # what is compared is computed once, then kept
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


KEPT = {
    "recused": lambda user, application: RecusalFactory(user=user, application=application),
    "still reviewing": lambda user, application: AssignmentFactory(reviewer=user, application=application),
    "member": lambda user, application: MembershipFactory(user=user, structure=application.training.structure),
}


@pytest.mark.once
@pytest.mark.parametrize("why", KEPT)
def test_who_is_kept_from_a_dossier_of_the_call_reads_the_same_in_two_worlds(why, client, cut_off, by):
    _, (hidden, *_) = opened(cut_off, "4.000", "3.000", "2.000")
    KEPT[why](by, hidden)
    pages = [
        url("lines_page", cut_off), url("scenario_list", cut_off), url("lines_suggest", cut_off),
        url("lines_place", cut_off, hidden.reference), url("lines_place", cut_off, "GEN-NULLE-PART"),
    ]  # fmt: skip

    def seen():
        return [
            (answer.status_code, KEPT_AWAY in text_of(answer), _without_tokens(answer))
            for answer in map(client.get, pages)
        ]

    before = seen()
    ReviewFigures.objects.filter(application=hidden).update(mean="0.000")
    Application.objects.filter(pk=hidden.pk).update(
        requested_grant_euros=1, cut_off=cut_off.call.cut_offs.get(number=2)
    )
    scenarios.settle(Scenario.objects.get(), by=CapacityFactory(role=Role.OFFICER).user)
    assert seen() == before
    assert {each[:2] for each in before} == {(403, True)}


def _without_tokens(answer):
    return re.sub(r'(csrfmiddlewaretoken" value="|data-gen-\w+=")[^"]*', "", answer.text)


def test_two_scenarios_side_by_side(client, cut_off, by):
    scenario, (first, second) = opened(cut_off, "4.000", "3.000")
    scenarios.draw_label_line(scenario, first.pk, by=by)
    page = url("scenario_list", cut_off)
    client.post(page, {"name": "Un seul"})
    assert "déjà le nom" in client.post(page, {"name": "Un seul"}).context["form"].errors["name"][0]
    scenarios.draw_label_line(scenario, second.pk, by=by)
    scenarios.draw_money_line(scenario, first.pk, by=by)
    copy = Scenario.objects.get(is_working=False)

    answer = client.get(page, {"a": copy.pk, "b": scenario.pk})
    compared = answer.context["compared"]
    assert [
        (each.dossier.reference, each.first, each.second.replace("\u202f", " ")) for each in compared.differences
    ] == [
        (first.reference, "label sans subvention", "label et 40 000\u00a0€"),
        (second.reference, "sans label", "label sans subvention"),
    ]
    assert "40 000 € de plus" in text_of(answer)
    assert "40 000 € de moins" in text_of(client.get(page, {"a": scenario.pk, "b": copy.pk}))
    assert client.get(page, {"a": copy.pk, "b": copy.pk}).context["compared"] is None

    answer = client.post(url("scenario_restore", cut_off, copy.pk), follow=True)
    assert (answer.context["label_line"], answer.context["money_line"]) == (1, 0)


def test_a_suggestion_becomes_a_scenario_and_says_what_decides(client, cut_off):
    scenario, (first, second) = opened(cut_off, "4.000", "3.000")
    asked = {"name": "Deux labels", "max_labels": "1", "women_percent": "30"}
    answer = client.post(url("lines_suggest", cut_off), asked, follow=True)
    kept = Scenario.objects.get(name="Deux labels")
    assert (kept.is_working, kept.label_line, kept.money_line) == (False, 1, 1)
    assert answer.context["compared"].second.scenario == kept
    assert "retenu : le laisser ferait entrer" in answer.text
    scenario.refresh_from_db()
    assert (scenario.revision, scenario.label_line) == (1, 0)

    taken = client.post(url("lines_suggest", cut_off), asked)
    assert "déjà le nom" in taken.context["form"].errors["name"][0]
    impossible = client.post(url("lines_suggest", cut_off), asked | {"name": "x", "women_percent": "31"})
    assert impossible.context["form"].non_field_errors() == [
        "Aucun choix ne tient ces minima : la part de femmes fait obstacle. Baissez ce minimum, ou permettez plus de labels."
    ]


def test_the_pages_say_since_when_published_lines_stay(client, cut_off):
    scenario, (first, second) = opened(cut_off, "4.000", "3.000")
    copy = scenarios.save_copy(scenario, "Avant", by=None)
    DecisionFactory(application=first, published=True)

    page, place = client.get(url("lines_page", cut_off)), url("lines_place", cut_off, second.reference)
    refused = client.post(url("lines_move", cut_off), {"move": f"{second.reference} {first.reference}"}, follow=True)
    written = client.post(place, {"before": "", "exception": "Un texte à ne pas perdre"})

    assert "Des décisions de ce relevé sont publiées depuis le" in text_of(page)
    assert "Tracer" not in page.text
    assert "gen-move" not in page.text
    assert any("restent comme elles étaient" in each for each in said(refused))
    assert written.context["form"]["exception"].value() == "Un texte à ne pas perdre"
    assert "restent comme elles étaient" in text_of(written)
    listed = client.get(url("scenario_list", cut_off))
    assert url("scenario_restore", cut_off, copy.pk) not in listed.text
    assert url("scenario_rename", cut_off, copy.pk) in listed.text


def test_a_scenario_is_renamed_and_removed_on_its_pages(client, cut_off):
    scenario, _ = opened(cut_off, "4.000")
    copy = scenarios.save_copy(scenario, "Essai", by=None)
    rename, remove = (url(name, cut_off, copy.pk) for name in ("scenario_rename", "scenario_remove"))

    taken = client.post(rename, {"name": scenario.name})
    assert "est déjà le nom d'un scénario" in text_of(taken)
    assert said(client.post(rename, {"name": "Sans plafond"}, follow=True)) == [
        "Le scénario « Essai » s'appelle maintenant « Sans plafond »."
    ]
    assert "Retirer « Sans plafond » ?" in text_of(client.get(remove))
    assert said(client.post(remove, follow=True)) == [
        "Le scénario « Sans plafond » est retiré. Le journal garde son nom."
    ]
    assert list(Scenario.objects.values_list("name", flat=True)) == [scenario.name]
    assert client.post(remove).status_code == 404
