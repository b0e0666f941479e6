"""Where a commune is, once its position is held against the outline of its department: the source has lost some signs."""

from gen_portal.core.geography.gaps import polygons_of

#: Degrees: the outlines are simplified to about a kilometre, and a box of five more costs no true position.
MARGIN = 0.05


def boxes(features):
    """(west, south, east, north) around each department, by its code."""
    found = {}
    for feature in features:
        points = [point for polygon in polygons_of(feature["geometry"]) for ring in polygon for point in ring]
        longitudes, latitudes = zip(*points, strict=True)
        found[feature["properties"]["code"]] = (
            min(longitudes) - MARGIN, min(latitudes) - MARGIN, max(longitudes) + MARGIN, max(latitudes) + MARGIN
        )  # fmt: skip
    return found


def sure_position(latitude, longitude, box):
    """The position as given where it is in the box, with the other sign of its longitude where that puts it there, and else
    none: a commune that nobody can place is better in no place than in another's. Without a box, as given."""
    if latitude is None or box is None or _holds(box, latitude, longitude):
        return latitude, longitude
    return (latitude, -longitude) if _holds(box, latitude, -longitude) else (None, None)


def _holds(box, latitude, longitude):
    west, south, east, north = box
    return west <= longitude <= east and south <= latitude <= north
