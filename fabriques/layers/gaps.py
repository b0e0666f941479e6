"""The communes from which no labelled training is within reach, each with the nearest one."""

from urllib.parse import urlencode

import numpy as np
from django.urls import reverse

from fabriques.layers.shapes import Column, Found, Line, Spot
from fabriques.models.registry import places_in_force
from gen_portal.core import phrases
from gen_portal.core.models import Commune

RADIUS_KM = 50
FAR_KM = 100
_EARTH_KM = 6371
COLUMNS = (
    Column("Commune"),
    Column("Département"),
    Column("Population", "number"),
    Column("Formation la plus proche"),
    Column("À"),
    Column("Distance", "km", "km"),
)


def communes_apart(asked):
    """The most populated first. What is given wholly at a distance is near nobody; places count across borders of regions."""
    communes = Commune.objects.filter(
        population__gte=asked.inhabitants, latitude__isnull=False, longitude__isnull=False,
        **asked.within("department"),
    )  # fmt: skip
    communes = list(communes.select_related("department").order_by("-population", "name", "code"))
    places = _nearest_candidates(asked)
    rows = zip(communes, *_nearest(communes, places), strict=True)
    lines = [_line(commune, places[rank] if places else None, km) for commune, rank, km in rows if km > RADIUS_KM]
    definition = (
        f"Communes d'au moins {phrases.number(asked.inhabitants)} habitants sans aucune formation labellisée en vigueur à "
        f"moins de {RADIUS_KM} km, de mairie à mairie ; les formations entièrement à distance ne comptent pas, celles d'une "
        "région voisine comptent. Les communes dont la population ou la position est inconnue n'y sont pas."
    )
    people = phrases.number(sum(line.cells[1] for line in lines))
    return Found(COLUMNS, lines, definition, f"{people} habitants en tout" if lines else "")


def _nearest_candidates(asked):
    """One place for each commune that has some, by the title of the training."""
    places = places_in_force(asked.today).answering(appel=asked.call).exclude(label__on_site_percent=0)
    places = places.filter(commune__latitude__isnull=False, commune__longitude__isnull=False)
    rows = places.order_by("-label__title", "-pk").values_list(
        "commune", "label__title", "commune__name", "commune__department", "commune__latitude", "commune__longitude"
    )
    return list({row[0]: row for row in rows}.values())


def _nearest(communes, places):
    """For each commune the rank of its nearest place, and how far it is; infinitely far from nothing."""
    if not places or not communes:
        return [0] * len(communes), [float("inf")] * len(communes)
    here = np.radians([[float(commune.latitude), float(commune.longitude)] for commune in communes])
    there = np.radians([[float(row[4]), float(row[5])] for row in places])
    north = np.sin((there[:, 0] - here[:, [0]]) / 2) ** 2
    east = np.sin((there[:, 1] - here[:, [1]]) / 2) ** 2
    half = north + np.cos(here[:, [0]]) * np.cos(there[:, 0]) * east
    km = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(1, half)))
    ranks = km.argmin(axis=1)
    return ranks.tolist(), km[np.arange(len(communes)), ranks].tolist()


def _line(commune, place, km):
    near = (place[1], f"{place[2]} ({place[3]})", round(km, 1)) if place else ("aucune", None, None)
    asked = {"pres": str(commune), "rayon": FAR_KM}
    return Line(
        key=f"c{commune.code}",
        title=commune.name,
        path=f"{reverse('registry')}?{urlencode(asked)}",
        cells=(str(commune.department), commune.population, *near),
        spot=Spot(str(commune), commune.latitude, commune.longitude),
        is_pressing=km > FAR_KM,
    )
