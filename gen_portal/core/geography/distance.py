"""How far two places are from each other."""

from math import asin, cos, radians, sin, sqrt


def distance_km(first, second):
    """Between two (latitude, longitude), in kilometres, along the surface."""
    (lat1, lon1), (lat2, lon2) = ([radians(float(degrees)) for degrees in point] for point in (first, second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371 * asin(sqrt(min(1, half)))
