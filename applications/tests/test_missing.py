"""What a dossier lacks: each line leads to a field that its page really has."""

import re

import pytest

from applications.models import Application
from applications.models.sections import BY_CODE, missing_answers
from applications.models.tables import TABLES
from applications.tests.factories import SiteFactory
from applications.tests.test_sections import seen_on
from applications.tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]

#: Every table with one line in which nothing is given.
BROKEN_TABLES = {name: [table.line()] for name, table in TABLES.items()}


def anchors_of(page):
    return set(re.findall(r'\bid="([^"]+)"', page.content.decode()))


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"certification": "title", "is_free": False, "novelty": "existing", **BROKEN_TABLES},
        {"expenses": [TABLES["expenses"].line(head="staff", amount_euros=90)], "requested_grant_euros": 80},
    ],
    ids=["empty", "broken tables", "unbalanced"],
)
@pytest.mark.parametrize("has_site", [True, False])
def test_every_link_reaches_a_field(frozen_clock, client_for, answers, has_site):
    world = World()
    Application.objects.filter(pk=world.application.pk).update(**answers)
    if has_site:
        SiteFactory(structure=world.structure)
    client = client_for(world.owner.user)
    page = client.get(world.url("application_missing")).content.decode()

    links = re.findall(rf'href="(/candidatures/{world.application.reference}/\w+/)#([^"]+)"', page)

    application = Application.objects.get(pk=world.application.pk)
    assert len(links) == len(missing_answers(application)) > 10
    there = {url: anchors_of(client.get(url)) for url in {url for url, _ in links}}
    assert [link for link in links if link[1] not in there[link[0]]] == []


def test_a_complete_dossier_lacks_nothing_and_may_be_filed(frozen_clock, client_for):
    world = World(complete=True)
    page = client_for(world.owner.user).get(world.url("application_missing")).content.decode()
    assert "Rien : le dossier est complet." in page
    assert world.url("application_submit") in page


def test_a_reader_sees_what_is_missing_without_links(frozen_clock, client_for):
    world = World(complete=True, women_percent=None)
    page = client_for(world.people["reader"]).get(world.url("application_missing")).content.decode()
    assert "<li>Femmes, en %</li>" in page


@pytest.mark.parametrize(
    ("answers", "labels"),
    [
        ({"milestones": [], "resources": []}, ["Budget à équilibrer : il manque 60 000 € de ressources"]),
        ({"own_funds_euros": 10}, ["Budget à équilibrer : les ressources dépassent de 10 €"]),
        (
            {"partners": [TABLES["partners"].line(name="Mairie", kind="local_authority")]},
            ["Partenaires, ligne 1 : Rôle dans la formation"],
        ),
        ({"planned_sessions": []}, ["Promotions datées"]),
        ({"novelty": "new", "activity_number": ""}, []),
        ({"novelty": "existing", "activity_number": ""}, ["Numéro de déclaration d'activité (NDA)"]),
        ({"certification": "diploma", "certification_level": ""}, ["Niveau de la certification"]),
        ({"disabled_percent": None, "mentoring": "", "employers": ""}, []),
    ],
)
def test_what_a_dossier_lacks(frozen_clock, answers, labels):
    application = World(complete=True).application
    for name, value in answers.items():
        setattr(application, name, value)
    found = [missing.label.replace("\xa0", " ").replace("\u202f", " ") for missing in missing_answers(application)]
    assert found == labels


def test_every_section_says_its_state_and_the_contact(frozen_clock, client_for):
    world = World(summary="Six mois de web.")
    page = client_for(world.owner.user).get(world.url("application_section", "programme")).content.decode()
    states = re.findall(r"gen-steps__state[^>]*>([^<]+)<", page)
    assert states == ["à faire", "commencée", *["à faire"] * 10, "complète"]
    assert f'href="mailto:{world.application.call.contact_email}"' in page
    assert page.count('aria-current="step"') == 1


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_section_is_shown_and_saved_in_few_queries(frozen_clock, client_for, django_assert_max_num_queries, code):
    world = World(complete=True)
    client, url = client_for(world.owner.user), world.url("application_section", code)
    page, limit = client.get(url), 18 if code == "sites" else 14  # five of them are of the session and the clock
    with django_assert_max_num_queries(limit):
        assert client.get(url).status_code == 200
    with django_assert_max_num_queries(limit):
        assert client.post(url, seen_on(page)).status_code == 302
