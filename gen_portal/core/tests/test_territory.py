"""Legal and local time in words, on every clock of the territory and on the nights the clocks change; communes."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from gen_portal.core.geography import reader
from gen_portal.core.geography.positions import sure_position
from gen_portal.core.models import Commune, Department, Region
from gen_portal.core.phrases import PARIS
from gen_portal.core.territory import PLACES, describe_deadline, in_town, local_time
from gen_portal.core.tests.territory import CODES, load_test_communes


def spaced(text):
    """The text with ordinary spaces, to compare words only."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


#: The second cut-off of 2016 ends as 26 November begins in Paris (UTC+1): the same instant on every clock overseas.
WINTER_END = datetime(2016, 11, 26, tzinfo=PARIS)
ON_EVERY_CLOCK = {
    "America/Cayenne": "25 novembre 2016 à 20 h 00 en Guyane",
    "America/Guadeloupe": "25 novembre 2016 à 19 h 00 en Guadeloupe",
    "America/Marigot": "25 novembre 2016 à 19 h 00 à Saint-Martin",
    "America/Martinique": "25 novembre 2016 à 19 h 00 en Martinique",
    "America/Miquelon": "25 novembre 2016 à 20 h 00 à Saint-Pierre-et-Miquelon",
    "America/St_Barthelemy": "25 novembre 2016 à 19 h 00 à Saint-Barthélemy",
    "Indian/Mayotte": "26 novembre 2016 à 2 h 00 à Mayotte",
    "Indian/Reunion": "26 novembre 2016 à 3 h 00 à La Réunion",
    "Pacific/Gambier": "25 novembre 2016 à 14 h 00 aux Gambier",
    "Pacific/Marquesas": "25 novembre 2016 à 13 h 30 aux Marquises",
    "Pacific/Noumea": "26 novembre 2016 à 10 h 00 en Nouvelle-Calédonie",
    "Pacific/Tahiti": "25 novembre 2016 à 13 h 00 à Tahiti",
    "Pacific/Wallis": "26 novembre 2016 à 11 h 00 à Wallis-et-Futuna",
}
#: One second before the end of 31 August 2016 in Paris (UTC+2): safety T3, every zone one hour nearer or farther.
SUMMER_SECOND = datetime(2016, 8, 31, 23, 59, 59, tzinfo=PARIS)
LAST_SECOND = {
    "America/Cayenne": "31 18:59:59",
    "America/Guadeloupe": "31 17:59:59",
    "America/Marigot": "31 17:59:59",
    "America/Martinique": "31 17:59:59",
    "America/Miquelon": "31 19:59:59",
    "America/St_Barthelemy": "31 17:59:59",
    "Indian/Mayotte": "01 00:59:59",
    "Indian/Reunion": "01 01:59:59",
    "Pacific/Gambier": "31 12:59:59",
    "Pacific/Marquesas": "31 12:29:59",
    "Pacific/Noumea": "01 08:59:59",
    "Pacific/Tahiti": "31 11:59:59",
    "Pacific/Wallis": "01 09:59:59",
}
#: Instants around the nights of the clocks: spring (2 h becomes 3 h), autumn (3 h becomes 2 h), and leap day.
NIGHTS = [
    (datetime(2016, 3, 27, 0, 59, tzinfo=UTC), "dimanche 27 mars 2016 à 1 h 59"),
    (datetime(2016, 3, 27, 1, 0, tzinfo=UTC), "dimanche 27 mars 2016 à 3 h 00"),
    (datetime(2016, 10, 29, 22, 0, tzinfo=UTC), "samedi 29 octobre 2016 à minuit (24 h 00)"),
    (datetime(2016, 10, 29, 23, 59, tzinfo=UTC), "dimanche 30 octobre 2016 à 1 h 59"),
    (datetime(2016, 10, 30, 0, 30, tzinfo=UTC), "dimanche 30 octobre 2016 à 2 h 30 (heure d'été)"),
    (datetime(2016, 10, 30, 1, 30, tzinfo=UTC), "dimanche 30 octobre 2016 à 2 h 30 (heure d'hiver)"),
    (datetime(2016, 10, 30, 2, 0, tzinfo=UTC), "dimanche 30 octobre 2016 à 3 h 00"),
    (datetime(2016, 10, 30, 23, 0, tzinfo=UTC), "dimanche 30 octobre 2016 à minuit (24 h 00)"),
    (datetime(2017, 3, 25, 23, 0, tzinfo=UTC), "samedi 25 mars 2017 à minuit (24 h 00)"),
    (datetime(2017, 3, 26, 22, 0, tzinfo=UTC), "dimanche 26 mars 2017 à minuit (24 h 00)"),
    (datetime(2017, 10, 29, 0, 0, tzinfo=UTC), "dimanche 29 octobre 2017 à 2 h 00 (heure d'été)"),
    (datetime(2017, 10, 29, 1, 0, tzinfo=UTC), "dimanche 29 octobre 2017 à 2 h 00 (heure d'hiver)"),
    (datetime(2016, 2, 29, 23, 0, tzinfo=UTC), "lundi 29 février 2016 à minuit (24 h 00)"),
    (datetime(2017, 1, 31, 23, 0, tzinfo=UTC), "mardi 31 janvier 2017 à minuit (24 h 00)"),
    (datetime(2017, 2, 1, 17, 5, tzinfo=UTC), "mercredi 1er février 2017 à 18 h 05"),
    (datetime(2016, 11, 25, 22, 59, 59, tzinfo=UTC), "vendredi 25 novembre 2016 à 23 h 59 min 59 s"),
]


