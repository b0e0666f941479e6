"""What other sites may read without asking: the points of the public map."""

import hashlib
import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page

from applications.models import JobFamily
from fabriques.forms.registry import RegistryFilterForm
from gen_portal.core import clock


@login_not_required
@gzip_page
def registry_points(request):
    """Who: the map, and anybody's map. The rows of the registry for the same filters, as GeoJSON (RFC 7946).

    Asked again, it answers 304 while nothing changed; a cache may keep it, and always asks before serving it.
    """
    form = RegistryFilterForm(request.GET, today=clock.today())
    places = form.places().sorted_by("structure").for_map()
    body = geojson(places)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache"}
    response = HttpResponse(body, content_type="application/geo+json", headers=headers)
    response = get_conditional_response(request, etag=etag, response=response)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def geojson(places):
    """The bytes of a FeatureCollection, one feature per place in the order given."""
    collection = {"type": "FeatureCollection", "features": [feature(place) for place in places]}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def feature(place):
    """One place. Its point is that of its commune; none where that is unknown, as RFC 7946 allows."""
    return {
        "type": "Feature",
        "id": place.pk,
        "geometry": point(place.commune__latitude, place.commune__longitude),
        "properties": {
            "structure": place.label__training__structure__name,
            "formation": place.label__title,
            "famille": JobFamily(place.label__job_family).label,
            "ville": f"{place.commune__name} ({place.commune__department_id})",
            "fabrique": reverse("fabrique_page", args=[place.label__training__structure__fabrique__slug]),
            "label": reverse("label_page", args=[place.label__reference]),
        },
    }


def point(latitude, longitude):
    if latitude is None or longitude is None:
        return None
    return {"type": "Point", "coordinates": [float(longitude), float(latitude)]}
