"""The base map: light, complete, without gaps between neighbours, and the one that the reference geography gives."""

import json
from itertools import pairwise

from django.core.management import call_command

from gen_portal.core.geography import reader
from gen_portal.core.geography.gaps import closed
from gen_portal.core.geography.outlines import simplified
from gen_portal.core.management.commands import build_outlines


def shape(code, ring):
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def edges(feature):
    """Every stretch between two points of a feature, whichever way it is drawn."""
    rings = (ring for polygon in feature["geometry"]["coordinates"] for ring in polygon)
    return {frozenset((tuple(a), tuple(b))) for ring in rings for a, b in pairwise(ring)}


def test_shared_border_is_simplified_alike():
    """Two squares share a bent side with two points too many: both lose them, both keep the bend."""
    side = [[1.0, 0.0], [1.041, 0.2], [1.1, 0.5], [1.062, 0.7], [1.0, 1.0]]

    west, east = simplified(
        [
            shape("O", [[0.0, 0.0], *side, [0.0, 1.0], [0.0, 0.0]]),
            shape("E", [[2.0, 0.0], [2.0, 1.0], *reversed(side), [2.0, 0.0]]),
        ]
    )["features"]

    assert edges(west) & edges(east) == {
        frozenset({(1.0, 0.0), (1.1, 0.5)}),
        frozenset({(1.1, 0.5), (1.0, 1.0)}),
    }


def test_shared_border_does_not_depend_on_who_draws_it():
    """Of two equal bends only the first met is kept, and neighbours walk in opposite ways."""
    side = [[1.0, 0.0], [1.012, 0.3], [1.012, 0.7], [1.0, 1.0]]

    west, east = simplified(
        [
            shape("O", [[0.0, 0.0], *side, [0.0, 1.0], [0.0, 0.0]]),
            shape("E", [[2.0, 0.0], [2.0, 1.0], *reversed(side), [2.0, 0.0]]),
        ]
    )["features"]

    assert edges(west) & edges(east) == {
        frozenset({(1.0, 0.0), (1.012, 0.3)}),
        frozenset({(1.012, 0.3), (1.0, 1.0)}),
    }


def test_gap_goes_to_its_longest_neighbour():
    """A lozenge lies between two squares; the western one has three of its sides and takes it."""
    west_side = [[1.0, 0.0], [1.0, 0.4], [0.9, 0.45], [0.9, 0.55], [1.0, 0.6], [1.0, 1.0]]
    east_side = [[1.0, 0.0], [1.0, 0.4], [1.1, 0.5], [1.0, 0.6], [1.0, 1.0]]

    west, east = closed(
        [
            shape("O", [[0.0, 0.0], *west_side, [0.0, 1.0], [0.0, 0.0]]),
            shape("E", [[2.0, 0.0], [2.0, 1.0], *reversed(east_side), [2.0, 0.0]]),
        ]
    )

    assert edges(west) & edges(east) == {frozenset(map(tuple, side)) for side in pairwise(east_side)}
    assert len(edges(west)) == len(edges(east)) == 7


def test_gap_that_opens_on_the_sea_stays():
    """A bay between two squares is no gap: its sides lead on to the coast."""
    west = shape("O", [[0.0, 0.0], [1.0, 0.0], [0.9, 0.9], [0.0, 1.0], [0.0, 0.0]])
    east = shape("E", [[1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.1, 0.9], [1.0, 0.0]])

    assert [edges(shore) for shore in closed([west, east])] == [
        {frozenset(map(tuple, side)) for side in pairwise(shore["geometry"]["coordinates"][0])}
        for shore in (west, east)
    ]


def test_small_islands_are_left_out_and_lone_ones_kept():
    speck = [[[5.0, 5.0], [5.01, 5.0], [5.01, 5.01], [5.0, 5.0]]]
    land = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]
    islands = {"type": "MultiPolygon", "coordinates": [speck, land]}

    [kept] = simplified([{"type": "Feature", "properties": {}, "geometry": islands}])["features"]

    assert len(kept["geometry"]["coordinates"]) == 1
    assert edges(kept) == {
        frozenset({(0.0, 0.0), (1.0, 0.0)}),
        frozenset({(1.0, 0.0), (1.0, 1.0)}),
        frozenset({(1.0, 1.0), (0.0, 0.0)}),
    }


def test_committed_outlines_are_up_to_date_and_light():
    text = build_outlines.TARGET.read_text(encoding="utf-8")

    assert text == build_outlines.drawn()
    assert len(text.encode()) < 300_000
    assert [found["properties"]["code"] for found in json.loads(text)["features"]] == [
        found["properties"]["code"] for found in reader.outlines("departements.geojson")
    ]


def test_inland_departments_have_no_gap_with_their_neighbours():
    features = {found["properties"]["code"]: found for found in json.loads(build_outlines.drawn())["features"]}
    inland = ("03", "15", "45", "49", "63", "75", "92")
    alone = {
        code: edges(features[code]).difference(*(edges(other) for key, other in features.items() if key != code))
        for code in inland
    }

    assert alone == {code: set() for code in inland}


def test_command_writes_the_file(tmp_path, monkeypatch, capsys):
    target = tmp_path / "geo" / "departements.json"
    monkeypatch.setattr(build_outlines, "TARGET", target)

    call_command("build_outlines")

    assert target.read_text(encoding="utf-8") == build_outlines.drawn()
    assert capsys.readouterr().out.startswith("Contours redessinés : 1")
