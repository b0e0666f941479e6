"""Reads the files of this folder as plain values, in the order of their codes; knows nothing of the database."""

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gen_portal.core.geography.positions import boxes, sure_position

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class RegionRow:
    code: str
    name: str
    time_zone: str
    is_overseas: bool
    is_collectivity: bool


@dataclass(frozen=True)
class DepartmentRow:
    code: str
    name: str
    region: str


@dataclass(frozen=True)
class CommuneRow:
    code: str
    name: str
    department: str
    postcodes: str
    population: int | None
    latitude: Decimal | None
    longitude: Decimal | None
    time_zone: str


def regions():
    """The 18 regions and the 6 overseas collectivities."""
    rows = (
        RegionRow(row["code"], row["nom"], row["fuseau"], bool(row["outre_mer"]), bool(row["collectivite"]))
        for row in _table("regions.csv")
    )
    return sorted(rows, key=lambda row: row.code)


def departments():
    """The 101 departments, and one for each overseas collectivity, of the same code and name."""
    drawn = (feature["properties"] for feature in outlines("departements.geojson"))
    rows = [DepartmentRow(place["code"], place["nom"], place["region"]) for place in drawn]
    rows += [DepartmentRow(region.code, region.name, region.code) for region in regions() if region.is_collectivity]
    return sorted(rows, key=lambda row: row.code)


def communes(only=None):
    """All communes, or those of the INSEE codes in `only`; a commune without its own time zone has its region's.

    A position outside of its department is mended or left out (positions.py), unless it is one of those placed by hand.
    """
    zones = {region.code: region.time_zone for region in regions()}
    around = boxes(outlines("departements.geojson"))
    by_hand = {row["code_insee"]: row for row in _table("positions.csv")}
    rows = [
        _commune(row | by_hand.get(row["code_insee"], {}), zones, around.get(row["departement"]))
        for name in ("communes.csv", "overseas.csv")
        for row in _table(name)
        if only is None or row["code_insee"] in only
    ]
    return sorted(rows, key=lambda row: row.code)


def outlines(name):
    """The features of a GeoJSON file."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))["features"]


def _table(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _commune(row, zones, box):
    given = [Decimal(row[axis]) if row[axis] else None for axis in ("latitude", "longitude")]
    latitude, longitude = sure_position(*given, box)
    return CommuneRow(
        code=row["code_insee"],
        name=row["nom"],
        department=row["departement"],
        postcodes=f"|{row['codes_postaux']}|" if row["codes_postaux"] else "",
        population=int(row["population"]) if row["population"] else None,
        latitude=latitude,
        longitude=longitude,
        time_zone=row.get("fuseau") or zones[row["region"]],
    )
