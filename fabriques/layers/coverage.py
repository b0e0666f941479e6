"""How each department or region is served: labelled trainings in force against population, target and national mean.

A training counts wherever it has a place: in two departments, it counts in both, and so in the mean. A structure too.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse

from fabriques.layers.centres import departments, spot_of
from fabriques.layers.shapes import Column, Found, Line, Spot
from fabriques.models import RegionalTarget
from fabriques.models.fabrique import TARGET
from fabriques.models.registry import public_labels
from gen_portal.core import phrases
from labelling.models import LabelSession, LabelSite

PER = 100_000  # inhabitants
_YEAR = timedelta(days=365)
_FIGURES = (
    Column("Population", "number"),
    Column("Formations", "number"),
    Column("Pour 100 000 hab.", "rate"),
    Column("Écart à la moyenne", "gap", "%"),
    Column("Fabriques", "number"),
    Column("Fabriques visées", "rate"),
    Column("Places annoncées", "number"),
)
COLUMNS = {
    "": (Column("Département"), *_FIGURES),
    "region": (Column("Région"), *_FIGURES),
}


@dataclass
class Territory:
    """A department or a region with what is counted in it."""

    code: str
    name: str
    region_code: str
    region_name: str
    spot: Spot
    population: int | None
    labels: set = field(default_factory=set)
    structures: set = field(default_factory=set)

    @property
    def rate(self):
        return rate_of(len(self.labels), self.population)


def rate_of(count, population):
    """Per hundred thousand inhabitants; None where nobody counted them."""
    return PER * count / population if population else None


def gap_percent(rate, mean):
    """How far a rate is from the mean, in whole percents of it; None where either is unknown or nothing is labelled."""
    return round(100 * (rate - mean) / mean) if rate is not None and mean else None


def coverage(asked):
    """The least served first; those of unknown population last."""
    territories = _counted(asked)
    known = [territory for territory in territories if territory.population]
    people = sum(territory.population for territory in known)
    mean = rate_of(sum(len(territory.labels) for territory in known), people)
    seats, targets = _seats(asked), _targets(asked, people)
    shown = [one for one in territories if asked.holds(one.region_code, "" if asked.by else one.code)]
    shown.sort(key=lambda one: (one.rate is None, one.rate, -(one.population or 0), one.name))
    lines = [_line(one, asked, mean, seats, targets(one)) for one in shown]
    return Found(COLUMNS[asked.by], lines, _definition(asked, mean))


def _definition(asked, mean):
    told = phrases.number(round(mean, 2)) if mean is not None else "inconnue"
    target = (
        "l'objectif est celui que l'appel fixe à la région, s'il en fixe un"
        if asked.call
        else f"l'objectif est la part des {TARGET} fabriques visées en France qui revient à sa population"
    )
    return (
        "Formations labellisées en vigueur données dans chaque territoire, rapportées à sa population et comparées à la "
        f"moyenne de la France entière ({told} pour 100 000 habitants) ; {target}. Une formation ou une fabrique compte "
        "partout où elle a un lieu ; les places sont celles des promotions annoncées dans les douze mois."
    )


def _counted(asked):
    found = {department.code: _territory(department) for department in departments()}
    labels = public_labels().in_force(asked.today)
    labels = labels.filter(decision__application__call=asked.call) if asked.call else labels
    sites = LabelSite.objects.filter(label__in=labels).order_by()
    rows = sites.values_list("label", "label__training__structure", "commune__department").distinct()
    for label, structure, code in rows:
        found[code].labels.add(label)
        found[code].structures.add(structure)
    return _regions(found.values()) if asked.by else list(found.values())


def _territory(department):
    region = department.region
    return Territory(
        department.code, str(department), region.code, region.name, spot_of(department), department.population
    )


def _regions(departments):
    groups = defaultdict(list)
    for department in departments:
        groups[department.region_code].append(department)
    return [_joined(own) for own in groups.values()]


def _joined(own):
    """A region from its departments, put in their middle."""
    first, placed = own[0], [one.spot for one in own if one.spot.latitude is not None]
    counted = [one.population for one in own if one.population]
    spot = Spot(
        first.region_name,
        sum(float(spot.latitude) for spot in placed) / len(placed) if placed else None,
        sum(float(spot.longitude) for spot in placed) / len(placed) if placed else None,
    )
    return Territory(
        first.region_code, first.region_name, first.region_code, first.region_name, spot, sum(counted) or None,
        set().union(*(one.labels for one in own)), set().union(*(one.structures for one in own)),
    )  # fmt: skip


def _seats(asked):
    """The seats of each label whose coming sessions say how many they are."""
    coming = LabelSession.objects.filter(starts_on__gte=asked.today, starts_on__lt=asked.today + _YEAR)
    rows = coming.filter(seat_count__isnull=False).order_by().values("label").annotate(seats=Sum("seat_count"))
    return dict(rows.values_list("label", "seats"))


def _targets(asked, people):
    """What gives the number of fabriques aimed at in a territory, None where nobody said."""
    if asked.call is None:
        return lambda one: round(TARGET * one.population / people, 1) if one.population else None
    rows = RegionalTarget.objects.filter(request__call=asked.call) if asked.by else RegionalTarget.objects.none()
    said = dict(rows.values_list("region", "fabrique_count"))
    return lambda one: said.get(one.code)


def _line(one, asked, mean, seats, target):
    gap = gap_percent(one.rate, mean)
    told = [seats[label] for label in one.labels if label in seats]
    rate = round(one.rate, 2) if one.rate is not None else None
    figures = (one.population, len(one.labels), rate, gap, len(one.structures), target, sum(told) if told else None)
    kept = {"region" if asked.by else "departement": one.code} | ({"appel": asked.call.slug} if asked.call else {})
    return Line(
        key=f"t{one.code}",
        title=one.name,
        path=f"{reverse('registry')}?{urlencode(kept)}",
        cells=figures,
        spot=one.spot,
        is_pressing=gap is not None and gap < 0,
    )