@pytest.mark.parametrize("at, words", NIGHTS)
def test_deadline_in_legal_time(at, words):
    assert spaced(describe_deadline(at)) == f"{words}, heure de Paris"


@pytest.mark.parametrize("zone, words", ON_EVERY_CLOCK.items())
def test_deadline_beside_its_local_time(zone, words):
    legal = "vendredi 25 novembre 2016 à minuit (24 h 00), heure de Paris"

    assert spaced(describe_deadline(WINTER_END, zone)) == f"{legal}, soit le {words} (heure locale)"


@pytest.mark.parametrize("zone, expected", LAST_SECOND.items())
def test_local_time_of_the_last_second(zone, expected):
    assert f"{local_time(SUMMER_SECOND, zone):%d %H:%M:%S}" == expected


def test_no_zone_is_left_out_of_the_tables():
    zones = {region.time_zone for region in reader.regions()} | {town.time_zone for town in reader.communes()}

    assert zones == {"Europe/Paris", *PLACES}
    assert set(PLACES) == set(ON_EVERY_CLOCK) == set(LAST_SECOND)


def test_deadline_names_the_town():
    text = spaced(describe_deadline(WINTER_END, "America/Martinique", place="Fort-de-France"))

    assert text.endswith(", soit le 25 novembre 2016 à 19 h 00 à Fort-de-France (heure locale)")


def test_deadline_at_local_midnight_ends_the_day():
    text = spaced(describe_deadline(datetime(2016, 11, 25, 21, 0, tzinfo=PARIS), "Indian/Reunion"))

    assert text == (
        "vendredi 25 novembre 2016 à 21 h 00, heure de Paris, "
        "soit le 25 novembre 2016 à minuit (24 h 00) à La Réunion (heure locale)"
    )


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Brussels", "", None])
def test_deadline_is_said_once_where_clocks_agree(zone):
    assert describe_deadline(WINTER_END, zone) == describe_deadline(WINTER_END)


def test_saint_pierre_changes_its_clocks_before_paris():
    """It follows Canada: for two weeks of March it is three hours from Paris instead of four."""
    local_times = [
        spaced(describe_deadline(at, "America/Miquelon")).split("soit ")[1]
        for at in (datetime(2016, 3, 12, 18, tzinfo=PARIS), datetime(2016, 3, 14, 18, tzinfo=PARIS))
    ]

    assert local_times == [
        "le 12 mars 2016 à 14 h 00 à Saint-Pierre-et-Miquelon (heure locale)",
        "le 14 mars 2016 à 15 h 00 à Saint-Pierre-et-Miquelon (heure locale)",
    ]


def test_instant_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        describe_deadline(datetime(2016, 11, 26))


@pytest.mark.parametrize(
    "name, words",
    [
        ("Nouméa", "à Nouméa"),
        ("Le Mont-Dore", "au Mont-Dore"),
        ("Les Abymes", "aux Abymes"),
        ("La Foa", "à La Foa"),
        ("L'Île-des-Pins", "à L'Île-des-Pins"),
        ("Lescar", "à Lescar"),
    ],
)
def test_town_after_its_preposition(name, words):
    assert in_town(name) == words


def test_files_agree_with_each_other():
    regions, departments, communes = reader.regions(), reader.departments(), reader.communes()
    drawn = {shape["properties"]["code"]: shape["properties"]["nom"] for shape in reader.outlines("regions.geojson")}

    assert {region.code: region.name for region in regions if not region.is_collectivity} == drawn
    assert {place.region for place in departments} == {region.code for region in regions}
    assert {town.department for town in communes} == {place.code for place in departments}
    assert len({town.code for town in communes}) == len(communes) == 34_944
    assert all(ZoneInfo(zone) for zone in {town.time_zone for town in communes})


