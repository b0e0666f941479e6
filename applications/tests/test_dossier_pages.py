"""The structure's pages: who may open them, what they say, what they keep."""

import re

import pytest
from django.urls import reverse

from applications.models import Application, MemberRole, Structure
from applications.tests.factories import (
    ANSWERS,
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    TrainingFactory,
    siret,
)
from applications.tests.world import World
from gen_portal.core.tests.factories import CommuneFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


# --- Who may open what ------------------------------------------------------------------------------------------------

DRAFT_RIGHTS = {  # owner, editor, reader, stranger, officer, director, technical administrator
    ("application_page",): (200, 200, 200, 404, 404, 404, 404),
    ("application_preview",): (200, 200, 200, 404, 404, 404, 404),
    ("application_section", "formation"): (200, 200, 403, 404, 404, 404, 404),
    ("application_section", "sites"): (200, 200, 403, 404, 404, 404, 404),
    ("application_section", "budget"): (200, 200, 403, 404, 404, 404, 404),
    ("application_files",): (200, 200, 200, 404, 404, 404, 404),
    ("site_create",): (200, 200, 403, 404, 404, 404, 404),
    ("application_submit",): (200, 403, 403, 404, 404, 404, 404),
    ("application_withdraw",): (200, 403, 403, 404, 404, 404, 404),
    ("admissibility_page",): (403, 403, 403, 403, 404, 404, 403),
}
FILED_RIGHTS = {
    ("application_page",): (200, 200, 200, 404, 403, 403, 404),
    ("application_preview",): (200, 200, 200, 404, 403, 403, 404),
    ("application_section", "formation"): (302, 302, 403, 404, 403, 403, 404),
    ("application_files",): (200, 200, 200, 404, 403, 403, 404),
    ("application_submit",): (302, 403, 403, 404, 403, 403, 404),
    ("application_withdraw",): (200, 403, 403, 404, 403, 403, 404),
    ("admissibility_page",): (403, 403, 403, 403, 200, 200, 403),
    ("admissibility_accept",): (403, 403, 403, 403, 200, 403, 403),
    ("admissibility_reject",): (403, 403, 403, 403, 200, 403, 403),
    ("admissibility_return",): (403, 403, 403, 403, 200, 403, 403),
}


@pytest.mark.parametrize(("traits", "rights"), [({}, DRAFT_RIGHTS), ({"submitted": True}, FILED_RIGHTS)])
def test_pages_open_to_those_who_may(frozen_clock, client_for, traits, rights):
    world = World(**traits)

    found = {}
    for person in world.people.values():
        client = client_for(person)
        for page in rights:
            found.setdefault(page, []).append(client.get(world.url(*page)).status_code)

    assert {page: tuple(statuses) for page, statuses in found.items()} == rights


def test_a_visitor_is_asked_to_sign_in(frozen_clock, client):
    world = World()
    for page in DRAFT_RIGHTS:
        answer = client.get(world.url(*page))
        assert (answer.status_code, answer.url.startswith(reverse("account_login"))) == (302, True)


def test_an_unknown_section_is_nowhere(frozen_clock, client_for):
    world = World()
    assert client_for(world.owner.user).get(f"/candidatures/{world.application.reference}/inconnue/").status_code == 404


@pytest.mark.parametrize("trait", ["submitted", "returned", "admissible", "inadmissible", "under_review", "withdrawn"])
def test_the_page_of_a_dossier_opens_in_every_state(frozen_clock, client_for, trait):
    world = World(**{trait: True})
    client = client_for(world.owner.user)

    assert [client.get(world.url(page)).status_code for page in ("application_page", "application_preview")] == [
        200,
        200,
    ]


# --- The structure ----------------------------------------------------------------------------------------------------


def structure_values(**changes):
    return {
        "siret": siret(501),
        "name": "Les Ateliers du code",
        "acronym": "",
        "legal_form": "association",
        "street": "3 rue des Dames",
        "postcode": "35000",
        "commune_name": "Rennes",
        "commune": "",
        "representative_name": "Inès Kermarrec",
        "representative_role": "présidente",
        "phone": "",
        "website": "",
        **changes,
    }


def test_a_visitor_inscribes_a_structure_and_goes_on_to_the_call(frozen_clock, client_for):
    CommuneFactory()
    call, user = CallFactory(), UserFactory()
    url = f"{reverse('structure_create')}?appel={call.slug}"

    answer = client_for(user).post(
        url, structure_values(siret=f" {siret(501)[:3]} {siret(501)[3:9]}\u00a0{siret(501)[9:]}")
    )

    structure = Structure.objects.get()
    assert answer.url == reverse("application_start", args=[call.slug])
    assert (structure.siret, structure.commune.name) == (siret(501), "Rennes")
    assert list(structure.memberships.values_list("user", "role")) == [(user.pk, MemberRole.OWNER)]


def test_the_same_form_sent_twice_makes_one_structure(frozen_clock, client_for):
    CommuneFactory()
    client = client_for(UserFactory())

    answers = [client.post(reverse("structure_create"), structure_values()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 200]
    assert Structure.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("123", "compte 14 chiffres, vous en avez saisi 3"),
        ("990005018", "Ceci est un numéro SIREN"),
        ("99000501800019", "pas valide"),
        ("A9000501800018", "que des chiffres"),
    ],
)
def test_a_wrong_siret_is_explained_and_nothing_is_lost(frozen_clock, client_for, typed, words):
    CommuneFactory()

    page = client_for(UserFactory()).post(reverse("structure_create"), structure_values(siret=typed)).content.decode()

    assert words in page.replace("&#x27;", "'")
    assert 'value="Les Ateliers du code"' in page
    assert Structure.objects.count() == 0


