"""What a learner asks of the registry: near here, soon, at my level; and what the page says when it is not sure."""

from datetime import date

import pytest
from django.urls import reverse

from fabriques import nearby
from fabriques.forms.registry import RegistryFilterForm
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core.geography.distance import distance_km
from gen_portal.core.models import Commune
from gen_portal.core.tests.factories import CommuneFactory
from gen_portal.core.text import fold
from labelling.models import LabelSession, LabelSite

pytestmark = pytest.mark.django_db
LIST, POINTS = reverse("registry"), reverse("registry_points")
TODAY = date(2026, 3, 10)
OCCITANIE = {"department__region__code": "76", "department__region__name": "Occitanie"}


@pytest.fixture(autouse=True)
def _stop_the_clock(frozen_clock):
    """The registry is read on 10 March 2026."""


def town(code, name, department, postcode, latitude, longitude, **more):
    columns = {"department__code": department, "department__name": f"Département {department}"} | OCCITANIE
    place = {"latitude": latitude, "longitude": longitude, "postcodes": f"|{postcode}|"}
    return CommuneFactory(code=code, name=name, **columns, **place, **({"population": 1000} | more))


def open_fabrique(name, commune, *starts, **label):
    fabrique = FabriqueFactory(
        structure__name=name, structure__commune=commune, **{f"label__{key}": value for key, value in label.items()}
    )
    LabelSession.objects.filter(label=fabrique.label).delete()
    LabelSession.objects.bulk_create(LabelSession(label=fabrique.label, starts_on=day) for day in starts)
    return fabrique


@pytest.fixture
def network():
    """Around Mende: a training there in May, one there in March, one 30 km off, one at a distance given from Rennes, and one
    of Rennes itself."""
    mende = town("48095", "Mende", "48", "48000", "44.5180", "3.5010", population=12_000)
    florac = town("48061", "Florac", "48", "48400", "44.3250", "3.5930")
    town("48002", "Badaroux", "48", "48000", "44.5390", "3.5580")
    open_fabrique("Rentrée de mai", mende, date(2026, 1, 5), date(2026, 5, 4), title="Réseaux", entry_level="bac")
    open_fabrique("Rentrée de mars", mende, date(2026, 3, 30), title="Médiation", entry_level="none")
    open_fabrique("Vallée", florac, date(2026, 4, 1), title="Développement", entry_level="cap")
    open_fabrique("De loin", CommuneFactory(), date(2026, 3, 20), title="Données", on_site_percent=0, entry_level="")
    open_fabrique("Bretonne", CommuneFactory(), title="Design", entry_level="bac2")
    site = LabelSite.objects.get(label__title="Réseaux")
    site.is_in_priority_area = True
    site.save()


def rows(client, **filters):
    return client.get(LIST, filters).context["page_obj"].object_list


def listed(client, **filters):
    return [place.label.training.structure.name for place in rows(client, **filters)]


NEAR = ["Rentrée de mars", "Rentrée de mai", "De loin"]
FILTERS = [
    ({"pres": "Mende"}, [*NEAR[:2], "Vallée", "De loin"]),
    ({"pres": "mende (48)", "rayon": "10"}, NEAR),
    ({"pres": "48000", "rayon": "25"}, [*NEAR[:2], "Vallée", "De loin"]),
    ({"pres": "Rennes"}, ["Bretonne", "De loin"]),
    ({"pres": "Mende", "commence": "trimestre"}, ["Rentrée de mars", "De loin"]),
    ({"pres": "Mende", "commence": "suivant"}, ["Rentrée de mai", "Vallée"]),
    ({"apres": "2026-04-01", "avant": "2026-04-30"}, ["Vallée"]),
    ({"apres": "2026-04-02"}, ["Rentrée de mai"]),
    ({"niveau": "none"}, ["Rentrée de mars"]),
    ({"niveau": "cap"}, ["Rentrée de mars", "Vallée"]),
    ({"a_distance": "on"}, ["De loin"]),
    ({"prioritaire": "on"}, ["Rentrée de mai"]),
    ({"pres": "Mende", "texte": "mediation", "niveau": "bac"}, ["Rentrée de mars"]),
]


@pytest.mark.parametrize("filters, expected", FILTERS, ids=[str(filters) for filters, _ in FILTERS])
def test_the_list_and_the_map_answer_what_a_learner_asks(client, network, filters, expected):
    assert listed(client, **filters) == expected
    mapped = [feature["properties"]["structure"] for feature in client.get(POINTS, filters).json()["features"]]
    assert sorted(mapped) == sorted(expected)


def test_each_row_says_how_far_it_is_and_when_it_starts(client, network):
    places = rows(client, pres="Mende")
    page = client.get(LIST, {"pres": "Mende"}).content.decode().replace("\u00a0", " ")

    mende, florac = (Commune.objects.get(name=name) for name in ("Mende", "Florac"))
    exact = distance_km((mende.latitude, mende.longitude), (florac.latitude, florac.longitude))
    assert [place.distance_km for place in places] == [0, 0, pytest.approx(exact), None]
    assert [place.next_start_on for place in places] == [date(2026, month, day) for month, day in
                                                         ((3, 30), (5, 4), (4, 1), (3, 20))]  # fmt: skip
    told = ("<td data-label=\"Distance\">moins de 1 km</td>", "<td data-label=\"Distance\">23 km</td>",
            "<td data-label=\"Distance\">à distance</td>", "<time datetime=\"2026-03-30\">30/03/2026</time>")  # fmt: skip
    assert [words in page for words in told] == [True] * 4


