"""The base map: light, complete, without gaps between neighbours, and the one that the reference geography gives."""

import json
from itertools import pairwise

from django.core.management import call_command

from gen_portal.core.geography import reader
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
    inland = ("03", "63", "75", "92")
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
