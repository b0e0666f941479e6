"""Closes the gaps of the source outlines: a few communes that merged across a border are in no department there.

Each gap goes to the department along which it lies longest: good for a base map, not for saying whose a field is.
"""

from collections import Counter, defaultdict
from itertools import pairwise, takewhile

MAX_GAP_DEGREES = 0.5  # wider ones are coasts and frontiers, not gaps


def polygons_of(geometry):
    """The polygons of a Polygon or of a MultiPolygon."""
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def closed(features):
    """The same features, as multipolygons, with the outer borders led around the gaps they had beside them."""
    shapes = [polygons_of(feature["geometry"]) for feature in features]
    borders = {
        (number, part): [tuple(point) for point in polygon[0][:-1]]
        for number, polygons in enumerate(shapes)
        for part, polygon in enumerate(polygons)
    }
    lone = _lone_sides(borders)
    for gap in _gaps(lone):
        owner = _longest_neighbour(gap, lone)
        borders[owner] = _around(borders[owner], gap)
    for (number, part), points in borders.items():
        shapes[number][part] = [[*points, points[0]], *shapes[number][part][1:]]
    return [
        feature | {"geometry": {"type": "MultiPolygon", "coordinates": polygons}}
        for feature, polygons in zip(features, shapes, strict=True)
    ]


def _sides(points):
    """The sides of a closed loop, whichever way it is walked."""
    return [frozenset(side) for side in pairwise([*points, points[0]])]


def _lone_sides(borders):
    """The sides that one polygon alone has, with that polygon: coasts, frontiers and gaps."""
    counts = Counter(side for points in borders.values() for side in _sides(points))
    return {side: key for key, points in borders.items() for side in _sides(points) if counts[side] == 1}


def _longest_neighbour(gap, lone):
    return Counter(lone[side] for side in _sides(gap)).most_common(1)[0][0]


def _gaps(lone):
    """The small loops of lone sides that lie between polygons, as lists of points in their order."""
    around = defaultdict(set)
    for side in lone:
        for point in side:
            around[point] |= side - {point}
    left = {point for point, beside in around.items() if len(beside) == 2}
    while left:
        loop = _walked(min(left), around)
        left.difference_update(loop)
        if _is_gap(loop, around, lone):
            yield loop


def _walked(start, around):
    """The points met from one until the way comes back to it or forks."""
    loop, here = [start], min(around[start])
    while here != start and len(around[here]) == 2:
        loop.append(here)
        (here,) = around[here] - {loop[-2]}
    return loop


def _is_gap(loop, around, lone):
    """Whether a walk came back to its start, stayed small, and had more than one polygon beside it."""
    if len(loop) < 3 or loop[0] not in around[loop[-1]] or _width(loop) > MAX_GAP_DEGREES:
        return False
    return len({lone[side] for side in _sides(loop)}) > 1


def _width(points):
    longitudes, latitudes = zip(*points, strict=True)
    return max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes))


def _around(points, gap):
    """The border with its longest run along the gap replaced by the other way around that gap."""
    sides = set(_sides(gap))
    run = max((_run_from(index, points, sides) for index in range(len(points))), key=len)
    start = points.index(run[0])
    rest = [*points[start:], *points[:start]][len(run) :]
    turned = gap.index(run[0])
    other_way = [*gap[turned:], *gap[:turned]]
    if other_way[1] == run[1]:
        other_way = [other_way[0], *other_way[:0:-1]]
    return other_way[: other_way.index(run[-1]) + 1] + rest


def _run_from(index, points, sides):
    """The points met from an index on while the border follows the gap; one point alone when it does not."""
    turned = [*points[index:], *points[:index]]
    followed = takewhile(lambda side: frozenset(side) in sides, pairwise(turned))
    return [turned[0], *(following for _, following in followed)]