def test_an_establishment_of_la_poste_is_accepted(frozen_clock, client_for):
    CommuneFactory()
    client_for(UserFactory()).post(reverse("structure_create"), structure_values(siret="356 000 000 00114"))
    assert Structure.objects.get().siret == "35600000000114"


def test_without_scripts_the_commune_is_chosen_in_a_second_step(frozen_clock, client_for):
    CommuneFactory(code="93066", name="Saint-Denis", folded_name="saint denis", postcodes="|93200|")
    island = CommuneFactory(overseas=True)
    client = client_for(UserFactory())
    values = structure_values(commune_name="Saint-Denis")

    page = client.post(reverse("structure_create"), values).content.decode()
    client.post(reverse("structure_create"), values | {"commune": island.pk})

    assert "choisissez la vôtre" in page
    assert re.findall(r'type="radio" name="commune" value="(\d+)"', page) == ["93066", "97411"]
    assert Structure.objects.get().commune == island


def test_the_postcode_tells_namesakes_apart(frozen_clock, client_for):
    CommuneFactory(code="93066", name="Saint-Denis", folded_name="saint denis", postcodes="|93200|")
    island = CommuneFactory(overseas=True)

    client_for(UserFactory()).post(
        reverse("structure_create"), structure_values(commune_name="saint denis", postcode="97400")
    )

    assert Structure.objects.get().commune == island


def test_communes_are_suggested_to_people_signed_in(frozen_clock, client_for, client):
    CommuneFactory()
    url = reverse("commune_suggest")

    assert client_for(UserFactory()).get(url, {"q": "renn"}).json() == {
        "communes": [{"code": "35238", "name": "Rennes", "label": "Rennes (35) – 35000, 35200…"}]
    }
    assert client_for(UserFactory()).get(url, {"q": "r"}).json() == {"communes": []}
    assert client.get(url, {"q": "renn"}).status_code == 302


def test_an_owner_corrects_the_structure(frozen_clock, client_for):
    membership = MembershipFactory()
    structure = membership.structure
    url = reverse("structure_edit", args=[structure.reference])
    values = structure_values(siret=structure.siret, name="Nouveau nom")

    assert client_for(membership.user).post(url, values).url == reverse("structure_page", args=[structure.reference])
    structure.refresh_from_db()
    assert structure.name == "Nouveau nom"


# --- Starting -----------------------------------------------------------------------------------------------------------


def test_starting_a_dossier_names_the_training(frozen_clock, client_for):
    call, membership = CallFactory(), MembershipFactory(role=MemberRole.EDITOR)
    url = reverse("application_start", args=[call.slug])

    answer = client_for(membership.user).post(
        url, {"structure": membership.structure.pk, "title": "Cybersécurité pour toutes"}
    )

    application = Application.objects.get()
    assert answer.url == reverse("application_page", args=[application.reference])
    assert (application.training.title, application.training.structure) == (
        "Cybersécurité pour toutes",
        membership.structure,
    )


@pytest.mark.parametrize("trait", ["closed", "unpublished"])
def test_no_dossier_starts_in_a_call_that_is_not_open(frozen_clock, client_for, trait):
    call, membership = CallFactory(**{trait: True}), MembershipFactory()
    url = reverse("application_start", args=[call.slug])

    answer = client_for(membership.user).post(url, {"structure": membership.structure.pk, "title": "Web"})

    assert answer.status_code == (404 if trait == "unpublished" else 200)
    assert Application.objects.count() == 0


def test_a_second_live_dossier_for_the_training_is_refused_in_words(frozen_clock, client_for):
    world = World()
    url = reverse("application_start", args=[world.application.call.slug])

    page = client_for(world.owner.user).post(
        url, {"structure": world.structure.pk, "training": world.application.training.pk, "title": ""}
    )

    assert f'href="{world.url("application_page")}"' in page.content.decode()
    assert Application.objects.count() == 1


def test_a_reader_or_a_stranger_does_not_start_for_the_structure(frozen_clock, client_for):
    world = World()
    url = reverse("application_start", args=[CallFactory().slug])

    for name in ("reader", "stranger"):
        client_for(world.people[name]).post(url, {"structure": world.structure.pk, "title": "Autre"})

    assert Application.objects.count() == 1


def test_the_list_of_dossiers_takes_as_many_queries_for_one_as_for_three(
    frozen_clock, client_for, django_assert_num_queries
):
    membership = MembershipFactory()
    training = TrainingFactory(structure=membership.structure)
    ApplicationFactory(training=training, complete=True, call=CallFactory())
    client, url = client_for(membership.user), reverse("application_list")
    with django_assert_num_queries(9):
        client.get(url)
    for _ in range(2):
        ApplicationFactory(
            training=TrainingFactory(structure=membership.structure), call=CallFactory(closed=True), submitted=True
        )
    with django_assert_num_queries(9):
        page = client.get(url)
    assert page.content.decode().count('<th scope="row">') == 3


def test_answers_of_the_factory_fill_every_section(frozen_clock, client_for):
    world = World(complete=True)
    page = client_for(world.owner.user).get(world.url("application_page")).content.decode()
    assert page.count("complète</span>") == 13
    assert ANSWERS["signatory_name"] not in page
