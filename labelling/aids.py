"""What stands beside the grid: what the filing changed, how the same person marked before, what the territory has already."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from applications.archive_changes import changes
from gen_portal.core.geography.distance import distance_km
from labelling.models.aids import by_label, labelled_places, own_reviews
from labelling.scoring import rounded, weighted_mean

#: How near a labelled training is shown by name, in kilometres.
NEAR_KM = 50
SHOWN = 5
_KM_PER_DEGREE = 111


@dataclass(frozen=True)
class Similar:
    """An earlier dossier of the same reviewer that looks like this one, and why."""

    reference: str
    title: str
    why: str
    mean: object
    marks: list


@dataclass(frozen=True)
class Near:
    """A labelled training near a site."""

    title: str
    structure: str
    commune: str
    km: int
    is_same_family: bool


@dataclass(frozen=True)
class LocalContext:
    """Labels in force: the nearest ones, and what the regions of the dossier count in all."""

    regions: str
    label_count: int
    same_family_count: int
    seat_count: int
    near: list = field(default_factory=list)


def usual_marks(reviews):
    """By key of criterion: (mean of the marks, how many), of what the same person has submitted in the call."""
    found = defaultdict(list)
    for review in reviews:
        for criterion, _, mark in review.marks:
            found[criterion].append(mark)
    return {key: (rounded(Fraction(sum(marks), len(marks))), len(marks)) for key, marks in found.items()}


def similar_of(reviews, application, region_codes):
    """The latest of these reviews on dossiers of the same job family or region, both first."""
    scored = []
    for order, review in enumerate(reviews):
        reasons = []
        if review.job_family and review.job_family == application.job_family:
            reasons.append("même famille de métiers")
        if review.region in region_codes:
            reasons.append("même région")
        if reasons:
            mean = rounded(weighted_mean((weight, mark) for _, weight, mark in review.marks))
            marks = [mark for *_, mark in review.marks]
            scored.append((-len(reasons), order, Similar(review.reference, review.title, ", ".join(reasons), mean, marks)))
    return [similar for *_, similar in sorted(scored, key=lambda row: row[:2])[:SHOWN]]


def local_context(archive, job_family, today):
    """What is labelled around the sites of an archive; None where it names no site."""
    sites = archive["sites"]
    if not sites:
        return None
    regions = {site["region_code"]: site["region"] for site in sites}
    points = [tuple(map(float, site["position"])) for site in sites if site["position"]]
    places = labelled_places(today, list(regions), _box(points))
    inside = by_label(place for place in places if place.region in regions)
    nearest = sorted(filter(None, (_near(group, points, job_family) for group in by_label(places).values())), key=_order)
    return LocalContext(
        ", ".join(sorted(regions.values())), len(inside),
        sum(group[0].job_family == job_family for group in inside.values()),
        sum(group[0].seat_count for group in inside.values()), nearest[:SHOWN],
    )  # fmt: skip


def _box(points):
    """Degrees around every point, wide enough for NEAR_KM up to 52 degrees north."""
    if not points:
        return None
    north = NEAR_KM / _KM_PER_DEGREE
    east = north / 0.6
    return (
        min(lat for lat, _ in points) - north, min(lon for _, lon in points) - east,
        max(lat for lat, _ in points) + north, max(lon for _, lon in points) + east,
    )  # fmt: skip


def _near(group, points, job_family):
    """The nearest place of one label, None beyond NEAR_KM."""
    found = [(distance_km(point, place.position), place) for place in group if place.position for point in points]
    if not found:
        return None
    km, place = min(found, key=lambda pair: pair[0])
    if km > NEAR_KM:
        return None
    return Near(place.title, place.structure, place.commune, round(km), place.job_family == job_family)


def _order(near):
    return (near.km, near.title)


@dataclass(frozen=True)
class Aids:
    """All of it for one page."""

    changes: list
    earlier_filing: object
    usual: dict
    similar: list
    local: LocalContext | None


def aids_for(assignment, filings, today):
    """Two queries; `filings` are the latest filing and the one before, as far as there are."""
    latest, earlier = [*filings, None, None][:2]
    reviews = own_reviews(assignment)
    region_codes = {site["region_code"] for site in latest.archive["sites"]} if latest else set()
    return Aids(
        changes=changes(earlier.archive, latest.archive) if earlier else [],
        earlier_filing=earlier,
        usual=usual_marks(reviews),
        similar=similar_of(reviews, assignment.application, region_codes),
        local=local_context(latest.archive, assignment.application.job_family, today) if latest else None,
    )
