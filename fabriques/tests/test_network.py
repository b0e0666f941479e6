"""The directory among fabriques: who reads it, what it says, how it is searched."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import JobFamily, MemberRole
from applications.tests.factories import MembershipFactory, StructureFactory
from fabriques.models import NetworkOffer, PageState
from fabriques.tests.factories import FabriqueFactory
from fabriques.tests.factories_pages import FabriqueContactFactory, FabriquePageFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tests.people import signed_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]
DIRECTORY = "network_list"


def member_of(fabrique, role=MemberRole.READER):
    return signed_in(MembershipFactory(structure=fabrique.structure, role=role).user)


def names(client, asked=""):
    answer = client.get(reverse(DIRECTORY) + asked)
    assert answer.status_code == 200
    return [entry.fabrique.structure.name for entry in answer.context["entries"]]


def test_only_fabriques_of_the_day_and_staff_read_it(client):
    """For a lapsed fabrique, another structure, a reviewer or a visitor, it is not there."""
    lapsed = FabriqueFactory(label__starts_on=clock.today() - timedelta(days=90), label__ends_on=clock.today())
    fabrique, other = FabriqueFactory(), MembershipFactory(structure=StructureFactory()).user
    address = reverse(DIRECTORY)
    assert client.get(address).status_code == 302
    refused = [member_of(lapsed), signed_in(other), *(signed_in(CapacityFactory(role=role).user) for role in
               (Role.TECHNICAL_ADMIN, Role.COMMITTEE_MEMBER))]  # fmt: skip
    assert [reader.get(address).status_code for reader in refused] == [404] * 4
    assert names(member_of(fabrique)) == [fabrique.structure.name]
    officer = signed_in(CapacityFactory(role=Role.OFFICER).user)
    assert names(officer) == [fabrique.structure.name]


def test_what_it_says_and_what_it_keeps_to_itself():
    """Shared contacts alone; nothing that a page held back says, nor in the file of the officers."""
    fabrique = FabriqueFactory(label__job_family=JobFamily.DATA_AI)
    FabriqueContactFactory(fabrique=fabrique, function="Partenariats", email="=partage@a.example", is_shared=True)
    FabriqueContactFactory(fabrique=fabrique, function="Accueil public", is_public=True)
    FabriqueContactFactory(fabrique=fabrique, function="Pour nous")
    silenced = FabriqueFactory()
    FabriquePageFactory(fabrique=silenced, out=PageState.HELD)
    FabriqueContactFactory(fabrique=silenced, function="Retenu", is_shared=True)
    for one in (fabrique, silenced):
        NetworkOffer.objects.create(fabrique=one, tag="materiel", kind="propose")
    officer = signed_in(CapacityFactory(role=Role.OFFICER).user)
    for body in (
        officer.get(reverse(DIRECTORY)).content.decode(),
        officer.get(reverse("network_export")).content.decode(),
    ):
        assert [words in body for words in ("Partenariats", "Accueil public", "Pour nous", "Retenu")] == [
            True, False, False, False,
        ]  # fmt: skip
        assert "Données et intelligence artificielle" in body
    assert names(officer, "?sujet=materiel") == [fabrique.structure.name]


def test_filters():
    """Region, family, subject and side, words without accents; what makes no sense filters nothing."""
    one = FabriqueFactory(
        structure__name="École du Léman", label__job_family=JobFamily.CYBER, label__title="Pentest éthique"
    )
    two = FabriqueFactory(structure__name="Les Ateliers", label__job_family=JobFamily.DEV)
    NetworkOffer.objects.create(fabrique=one, tag="formateurs", kind="recherche")
    NetworkOffer.objects.create(fabrique=two, tag="formateurs", kind="propose")
    client, both = member_of(two), ["École du Léman", "Les Ateliers"]
    region = one.structure.commune.department.region_id
    expected = {
        "": both, "?texte=ecole leman": both[:1], "?texte=ETHIQUE": both[:1], "?famille=dev": both[1:],
        "?sujet=formateurs": both, "?sujet=formateurs&sens=recherche": both[:1], "?sens=propose": both[1:],
        "?sujet=inconnu&region=zz": both, f"?region={region}": both, "?texte=zanzibar": [], "?sujet=logement": [],
    }  # fmt: skip
    assert {asked: names(client, asked) for asked in expected} == expected


def test_an_editor_says_what_the_fabrique_offers_and_seeks():
    fabrique = FabriqueFactory()
    client, address = (
        member_of(fabrique, MemberRole.EDITOR),
        reverse("network_edit", args=[fabrique.structure.reference]),
    )
    seen = client.get(address).context["seen"]
    client.post(address, {"propose": ["materiel", "locaux"], "recherche": ["formateurs"], "seen": seen})
    entry = client.get(reverse(DIRECTORY)).context["entries"][0]
    assert (entry.offered, entry.sought) == (
        ["prêt de matériel", "mise à disposition de locaux"], ["partage de formateurs"],
    )  # fmt: skip
    late = client.post(address, {"propose": ["femmes"], "seen": seen})
    assert (late.status_code, "Propose : prêt de matériel" in late.content.decode()) == (409, True)
    assert member_of(fabrique).get(address).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_fabriques(django_assert_num_queries, count):
    fabriques = [FabriqueFactory() for _ in range(count)]
    for fabrique in fabriques:
        FabriqueContactFactory(fabrique=fabrique, is_shared=True)
        NetworkOffer.objects.create(fabrique=fabrique, tag="locaux", kind="propose")
    client = member_of(fabriques[0])
    client.get(reverse(DIRECTORY))
    with django_assert_num_queries(11):
        assert len(client.get(reverse(DIRECTORY)).context["entries"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_pages(django_assert_num_queries, count):
    for _ in range(count):
        FabriquePageFactory(out=PageState.PUBLISHED)
    client = signed_in(CapacityFactory(role=Role.OFFICER).user)
    client.get(reverse("page_list"))
    with django_assert_num_queries(4):
        assert len(client.get(reverse("page_list")).context["page_obj"].object_list) == count
