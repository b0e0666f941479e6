"""The places of a structure, described from a dossier: what they are like, and the point where they stand."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.models import MemberRole, Site, SiteVersion
from applications.models.site_versions import sheet_of_site, versions_of
from applications.tests.factories import MembershipFactory, SiteFactory
from applications.tests.world import World
from gen_portal.core.geography.distance import distance_km
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "La Halle", "street": "2 quai Nord", "postcode": "35000", "commune_name": "Rennes"}


@pytest.fixture
def world(frozen_clock):
    return World(complete=True)


def edit(world, client_for, site, **values):
    return client_for(world.owner.user).post(world.url("site_edit", site.pk), ADDRESS | seen_of(site) | values)


def seen_of(site):
    """What the page of this site says was before the writer's eyes."""
    return {f"seen-{part}": mark for part, mark in versions_of(sheet_of_site(site)).items()}


def test_a_site_is_described_and_placed(world, client_for):
    site = world.application.sites.get()
    values = {"latitude": "48,117266", "longitude": "-1.6778", "seat_count": "24", "opens_on": "2027-09-01",
              "equipment": "Douze postes.", "is_in_rural_area": "on"}  # fmt: skip

    answer = edit(world, client_for, site, **values)

    site.refresh_from_db()
    assert answer.url == world.url("application_section", "sites")
    assert (site.latitude, site.longitude) == (Decimal("48.11727"), Decimal("-1.67780"))
    assert (site.seat_count, site.equipment, site.is_in_rural_area) == (24, "Douze postes.", True)
    assert site.precision == "point placé par la structure"


def test_a_site_without_a_point_stands_in_the_middle_of_its_commune(world):
    site = world.application.sites.get()
    assert site.position == (site.commune.latitude, site.commune.longitude)
    assert site.precision == "centre de la commune"


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        ("48.1", "", "Donnez la latitude et la longitude, ou aucune des deux."),
        ("", "-1.6", "Donnez la latitude et la longitude, ou aucune des deux."),
        ("43.3", "5.4", "km de Rennes : vérifiez les deux nombres."),
        ("148", "1", "inférieure ou égale à 90"),
        ("abc", "1", "Saisissez un nombre."),
    ],
)
def test_a_point_that_cannot_be_is_explained(world, client_for, latitude, longitude, words):
    site = world.application.sites.get()
    page = edit(world, client_for, site, latitude=latitude, longitude=longitude)
    assert words in page.content.decode().replace("\xa0", " ")
    assert Site.objects.get(pk=site.pk).latitude is None


def test_a_site_of_another_structure_is_not_found(world, client_for):
    assert edit(world, client_for, SiteFactory()).status_code == 404


def test_a_filed_dossier_keeps_its_sites(frozen_clock, client_for):
    world = World(submitted=True)
    site = world.application.sites.get()

    page = edit(world, client_for, site, seat_count="3")

    assert page.status_code == 200
    assert "Ajouter" not in page.content.decode().partition("<h1>")[2][:40]
    assert Site.objects.get(pk=site.pk).seat_count is None


def test_distances_are_those_of_the_surface():
    assert round(distance_km((Decimal("48.8566"), Decimal("2.3522")), (Decimal("43.2965"), Decimal("5.3698")))) == 660
    assert distance_km((0, 0), (0, 0)) == 0


def test_a_commune_is_needed_to_judge_a_point(world, client_for):
    CommuneFactory()
    page = edit(world, client_for, world.application.sites.get(), commune_name="", latitude="48", longitude="1")
    assert page.status_code == 200


# --- Two people, and earlier sheets -------------------------------------------------------------------------------------


@pytest.fixture
def colleague(world):
    return MembershipFactory(structure=world.structure, role=MemberRole.EDITOR, user__first_name="Inès").user


def text_of(page):
    return page.content.decode().replace("\xa0", " ").replace("&#x27;", "'")


def test_two_people_change_different_parts_and_lose_nothing(world, client_for, colleague):
    site = world.application.sites.get()
    as_it_was = ADDRESS | {"name": site.name, "street": site.street, "postcode": site.postcode} | seen_of(site)
    url = world.url("site_edit", site.pk)

    client_for(colleague).post(url, as_it_was | {"seat_count": "12"})
    answer = client_for(world.owner.user).post(url, as_it_was | {"equipment": "Un ascenseur."})

    site.refresh_from_db()
    assert answer.status_code == 302
    assert (site.seat_count, site.equipment) == (12, "Un ascenseur.")