def test_positions_stand_in_their_department():
    """The source lost the sign of some longitudes, and mixed up a few communes of one name: Guadeloupe is not in Asia."""
    towns = {town.code: town for town in reader.communes()}
    placed = {code: (town.latitude, town.longitude) for code, town in towns.items() if town.latitude is not None}

    assert len(towns) - len(placed) == 5 + 41
    assert placed["97128"] == (Decimal("16.23082"), Decimal("-61.37809"))
    assert placed["77108"] == (Decimal("48.88120"), Decimal("2.59290"))
    assert "55541" not in placed  # its latitude stands twice
    box = (-2, 46, -1, 48)
    assert [sure_position(*given, box) for given in ((47, 1.5), (47, 3), (None, None))] == [
        (47, -1.5), (None, None), (None, None)
    ]  # fmt: skip


def test_hand_made_communes_are_where_they_should_be():
    """No sign lost in the hand-made positions: each collectivity is within its own rectangle (west, south, east, north)."""
    boxes = {
        "975": (-56.5, 46.7, -56.1, 47.2),
        "977": (-62.95, 17.8, -62.75, 18),
        "978": (-63.2, 18, -62.9, 18.2),
        "986": (-178.3, -14.5, -176, -13),
        "987": (-155, -28, -134, -7),
        "988": (163, -23, 169, -19),
    }
    outside = [
        town.code
        for town in reader.communes()
        if town.department in boxes and not _inside(boxes[town.department], town)
    ]

    assert outside == []


def _inside(box, town):
    west, south, east, north = box
    return west <= town.longitude <= east and south <= town.latitude <= north


def test_load_reads_only_what_is_asked(db):
    output = StringIO()

    call_command("load_territory", only=["75056", "97209", "14581"], stdout=output)

    assert (
        spaced(output.getvalue()) == "Territoire chargé : 3 communes, 107 départements, 24 régions et collectivités.\n"
    )
    assert list(Commune.objects.values_list("code", flat=True)) == ["14581", "97209", "75056"]
    fort_de_france = Commune.objects.get(code="97209")
    assert fort_de_france.time_zone == "America/Martinique"
    assert fort_de_france.postcode_list == ["97200", "97234"]
    assert (fort_de_france.latitude, fort_de_france.longitude) == (Decimal("14.60737"), Decimal("-61.06944"))
    assert Commune.objects.get(code="14581").latitude is None


def test_load_corrects_and_keeps(db):
    load_test_communes()
    Commune.objects.filter(code="75056").update(name="Lutèce", population=1)
    Commune.objects.filter(code="69123").update(code="00000")

    load_test_communes()

    paris = Commune.objects.get(code="75056")
    assert (paris.name, paris.folded_name, paris.population) == ("Paris", "paris", 2_187_526)
    assert set(Commune.objects.values_list("code", flat=True)) == {*CODES, "00000"}
    assert (Region.objects.count(), Department.objects.count()) == (24, 107)


def test_load_refuses_an_unknown_code_and_changes_nothing(db):
    with pytest.raises(CommandError, match=r"code INSEE : 75999\."):
        call_command("load_territory", only=["75056", "75999"])

    assert Region.objects.count() == 0


def test_load_of_test_communes_is_cheap(db, django_assert_num_queries):
    with django_assert_num_queries(6):  # a savepoint around three writes, then one read
        communes = load_test_communes()

    assert set(communes) == CODES
    assert communes["98719"].time_zone == "Pacific/Gambier"
    assert {town.department.region_id for town in communes.values()} == {region.code for region in reader.regions()}


@pytest.mark.parametrize(
    "typed, names",
    [
        ("saint denis", ["Saint-Denis", "Saint-Denis"]),
        ("GUÉR", ["Guéret"]),
        ("mont-dore", ["Le Mont-Dore"]),
        ("le mont", ["Le Mont-Dore"]),
        ("69003", ["Lyon"]),
        ("973", ["Cayenne"]),
        ("988", ["Nouméa", "Le Mont-Dore"]),
        ("Atlantide", []),
    ],
)
def test_commune_found_by_name_or_postcode(db, typed, names):
    load_test_communes()

    assert [town.name for town in Commune.objects.matching(typed)] == names


def test_communes_of_unknown_population_come_last(db):
    load_test_communes()

    assert [town.name for town in Commune.objects.matching("976")] == ["Mamoudzou"]
    assert [town.name for town in Commune.objects.matching("sa")] == [
        "Saint-Étienne",
        "Saint-Denis",
        "Saint-Denis",
        "Saint-Pierre",
        "Saint-Barthélemy",
        "Saint-Martin",
        "Saint-Pierre",
    ]
