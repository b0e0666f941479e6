"""The public list and its map: what is in it, what never is, and that both hold the same rows."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from applications.models import Training
from fabriques.models import Fabrique
from fabriques.models.registry import Headline, headline
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core.models import Commune
from gen_portal.core.tests.factories import CommuneFactory
from labelling.models import Decision, LabelEvent, LabelEventKind, LabelSite
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db

LIST, POINTS = reverse("registry"), reverse("registry_points")
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _stop_the_clock(frozen_clock):
    """Labels are awarded on 10 March 2026, and asked for on that day."""


def open_fabrique(name="Atelier des Écrans", town=None, **label):
    columns = {f"label__{key}": value for key, value in label.items()}
    commune = CommuneFactory(**town) if town else CommuneFactory()
    return FabriqueFactory(structure__name=name, structure__commune=commune, **columns)


def lose(label, on, kind=LabelEventKind.GIVEN_UP):
    LabelEvent.objects.create(label=label, kind=kind, effective_on=on, known_at=datetime(2026, 3, 1, tzinfo=UTC))


def listed(client, **filters):
    page = client.get(LIST, filters).context["page_obj"]
    return [(place.label.training.structure.name, place.label.title, place.commune.name) for place in page.object_list]


def mapped(client, **filters):
    features = client.get(POINTS, filters).json()["features"]
    return [(f["properties"]["structure"], f["properties"]["formation"], f["properties"]["ville"]) for f in features]


@pytest.fixture
def network():
    """Three fabriques: Rennes (free, développement), Saint-Denis (mediation), Saint-Lô (free, design)."""
    saint_lo = {"code": "50502", "name": "Saint-Lô", "department__code": "50", "department__name": "Manche"}
    region = {"department__region__code": "28", "department__region__name": "Normandie"}
    open_fabrique("Atelier des Écrans", title="Développeuse, développeur web", is_free=True)
    open_fabrique("Bord de mer", town={"overseas": True}, title="Médiation", job_family="mediation", is_free=False)
    open_fabrique("Çà et là", town=saint_lo | region, title="Œuvre et image", job_family="design", is_free=True)


ALL = ["Atelier des Écrans", "Bord de mer", "Çà et là"]
FILTERS = [
    ({}, ALL),
    ({"texte": "ecrans"}, ALL[:1]),
    ({"texte": "DÉVELOPPEUR rennes"}, ALL[:1]),
    ({"texte": "saint lo"}, ALL[2:]),
    ({"texte": "Saint-"}, ALL[1:]),
    ({"texte": "oeuvre"}, ALL[2:]),
    ({"texte": "ca"}, ALL[2:]),
    ({"texte": "% _"}, ALL),
    ({"texte": "introuvable"}, []),
    ({"region": "28"}, ALL[2:]),
    ({"departement": "35"}, ALL[:1]),
    ({"region": "28", "departement": "35"}, []),
    ({"famille": "mediation"}, ALL[1:2]),
    ({"gratuite": "on"}, [ALL[0], ALL[2]]),
    ({"outremer": "on"}, ALL[1:2]),
    ({"gratuite": "on", "outremer": "on"}, []),
    ({"region": "zz", "texte": "ecrans"}, ALL[:1]),
    ({"famille": "zz"}, ALL),
]


@pytest.mark.parametrize("filters, expected", FILTERS, ids=[str(filters) for filters, _ in FILTERS])
def test_the_list_and_the_map_answer_the_same_filters(client, network, filters, expected):
    assert [name for name, _, _ in listed(client, **filters)] == expected
    assert [name for name, _, _ in mapped(client, **filters)] == expected


def test_a_filter_that_makes_no_sense_is_named(client, network):
    page = client.get(LIST, {"region": "zz"})

    assert page.context["form"].errors == {
        "region": ["Cette région n'existe pas : choisissez-en une dans la liste."],
    }


@pytest.mark.parametrize(
    "sort, expected",
    [
        ("", ALL),
        ("-structure", ALL[::-1]),
        ("formation", ALL),
        ("-ville", [ALL[2], ALL[1], ALL[0]]),
        ("famille", [ALL[2], ALL[0], ALL[1]]),
        ("debut", ALL),
        ("n'importe quoi", ALL),
    ],
)
def test_the_list_is_sorted_by_its_url(client, network, sort, expected):
    assert [name for name, _, _ in listed(client, tri=sort)] == expected


def test_a_label_about_to_be_lost_is_sorted_and_shown_by_its_last_day(client, network):
    lose(Fabrique.objects.get(structure__name="Çà et là").structure.trainings.get().labels.get(), date(2026, 5, 1))

    page = client.get(LIST, {"tri": "fin"})

    assert listed(client, tri="fin")[0][0] == "Çà et là"
    assert b'<time datetime="2026-04-30">30/04/2026</time>' in page.content


# --- What is not in it -------------------------------------------------------------------------------------------------


def nothing_is_shown(client):
    return (listed(client), mapped(client), headline(TODAY)) == ([], [], Headline(0, 0, 0))


def test_a_decision_not_published_is_nowhere(client):
    fabrique = open_fabrique()
    Decision.objects.update(published_at=None)

    assert nothing_is_shown(client)
    assert client.get(reverse("fabrique_page", args=[fabrique.slug])).status_code == 404
    assert client.get(reverse("label_page", args=[fabrique.label.reference])).status_code == 404


def test_a_label_without_its_fabrique_is_nowhere(client):
    label = LabelFactory()

    assert nothing_is_shown(client)
    assert client.get(reverse("label_page", args=[label.reference])).status_code == 404


@pytest.mark.parametrize(
    "starts_on, ends_on",
    [(date(2026, 3, 11), date(2029, 3, 11)), (date(2023, 3, 10), date(2026, 3, 10))],
    ids=["begins tomorrow", "over today"],
)
def test_a_label_out_of_its_dates_is_not_listed(client, starts_on, ends_on):
    open_fabrique(starts_on=starts_on, ends_on=ends_on)

    assert nothing_is_shown(client)


@pytest.mark.parametrize("kind", [LabelEventKind.GIVEN_UP, LabelEventKind.REVOKED])
def test_a_lost_label_is_not_listed(client, kind):
    lose(open_fabrique().label, TODAY, kind)

    assert nothing_is_shown(client)


def test_a_later_draft_is_never_shown(client):
    fabrique = open_fabrique(title="Titre labellisé")
    Training.objects.update(title="Brouillon du titre")
    for site in fabrique.structure.sites.all():
        site.name, site.commune = "Brouillon du lieu", CommuneFactory(overseas=True)
        site.save()

    pages = [LIST, POINTS, reverse("fabrique_page", args=[fabrique.slug])]
    pages.append(reverse("label_page", args=[fabrique.label.reference]))
    answers = [client.get(url).content.decode() for url in pages]

    assert [("Titre labellisé" in answer, "Brouillon" in answer) for answer in answers] == [(True, False)] * 4
    assert listed(client) == [("Atelier des Écrans", "Titre labellisé", "Rennes")]


# --- Figures, pages, queries -------------------------------------------------------------------------------------------


def test_the_figures_count_structures_trainings_and_places_once(client, network):
    structure = Fabrique.objects.get(structure__name="Bord de mer").structure
    LabelFactory(decision__application__training__structure=structure)

    assert headline(TODAY) == Headline(fabrique_count=3, training_count=4, site_count=4, target=200)
    assert len(mapped(client)) == 4


def test_the_list_goes_by_pages_and_the_map_shows_them_all(client):
    fabrique = open_fabrique()
    site = LabelSite.objects.get()
    extra = fabrique.structure.sites.bulk_create(
        [type(site.site)(structure=fabrique.structure, name=f"Lieu {n}", commune=site.commune) for n in range(50)]
    )
    LabelSite.objects.bulk_create(LabelSite(label=site.label, site=s, name=s.name, commune=s.commune) for s in extra)

    assert [len(listed(client, page=page)) for page in (1, 2)] == [50, 1]
    assert len(mapped(client, page=2)) == 51


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("url, expected", [(LIST, 12), (POINTS, 3)], ids=["list", "points"])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, url, expected, count):
    for n in range(count):
        open_fabrique(f"Atelier {n}")
    client.get(POINTS)  # the map is built once

    with django_assert_num_queries(expected):
        client.get(url)


def test_the_number_of_a_label_leads_to_its_page(client):
    reference = open_fabrique().label.reference
    typed = f" {reference[:8].lower()}-{reference[8:]} "

    response = client.get(LIST, {"texte": typed})

    assert response.url == reverse("label_page", args=[reference])


def test_an_empty_list_says_why(client, network):
    filtered = client.get(LIST, {"texte": "introuvable"}).content.decode()
    Decision.objects.update(published_at=None)
    bare = client.get(LIST).content.decode()

    assert ("Aucun lieu ne répond à ces filtres" in filtered, "data-gen-map" in filtered) == (True, False)
    assert ("Aucune formation n'est labellisée aujourd'hui" in bare, "data-gen-map" in bare) == (True, False)


# --- The points --------------------------------------------------------------------------------------------------------


def test_a_point_tells_what_a_row_tells(client):
    fabrique = open_fabrique(title="Médiation", job_family="mediation")

    (feature,) = client.get(POINTS).json()["features"]

    assert feature == {
        "type": "Feature",
        "id": LabelSite.objects.get().pk,
        "geometry": {"type": "Point", "coordinates": [-1.6757, 48.1134]},
        "properties": {
            "structure": "Atelier des Écrans",
            "formation": "Médiation",
            "famille": "Médiation et formation numériques",
            "ville": "Rennes (35)",
            "fabrique": f"/fabriques/{fabrique.slug}/",
            "label": f"/labels/{fabrique.label.reference}/",
        },
    }


def test_a_commune_without_position_has_a_row_and_no_point(client):
    open_fabrique()
    Commune.objects.update(latitude=None, longitude=None)

    (feature,) = client.get(POINTS).json()["features"]

    assert feature["geometry"] is None
    assert len(listed(client)) == 1
    assert b"data-gen-show" not in client.get(LIST).content


def test_points_are_sent_again_only_when_rows_or_filters_change(client, network):
    first = client.get(POINTS)
    etag = first.headers["ETag"]

    again = client.get(POINTS, headers={"If-None-Match": etag})
    filtered = client.get(POINTS, {"famille": "design"}, headers={"If-None-Match": etag})
    lose(LabelSite.objects.order_by("pk").first().label, TODAY)
    changed = client.get(POINTS, headers={"If-None-Match": etag})

    assert [r.status_code for r in (first, again, filtered, changed)] == [200, 304, 200, 200]
    assert again.content == b""
    assert len({etag, filtered.headers["ETag"], changed.headers["ETag"]}) == 3


def test_only_the_points_may_be_read_from_another_site(client, network):
    first = client.get(POINTS)
    again = client.get(POINTS, headers={"If-None-Match": first.headers["ETag"]})

    name = "Cross-Origin-Resource-Policy"
    assert [r.headers[name] for r in (first, again, client.get(LIST))] == [
        "cross-origin",
        "cross-origin",
        "same-origin",
    ]
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Content-Type"] == "application/geo+json"
