"""Some forty communes for the tests of every app: large and small, of every region, department and zone overseas."""

from functools import cache

from gen_portal.core.geography import reader
from gen_portal.core.geography.loading import load
from gen_portal.core.models import Commune

METROPOLE = """
    75056 93048 93066 69123 38185 42218 63113 13055 06088 59350 59512 48095 31555 34172 23096 33063 67482 44109
    35238 29019 21231 58194 45234 76540 14118 2A004 2B033
"""
WITHOUT_COORDINATES = "14581"  # Aurseulles
DEPARTMENTS_OVERSEAS = "97101 97120 97209 97302 97411 97416 97611"
COLLECTIVITIES = "97502 97701 97801 98613 98735 98731 98719 98818 98817"  # the Marquises and Gambier included
CODES = frozenset(f"{METROPOLE} {WITHOUT_COORDINATES} {DEPARTMENTS_OVERSEAS} {COLLECTIVITIES}".split())


@cache
def _files():
    return reader.regions(), reader.departments(), reader.communes(CODES)


def load_test_communes():
    """All regions and departments, the communes of `CODES`; gives the communes by INSEE code. Three writes, one read."""
    load(*_files())
    return Commune.objects.in_bulk()
