"""The map of a version: built once, told by its content, fresh at the next request after anything public changes."""

import gzip
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Structure
from fabriques import map_documents
from fabriques.map_documents import current_document, known_version
from fabriques.models import MapDocument
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from gen_portal.core.models import Commune
from gen_portal.tests.test_races import together
from labelling.models import Decision, Label, LabelEvent, LabelEventKind

LIST, POINTS = reverse("registry"), reverse("registry_points")


def version(client):
    return client.get(POINTS).headers["ETag"].strip('"')


def titles(client):
    return sorted(feature["properties"]["formation"] for feature in client.get(POINTS).json()["features"])


def features_of(columns):
    """What map.js makes of the columns: (place, training, structure, town, position)."""
    ids, labels, communes = columns["lieux"]
    holders, names, _ = columns["labels"]
    towns, longitudes, latitudes = columns["communes"]
    found, place = [], 0
    for step, label, commune in zip(ids, labels, communes, strict=True):
        place += step
        where = None if longitudes[commune] is None else [longitudes[commune], latitudes[commune]]
        structure = columns["structures"][holders[label]]
        found.append((place, columns["intitules"][names[label]], structure, towns[commune], where))
    return found


@pytest.mark.django_db
def test_both_documents_say_the_same_and_a_version_never_changes(client, frozen_clock):
    FabriqueFactory(structure__name="Atelier", label__title="Développement web")
    FabriqueFactory(structure__name="Bord de mer", label__title="Médiation", structure__commune__overseas=True)
    Commune.objects.filter(pk=Structure.objects.get(name="Atelier").commune_id).update(latitude=None)
    first = version(client)
    address = reverse("registry_points_version", args=[first])
    geojson = client.get(address)
    columns = client.get(reverse("registry_columns_version", args=[first])).json()

    assert features_of(columns) == [
        (
            f["id"],
            p["formation"],
            p["structure"],
            p["ville"],
            f["geometry"] and [round(axis, 3) for axis in f["geometry"]["coordinates"]],
        )
        for f in geojson.json()["features"]
        for p in [f["properties"]]
    ]
    assert geojson.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    Label.objects.filter(title="Médiation").update(title="Médiation numérique")
    assert titles(client) == ["Développement web", "Médiation numérique"]
    assert client.get(address).content == geojson.content
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.content)) == ("gzip", geojson.content)
    assert client.get(address, headers={"If-None-Match": f'"{first}"'}).status_code == 304
    assert client.get(reverse("registry_points_version", args=["0" * 16])).status_code == 404


@pytest.mark.django_db
def test_a_page_names_the_version_once_it_is_built_and_only_without_filters(client, frozen_clock):
    FabriqueFactory()
    assert b"data-gen-columns" not in client.get(LIST).content
    current = version(client)
    assert f"/fabriques/lieux.{current}.json" in client.get(LIST).content.decode()
    assert b"data-gen-columns" not in client.get(LIST, {"famille": "dev"}).content


@pytest.mark.django_db
def test_each_thing_the_map_shows_makes_another_version(client, frozen_clock):
    fabrique = FabriqueFactory(label__title="Développement web")
    label, seen = fabrique.label, [version(client)]
    changes = [
        lambda: FabriqueFactory(label__title="Médiation"),
        lambda: Structure.objects.filter(pk=fabrique.structure_id).update(name="Autre nom"),
        lambda: Commune.objects.filter(pk=fabrique.structure.commune_id).update(latitude="45.5"),
        lambda: LabelEvent.objects.create(
            label=label, kind=LabelEventKind.GIVEN_UP, effective_on=clock.today(), known_at=clock.now()
        ),
        lambda: Decision.objects.update(published_at=None),
        lambda: Decision.objects.update(published_at=clock.now()),
    ]
    for change in changes:
        change()
        seen.append(version(client))
    assert [number for number, (one, other) in enumerate(pairwise(seen)) if one == other] == []
    assert seen[-1] == seen[-3]  # the same content has the same version, wherever it was before
    assert known_version(clock.today()) == seen[-1]


@pytest.mark.django_db
def test_a_label_leaves_the_map_on_the_day_it_ends_though_nothing_is_written(client, frozen_clock):
    FabriqueFactory(label__title="Développement web", label__ends_on=frozen_clock.today + timedelta(days=1))
    assert titles(client) == ["Développement web"]
    frozen_clock.advance(days=1)
    assert titles(client) == []


@pytest.mark.django_db
def test_what_does_not_show_makes_no_other_version(client, frozen_clock):
    fabrique = FabriqueFactory()
    before = (version(client), map_documents.moment_of(clock.today()))
    Structure.objects.filter(pk=fabrique.structure_id).update(phone="01 02 03 04 05")
    Decision.objects.update(reasons="Motifs réécrits.")
    assert (version(client), map_documents.moment_of(clock.today())) == before


@pytest.mark.django_db
def test_documents_of_earlier_moments_are_not_kept_for_ever(client, frozen_clock, monkeypatch):
    monkeypatch.setattr(map_documents, "_KEPT", 2)
    fabrique = FabriqueFactory()
    for name in "abcd":
        Structure.objects.filter(pk=fabrique.structure_id).update(name=name)
        version(client)
    assert MapDocument.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_readers_at_once_build_the_map_once(frozen_clock, monkeypatch):
    FabriqueFactory()
    builds, build = [], map_documents.columnar
    monkeypatch.setattr(map_documents, "columnar", lambda places: builds.append(1) or build(places))

    bodies = together(8, lambda number: Client().get(POINTS).content)

    assert (len(builds), len(set(bodies)), MapDocument.objects.count()) == (1, 1, 1)
    assert len(json.loads(bodies[0])["features"]) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_committed_after_a_later_one_is_seen(frozen_clock):
    """The log is counted, not only its last number: two writers may commit in the other order."""
    one, two = FabriqueFactory(), FabriqueFactory()
    Structure.objects.filter(pk=one.structure_id).update(name="Un")
    before = current_document(clock.today(), clock.now()).version
    with map_documents.transaction.atomic():
        Structure.objects.filter(pk=one.structure_id).update(name="Premier")
        assert together(1, lambda number: _rename_and_read(two)) != [before]
    names = {f["properties"]["structure"] for f in Client().get(POINTS).json()["features"]}
    assert names == {"Premier", "Second"}


def _rename_and_read(fabrique):
    Structure.objects.filter(pk=fabrique.structure_id).update(name="Second")
    return current_document(clock.today(), clock.now()).version
