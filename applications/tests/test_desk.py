"""The officers' desk: the list with its filters, the dossier as filed, the three answers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import Application, ApplicationState, MemberRole
from applications.policies import dossiers as policies
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    StructureFactory,
    TrainingFactory,
)
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


@pytest.fixture
def officer(call):
    return CapacityFactory().user


@pytest.fixture
def client(officer, client_for):
    return client_for(officer)


def dossier(call, name="Atelier", title="Web", trait="submitted", **structure):
    training = TrainingFactory(structure=StructureFactory(name=name, **structure), title=title)
    return ApplicationFactory(call=call, training=training, **{trait: True})


def shown(client, call, **query):
    page = client.get(reverse("admissibility_list", args=[call.slug]), query)
    assert page.status_code == 200
    return [row.title for row in page.context["page_obj"]]


def test_the_list_shows_filed_dossiers_of_its_call(client, call):
    dossier(call, title="déposé")
    for trait in ("complete", "withdrawn"):
        dossier(call, title=trait, trait=trait)
    dossier(CallFactory(), title="ailleurs")

    assert shown(client, call) == ["déposé"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"texte": "ecole"}, ["A"]),
        ({"texte": "ÉCOLE lemoine"}, ["A"]),
        ({"texte": "introuvable"}, []),
        ({"etat": "admissible"}, ["B"]),
        ({"etat": "n'importe quoi"}, ["A", "B"]),
        ({"region": "04"}, ["B"]),
        ({"releve": "1"}, ["A", "B"]),
        ({"releve": "2"}, []),
        ({"tri": "formation"}, ["A", "B"]),
        ({"tri": "-formation"}, ["B", "A"]),
        ({"tri": "mot_de_passe"}, ["A", "B"]),
    ],
)
def test_the_list_filters_searches_and_sorts(client, call, query, titles):
    late = dossier(call, name="École Lemoine", title="A")
    Application.objects.filter(pk=late.pk).update(submitted_at=late.submitted_at + timedelta(hours=1))
    dossier(call, name="Autre", title="B", trait="admissible", overseas=True)

    assert shown(client, call, **query) == titles


def test_a_filing_number_finds_its_dossier(client, call):
    application = dossier(call, title="A")
    dossier(call, title="B")
    assert shown(client, call, texte=application.submissions.get().number) == ["A"]
    assert shown(client, call, texte=application.training.structure.siret) == ["A"]


def test_the_list_costs_the_same_for_one_and_three(client, call, django_assert_num_queries):
    url = reverse("admissibility_list", args=[call.slug])
    dossier(call)
    with django_assert_num_queries(8):
        client.get(url)
    dossier(call)
    dossier(call, overseas=True)
    with django_assert_num_queries(8):
        assert len(client.get(url).context["page_obj"].object_list) == 3


def test_the_dossier_is_read_as_it_was_filed(client, call):
    application = dossier(call, name="Nom du dépôt", trait="returned")
    Application.objects.filter(pk=application.pk).update(summary="Réécrit depuis")

    page = client.get(reverse("admissibility_page", args=[application.reference])).content.decode()

    assert "Six mois pour apprendre le développement web" in page
    assert "Réécrit depuis" not in page


def test_dossiers_of_the_same_siren_are_told(client, call):
    first = dossier(call, title="A")
    twin = dossier(call, title="B", siret=first.training.structure.siret, name="Jumelle")

    page = client.get(reverse("admissibility_page", args=[first.reference])).content.decode()

    assert reverse("admissibility_page", args=[twin.reference]) in page
    assert reverse("structure_page", args=[twin.training.structure.reference]) in page


ACTS = {
    "admissibility_accept": ({}, ApplicationState.ADMISSIBLE),
    "admissibility_reject": ({"reason": "Formation payante."}, ApplicationState.INADMISSIBLE),
    "admissibility_return": ({"request": "Les statuts.", "due_on": "2026-03-20"}, ApplicationState.RETURNED),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_answer_is_asked_then_done_once(client, call, mails, name):
    application, (values, state) = dossier(call), ACTS[name]
    url = reverse(name, args=[application.reference])

    assert client.get(url).status_code == 200
    answers = [client.post(url, values) for _ in range(2)]

    application.refresh_from_db()
    assert application.state == state
    assert answers[0].url == reverse("admissibility_page", args=[application.reference])
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("admissibility_reject", {"reason": "  "}),
        ("admissibility_return", {"request": "", "due_on": "2026-03-20"}),
        ("admissibility_return", {"request": "Les statuts.", "due_on": "2026-03-09"}),
    ],
)
def test_an_answer_without_its_words_is_refused(client, call, name, values):
    application = dossier(call)
    assert client.post(reverse(name, args=[application.reference]), values).status_code == 200
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_an_officer_does_not_judge_their_own_structure(client, officer, call):
    application = dossier(call)
    MembershipFactory(structure=application.training.structure, user=officer, role=MemberRole.READER)

    assert client.post(reverse("admissibility_accept", args=[application.reference])).status_code == 403
    page = client.get(reverse("admissibility_page", args=[application.reference])).content.decode()
    assert "Vous appartenez à cette structure" in page


def test_can_view_says_the_same_as_visible_to(call):
    applications = [
        dossier(call, trait=trait)
        for trait in ("complete", "submitted", "returned", "admissible", "inadmissible", "withdrawn", "decided")
    ]
    people = [CapacityFactory(role=role).user for role in Role]
    people += [UserFactory()]
    people += [MembershipFactory(structure=applications[0].training.structure, role=role).user for role in MemberRole]
    for person in people:
        visible = set(Application.objects.visible_to(person).order_by("pk"))
        assert {application for application in applications if policies.can_view(person, application)} == visible


def test_a_completion_that_does_not_come_is_no_longer_waited_for(client, call, mails, frozen_clock):
    application = dossier(call, trait="returned")
    url = reverse("admissibility_stop_waiting", args=[application.reference])
    assert "attendez ce jour" in client.post(url, follow=True).text
    assert url not in client.get(reverse("admissibility_page", args=[application.reference])).text
    frozen_clock.advance(days=11)
    assert url in client.get(reverse("admissibility_page", args=[application.reference])).text
    client.post(url)
    client.post(url)
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert [mail.kind for mail in mails()] == ["completion_dropped"]
    assert "tel que vous l'aviez déposé" in mails()[0].text_body
