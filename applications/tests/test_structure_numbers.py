"""A structure without SIRET drafts; what it lacks to file is said; namesakes by SIREN are told to it, and to staff."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import transitions
from applications.models import Structure
from applications.models.sections import missing_answers
from applications.tests.factories import ApplicationFactory, StructureFactory, siret
from applications.tests.test_dossier_pages import structure_values
from applications.tests.world import World
from gen_portal.core.tests.factories import CommuneFactory, UserFactory

pytestmark = pytest.mark.django_db
POLYNESIA = {
    "code": "98735",
    "name": "Papeete",
    "folded_name": "papeete",
    "department__code": "987",
    "department__name": "Polynésie française",
    "department__region__code": "987",
    "department__region__name": "Polynésie française",
    "time_zone": "Pacific/Tahiti",
}


def create(client, **values):
    return client.post(reverse("structure_create"), structure_values(**values))


@pytest.mark.parametrize(
    ("numbers", "stored"),
    [
        ({"rna": "w 353 001 234"}, ("", "W353001234", "", "")),
        ({"rna": "W9R1000123"}, ("", "W9R1000123", "", "")),
        ({"overseas_number": "123 456-001"}, ("", "", "123456001", "")),
        ({"no_number_reason": "En cours de déclaration."}, ("", "", "", "En cours de déclaration.")),
    ],
)
def test_a_structure_without_siret_is_inscribed(frozen_clock, client_for, numbers, stored):
    CommuneFactory()
    create(client_for(UserFactory()), siret="", **numbers)
    row = Structure.objects.get()
    assert (row.siret, row.rna, row.overseas_number, row.no_number_reason) == stored


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({}, "dites plus bas pourquoi"),
        ({"rna": "353001234"}, "commence par W"),
        ({"overseas_number": "12"}, "de 6 à 10 chiffres"),
    ],
)
def test_a_wrong_number_is_explained(frozen_clock, client_for, numbers, words):
    CommuneFactory()
    assert words in create(client_for(UserFactory()), siret="", **numbers).content.decode()
    assert Structure.objects.count() == 0


def test_the_database_wants_a_number_or_a_reason(frozen_clock):
    with pytest.raises(IntegrityError, match="a_structure_has_a_number"), transaction.atomic():
        StructureFactory(siret="")


def test_it_drafts_and_is_told_what_prevents_filing(frozen_clock, client_for):
    world = World(complete=True)
    Structure.objects.update(siret="", rna="W353001234")
    application = type(world.application).objects.get()

    with pytest.raises(transitions.Incomplete):
        transitions.submit(application, by=world.owner.user, key="K1")

    assert [(row.section, row.label) for row in missing_answers(application)] == [
        ("numero", "Numéro SIRET de la structure (à inscrire par une personne responsable)")
    ]
    client = client_for(world.people["editor"])
    assert "Numéro SIRET de la structure" in client.get(world.url("application_page")).content.decode()
    page = client.get(reverse("structure_page", args=[world.structure.reference])).content.decode()
    assert "Il manque un numéro SIRET" in page
    assert "RNA W353001234" in page


@pytest.mark.parametrize(("place", "is_enough"), [(POLYNESIA, True), ({}, False)])
def test_a_local_number_is_enough_where_siret_are_not_given(frozen_clock, place, is_enough):
    structure = StructureFactory(siret="", overseas_number="123456", commune=CommuneFactory(**place))
    application = ApplicationFactory(complete=True, training__structure=structure)
    assert (missing_answers(application) == []) is is_enough


def test_who_inscribes_a_known_siren_is_told_how_to_be_invited(frozen_clock, client_for):
    known = World().structure
    Structure.objects.filter(pk=known.pk).update(siret=siret(501), name="Nom à ne pas dire")
    client = client_for(UserFactory())

    page = create(client).content.decode().replace("&#x27;", "'")

    assert "demandez à la personne qui l'a inscrite chez vous de vous inviter" in page
    assert "Nom à ne pas dire" not in page
    assert Structure.objects.with_siren(siret(501)[:9]).count() == 1
    create(client, is_another_establishment="on")
    assert Structure.objects.with_siren(siret(501)[:9]).count() == 2


def test_an_unknown_siren_asks_nothing_more(frozen_clock, client_for):
    assert "is_another_establishment" not in client_for(UserFactory()).get(reverse("structure_create")).content.decode()


def test_staff_read_the_same_siren_on_the_page_of_a_structure(frozen_clock, client_for):
    world = World()
    twin = StructureFactory(siret=world.structure.siret, name="La jumelle")
    url = reverse("structure_page", args=[world.structure.reference])
    assert "La jumelle" in client_for(world.people["officer"]).get(url).content.decode()
    assert "La jumelle" not in client_for(world.owner.user).get(url).content.decode()
    assert list(Structure.objects.with_siren("")) == []
    assert twin.siren == world.structure.siren