def test_the_trainings_of_one_fabrique_are_told_by_its_address(client, network):
    slug = rows(client, texte="Vallée")[0].label.training.structure.fabrique.slug

    page = client.get(LIST, {"fabrique": slug})

    assert [place.label.title for place in page.context["page_obj"].object_list] == ["Développement"]
    assert "Une seule fabrique : <strong>Vallée</strong>" in page.content.decode()


@pytest.mark.parametrize(
    "filters, field",
    [
        ({"pres": "Nulle-part-sur-Rien"}, "pres"),
        ({"pres": "99999"}, "pres"),
        ({"rayon": "7"}, "rayon"),
        ({"niveau": "zz"}, "niveau"),
        ({"commence": "hier"}, "commence"),
        ({"apres": "demain"}, "apres"),
        ({"apres": "2026-05-01", "avant": "2026-04-01"}, "avant"),
        ({"fabrique": "inconnue"}, "fabrique"),
    ],
)
def test_what_makes_no_sense_is_named_and_leaves_the_rest_at_work(client, network, filters, field):
    page = client.get(LIST, filters | {"texte": "reseaux"})

    (error,) = page.context["form"].errors[field]
    assert list(page.context["form"].errors) == [field]
    assert error in page.content.decode().replace("&#x27;", "'")
    if field != "avant":
        assert [place.label.title for place in page.context["page_obj"].object_list] == ["Réseaux"]


# --- When the page is not sure -----------------------------------------------------------------------------------------


def test_homonyms_are_told_apart_by_their_department(client, network):
    CommuneFactory(overseas=True)
    town("93066", "Saint-Denis", "93", "93200", "48.9362", "2.3574", population=113_000)

    page = client.get(LIST, {"pres": "saint denis", "niveau": "none"})

    assert [str(commune) for commune in page.context["form"].place_search.choices] == [
        "Saint-Denis (974)",
        "Saint-Denis (93)",
    ]
    assert 'href="?pres=Saint-Denis+%28974%29&amp;niveau=none"' in page.content.decode()
    assert client.get(LIST, {"pres": "Saint-Denis (974)"}).context["form"].errors == {}


def test_a_postcode_means_the_largest_commune_and_names_the_others(client, network):
    page = client.get(LIST, {"pres": "48000"})

    assert str(page.context["form"].asked()["pres"]) == "Mende (48)"
    assert (
        'Autres communes de ce code postal : <a href="?pres=Badaroux+%2848%29">Badaroux</a>.' in page.content.decode()
    )


def test_a_mistyped_commune_is_suggested_and_never_put_in_its_place(client, network):
    page = client.get(LIST, {"pres": "Mnede"})

    assert "pres" not in page.context["form"].asked()
    assert [str(commune) for commune in page.context["form"].place_search.choices] == ["Mende (48)"]
    assert "Vouliez-vous dire…" in page.content.decode()


def test_mistyped_words_are_suggested_and_never_replaced(client, network):
    page = client.get(LIST, {"texte": "develloppement", "pres": "Mende"})

    assert list(page.context["page_obj"].object_list) == []
    said = 'Vouliez-vous dire <a class="fr-link" href="?texte=D%C3%A9veloppement&amp;pres=Mende">Développement</a> (1 lieu) ?'
    assert said in page.content.decode()


def test_a_suggestion_tells_nothing_that_is_not_public(client, network):
    hidden = rows(client, texte="Vallée")[0].label.decision
    hidden.published_at = None
    hidden.save()

    assert client.get(LIST, {"texte": "develloppement"}).context["meant"] is None


def test_a_commune_without_position_is_said(client, network):
    Commune.objects.filter(name="Florac").update(latitude=None, longitude=None)

    form = client.get(LIST, {"pres": "Florac"}).context["form"]

    assert form.errors == {"pres": ["La position de Florac (48) n'est pas connue : choisissez une commune voisine."]}


def test_names_are_offered_while_one_types(client, network):
    names = client.get(reverse("commune_names"), {"q": "me"}).json()

    assert names == {"communes": ["Mende (48)"]}
    assert client.get(reverse("commune_names"), {"q": "m"}).json() == {"communes": []}


@pytest.mark.parametrize("count", [1, 3])
def test_queries_near_a_place_do_not_grow_with_rows(client, django_assert_num_queries, count):
    for n in range(count):
        open_fabrique(f"Atelier {n}", CommuneFactory(), TODAY)

    with django_assert_num_queries(11):
        client.get(LIST, {"pres": "Rennes", "commence": "trimestre"})


def test_a_quarter_goes_from_today_to_its_last_day(db):
    days = [
        RegistryFilterForm({"commence": name}, today=date(2026, 12, 31)).start_days
        for name in ("trimestre", "suivant", "")
    ]

    assert days == [(date(2026, 12, 31), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 3, 31)), None]


@pytest.mark.postgresql
def test_the_index_of_trigrams_loses_no_name_with_a_single_mistake(db):
    """The contract of SQLite, which compares with every name: each swap, lack and addition in a name finds it."""
    for number, name in enumerate(("Lyon", "Nice", "Aups", "Clermont-Ferrand", "L'Haÿ-les-Roses")):
        town(f"4880{number}", name, "48", f"4899{number}", "44.1", "3.1")
        word = fold(name)
        for at in range(len(word) - 1):
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            for typed in (swapped, word[:at] + word[at + 1 :], word[:at] + "e" + word[at:]):
                found = nearby.commune_meant(typed)
                offered = [str(commune.name) for commune in (found.commune, *found.choices) if commune]
                assert name in offered or len(fold(typed)) < 4, typed
