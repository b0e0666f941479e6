"""The places of a structure, described from a dossier: what they are like, and the point where they stand."""

from decimal import Decimal

import pytest

from applications.forms.sites import distance_km
from applications.models import Site
from applications.tests.factories import SiteFactory
from applications.tests.world import World
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "La Halle", "street": "2 quai Nord", "postcode": "35000", "commune_name": "Rennes"}


@pytest.fixture
def world(frozen_clock):
    return World(complete=True)


def edit(world, client_for, site, **values):
    return client_for(world.owner.user).post(world.url("site_edit", site.pk), ADDRESS | values)


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