def test_what_a_colleague_wrote_meanwhile_is_shown_beside_ones_own(world, client_for, colleague):
    site = world.application.sites.get()
    seen, url, client = seen_of(site), world.url("site_edit", site.pk), client_for(world.owner.user)
    client_for(colleague).post(url, ADDRESS | seen | {"seat_count": "12"})

    page = client.post(url, ADDRESS | seen | {"street": "4 quai Sud", "seat_count": "20", "equipment": "Un ascenseur."})

    site.refresh_from_db()
    assert (site.street, site.seat_count, site.equipment) == ("2 quai Nord", 12, "Un ascenseur.")
    text = text_of(page)
    assert "Inès" in text
    assert "enregistré : <strong>12</strong> ; le vôtre, pas encore enregistré : <strong>20</strong>" in text
    assert "<strong>2 quai Nord, 35000, Rennes</strong>" in text
    client.post(url, ADDRESS | dict(page.context["form"].data.items()) | marks_on(page))
    site.refresh_from_db()
    assert (site.street, site.seat_count) == ("4 quai Sud", 20)


def test_what_one_left_alone_is_not_overwritten_by_saving_again(world, client_for, colleague):
    site = world.application.sites.get()
    as_it_was = ADDRESS | {"name": site.name, "street": site.street, "postcode": site.postcode} | seen_of(site)
    url, client = world.url("site_edit", site.pk), client_for(world.owner.user)
    client_for(colleague).post(url, as_it_was | {"seat_count": "12", "equipment": "Un ascenseur."})

    page = client.post(url, as_it_was | {"seat_count": "20"})
    client.post(url, as_it_was | {"seat_count": "20"} | marks_on(page))

    site.refresh_from_db()
    assert (site.seat_count, site.equipment) == (20, "Un ascenseur.")


def marks_on(page):
    return {f"seen-{part}": mark for part, mark in page.context["seen"].items()}


def test_every_earlier_sheet_can_be_taken_up_again(world, client_for):
    site = world.application.sites.get()
    url, client = world.url("site_edit", site.pk), client_for(world.owner.user)
    first = site.name
    for seats in ("12", "20"):
        page = client.get(url)
        client.post(url, ADDRESS | {"seat_count": seats} | marks_on(page))

    versions = SiteVersion.objects.filter(site=site).order_by("number")
    assert [(row.number, row.by, row.sheet["seat_count"]) for row in versions] == [
        *((1, None, None), (2, world.owner.user, 12), (3, world.owner.user, 20)),
    ]
    page = client.get(url + "?version=1")
    assert f'value="{first}"' in text_of(page)
    assert "Rien ne change tant que vous n'enregistrez pas" in text_of(page)
    values = {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}
    client.post(url, values | marks_on(page))
    site.refresh_from_db()
    assert (site.name, site.seat_count) == (first, None)
    assert versions.all().count() == 4


def test_a_new_site_begins_its_versions(world, client_for):
    client_for(world.owner.user).post(world.url("site_create"), ADDRESS)
    assert [(row.number, row.by) for row in SiteVersion.objects.order_by("pk")] == [(1, world.owner.user)]


def test_a_version_of_another_site_or_without_number_changes_nothing(world, client_for):
    site, client = world.application.sites.get(), client_for(world.owner.user)
    for asked in ("7", "abc", "²"):
        page = client.get(world.url("site_edit", site.pk) + f"?version={asked}")
        assert "La fiche telle qu" not in text_of(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_site_costs_the_same_for_one_version_and_three(
    world, client_for, count, django_assert_num_queries
):
    site, client = world.application.sites.get(), client_for(world.owner.user)
    for number in range(count):
        SiteVersion.objects.create(
            site=site,
            number=number + 1,
            sheet=sheet_of_site(site),
            by=world.owner.user,
            at=world.application.started_at,
        )
    with django_assert_num_queries(9):
        client.get(world.url("site_edit", site.pk))


@pytest.mark.postgresql
def test_versions_of_sites_refuse_to_be_changed(world, client_for):
    client_for(world.owner.user).post(world.url("site_create"), ADDRESS)
    for change in (lambda rows: rows.update(number=9), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change(SiteVersion.objects.all())
