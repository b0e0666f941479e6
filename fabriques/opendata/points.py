"""The points of the public map: for any filters at one address, and whole at an address of their version."""

from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404

from fabriques.forms.registry import RegistryFilterForm
from fabriques.map_documents import current_document, geojson, known_version
from fabriques.models import MapDocument
from fabriques.opendata.answers import IMMUTABLE, answer
from gen_portal.core import clock

GEOJSON = "application/geo+json"


@login_not_required
def registry_points(request):
    """Who: the map, and anybody's map. The rows of the registry for the same filters, as GeoJSON (RFC 7946).

    Asked again, it answers 304 while nothing changed; a cache may keep it, and always asks before serving it.
    """
    now = clock.now()
    today = clock.day_of(now)
    form = RegistryFilterForm(request.GET, today=today)
    if form.asked():
        return answer(request, geojson(form.places().sorted_by("structure").for_map()), GEOJSON)
    version = known_version(today) or current_document(today, now).version
    return answer(request, kept(version)[0], GEOJSON, etag=version, packed=True)


@login_not_required
def registry_points_version(request, version):
    """Who: whoever keeps what they read. The whole map of one version, which never changes."""
    return answer(request, kept(version)[0], GEOJSON, etag=version, cache=IMMUTABLE, packed=True)


@login_not_required
def registry_columns_version(request, version):
    """Who: our own map. The same version in columns, a third of the bytes (decision 0082)."""
    return answer(request, kept(version)[1], "application/json", etag=version, cache=IMMUTABLE, packed=True)


@lru_cache(maxsize=4)
def kept(version):
    """Both documents of a version, compressed: the version tells the content, so a process may keep them."""
    document = get_object_or_404(MapDocument.objects.with_version(version)[:1])
    return bytes(document.geojson), bytes(document.columns)
