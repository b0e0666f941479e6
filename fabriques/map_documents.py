"""The whole registry of a day as two documents for maps, built once for each content and kept compressed in the database.

GeoJSON for everybody; for our own map a columnar form, in which a structure, a commune and a training are written once.
"""

import gzip
import hashlib
import json
from datetime import timedelta

from django.db import connection, transaction
from django.urls import reverse

from applications.models import JobFamily
from fabriques.models import MapDocument, PublicChange
from fabriques.models.published import state_of_changes
from fabriques.models.registry import places_in_force

_LOCK = 8_220_1  # one builder at a time, whatever the process
_KEPT = 20  # documents of earlier moments, for pages opened before a change
_KEPT_CHANGES = timedelta(days=1)  # far longer than any transaction lasts
FAMILIES = {family.value: family.label for family in JobFamily}


def moment_of(today):
    """What a document is made of, as a short text: labels begin and end by the day, everything else is noted."""
    return f"{today.isoformat()} {state_of_changes()}"


def known_version(today):
    """The version of the present document if somebody has built it; only reads."""
    return MapDocument.objects.of_moment(moment_of(today)).values_list("version", flat=True).first()


def current_document(today, now):
    """The present document, built now if nobody has yet: of several who ask at once, one builds and the others wait."""
    built = MapDocument.objects.of_moment(moment_of(today)).first()
    return built or _build(today, now)


@transaction.atomic
def _build(today, now):
    if connection.vendor == "postgresql":  # a transaction of SQLite that may write is alone from its beginning
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    moment = moment_of(
        today
    )  # before the rows are read: a change in between makes a new moment, never a stale document
    if built := MapDocument.objects.of_moment(moment).first():
        return built
    places = list(places_in_force(today).order_by("pk").for_map())
    bodies = geojson(places), columnar(places)
    version = hashlib.sha256(b"\n".join(bodies)).hexdigest()[:16]
    packed = [compressed(body) for body in bodies]
    document = MapDocument.objects.create(
        moment=moment, version=version, geojson=packed[0], columns=packed[1], built_at=now
    )
    _forget_old(now)
    return document


def _forget_old(now):
    kept = MapDocument.objects.order_by("-pk").values_list("pk", flat=True)[:_KEPT]
    MapDocument.objects.filter(pk__lt=min(kept)).delete()
    last = PublicChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    PublicChange.objects.filter(pk__lt=last or 0, at__lt=now - _KEPT_CHANGES).delete()


def compressed(body):
    """The same bytes for the same body, whenever it is packed."""
    return gzip.compress(body, 6, mtime=0)


def as_json(content):
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def geojson(places):
    """The bytes of a FeatureCollection (RFC 7946), one feature per place in the order given."""
    return as_json({"type": "FeatureCollection", "features": [feature(place) for place in places]})


def feature(place):
    """One place. Its point is that of its commune; none where that is unknown, as RFC 7946 allows."""
    return {
        "type": "Feature",
        "id": place.pk,
        "geometry": point(place.commune__latitude, place.commune__longitude),
        "properties": {
            "structure": place.label__training__structure__name,
            "formation": place.label__title,
            "famille": FAMILIES[place.label__job_family],
            "ville": f"{place.commune__name} ({place.commune__department_id})",
            "fabrique": _page("fabrique_page", place.label__training__structure__fabrique__slug),
            "label": _page("label_page", place.label__reference),
        },
    }


def _page(name, key):
    """The address of a page whose only argument ends it; the rest is worked out once."""
    if name not in _BEGINNINGS:
        _BEGINNINGS[name] = reverse(name, args=["0"]).removesuffix("0/")
    return f"{_BEGINNINGS[name]}{key}/"


_BEGINNINGS = {}


def point(latitude, longitude):
    if latitude is None or longitude is None:
        return None
    return {"type": "Point", "coordinates": [float(longitude), float(latitude)]}


def columnar(places):
    """The same without what repeats: places name a label and a commune by their rank, labels a structure and a family.

    The pages of a label and of its fabrique are reached by the number of the place: random references and addresses would
    be most of the bytes. Positions are to a thousandth of a degree, a hundred metres: they are those of communes.
    """
    structures, communes, families, titles, labels = Ranks(), Ranks(), Ranks(), Ranks(), Ranks()
    ids, of_label, of_commune = [], [], []
    before = 0
    for place in places:
        structure = structures.of(place.label__training__structure__name)
        training = (
            place.label__reference,
            structure,
            titles.of(place.label__title),
            families.of(place.label__job_family),
        )
        ids.append(place.pk - before)
        of_label.append(labels.of(training))
        of_commune.append(communes.of(_town(place)))
        before = place.pk
    columns = [list(column) for column in zip(*labels.found, strict=True)] or [[], [], [], []]
    return as_json({
        "familles": [FAMILIES[family] for family in families.found],
        "structures": list(structures.found),
        "intitules": list(titles.found),
        "communes": [list(column) for column in zip(*communes.found, strict=True)] or [[], [], []],
        "labels": columns[1:],
        "lieux": [ids, of_label, of_commune],
    })  # fmt: skip


def _town(place):
    where = point(place.commune__latitude, place.commune__longitude)
    longitude, latitude = (round(axis, 3) for axis in where["coordinates"]) if where else (None, None)
    return f"{place.commune__name} ({place.commune__department_id})", longitude, latitude


class Ranks:
    """Things in the order in which they are first met, each with its rank."""

    def __init__(self):
        self.found = {}

    def of(self, thing):
        return self.found.setdefault(thing, len(self.found))
