"""Simplifies outlines for the map without opening gaps: two neighbours keep the same points on their shared border.

Rings are cut where borders meet; each stretch between two such points is simplified once, always in the same direction.
"""

from collections import defaultdict
from itertools import pairwise
from math import cos, hypot, radians

from gen_portal.core.geography.gaps import closed, polygons_of

TOLERANCE_DEGREES = 0.01  # of latitude: about 1.1 km, one pixel when France fills a large screen
DECIMALS = 3  # about 100 m
MIN_SPAN_DEGREES = 0.02  # an island smaller than this (about 2 km) would not be seen


def simplified(features):
    """A GeoJSON collection of the same features, in the same order: gaps closed, fewer points, no small islands."""
    features = closed(features)
    meetings = _meetings(features)
    return {"type": "FeatureCollection", "features": [_feature(feature, meetings) for feature in features]}


def _meetings(features):
    """The points where more than two stretches of border meet."""
    neighbours = defaultdict(set)
    rings = (ring for feature in features for polygon in polygons_of(feature["geometry"]) for ring in polygon)
    for ring in rings:
        points = [tuple(point) for point in ring]
        for here, there in pairwise(points):
            neighbours[here].add(there)
            neighbours[there].add(here)
    return {point for point, around in neighbours.items() if len(around) > 2}


def _feature(feature, meetings):
    polygons = [
        rings
        for polygon in _by_size(polygons_of(feature["geometry"]))
        if (rings := [ring for border in polygon if (ring := _ring(border, meetings))])
    ]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Feature", "properties": feature["properties"], "geometry": geometry}


def _by_size(polygons):
    """The largest polygon, always, then the others that can be seen."""
    ordered = sorted(polygons, key=_span, reverse=True)
    return ordered[:1] + [polygon for polygon in ordered[1:] if _span(polygon) >= MIN_SPAN_DEGREES]


def _span(polygon):
    longitudes, latitudes = zip(*polygon[0], strict=True)
    return max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes))


def _ring(border, meetings):
    """A closed ring of at least a triangle, or an empty list when nothing is left of it."""
    points = [tuple(point) for point in border[:-1]]
    cuts = [index for index, point in enumerate(points) if point in meetings]
    if len(cuts) < 2:
        cuts = _far_apart(points, cuts)
    kept = []
    for start, end in zip(cuts, [*cuts[1:], cuts[0] + len(points)], strict=True):
        stretch = [points[index % len(points)] for index in range(start, end + 1)]
        kept += _stretch(stretch)[:-1]
    ring = [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in kept]
    return [*ring, ring[0]] if len(ring) > 2 else []


def _far_apart(points, cuts):
    """Two places to cut a ring that meets its neighbours at one point or none: the same whoever draws it."""
    first = cuts[0] if cuts else points.index(min(points))
    far = max(range(len(points)), key=lambda index: (_distance(points[index], points[first]), points[index]))
    return sorted((first, far))


def _stretch(points):
    """The stretch simplified from its smaller end, so that both neighbours get the same points."""
    if points[0] <= points[-1]:
        return _thinned(points)
    return _thinned(points[::-1])[::-1]


def _thinned(points):
    """Douglas and Peucker: keep the farthest point from the chord, and look again on both sides, while it is far."""
    if len(points) < 3:
        return points
    chord = points[0], points[-1]
    offsets = [_offset(point, *chord) for point in points[1:-1]]
    farthest = max(offsets)
    if farthest <= TOLERANCE_DEGREES:
        return [points[0], points[-1]]
    index = offsets.index(farthest) + 1
    return _thinned(points[: index + 1])[:-1] + _thinned(points[index:])


def _offset(point, start, end):
    """How far a point is from a segment, in degrees of latitude."""
    scale = cos(radians(start[1]))
    along_x, along_y = (end[0] - start[0]) * scale, end[1] - start[1]
    to_x, to_y = (point[0] - start[0]) * scale, point[1] - start[1]
    length = along_x**2 + along_y**2
    share = min(1, max(0, (to_x * along_x + to_y * along_y) / length)) if length else 0
    return hypot(to_x - share * along_x, to_y - share * along_y)


def _distance(one, other):
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1])
