"""What the portal counts for a region's progress point: the same figures as everywhere, at the end of its period."""

from fabriques.figures import Quarter
from fabriques.scopes import figures_on, region_scope


def counted_for(point):
    """Labels in force and fabriques of the last day, people trained or in training of the quarters reported so far."""
    figures = figures_on(region_scope(point.region), Quarter(point.starts_on, point.ends_on))
    return {
        "label_count": figures.label_count,
        "fabrique_count": figures.fabrique_count,
        "people_count": figures.people_count,
    }
