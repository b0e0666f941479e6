"""The regional opinions of many dossiers, put together in one query."""

from labelling.models import RegionalOpinion
from labelling.models.regional import standing_of


def standings_in(region, dossiers, today):
    """The standing of one region's opinion on each of these dossiers (see `dossiers_of`), in their order."""
    dossiers = list(dossiers)
    given = {opinion.application_id: opinion for opinion in RegionalOpinion.objects.of_region(region, dossiers)}
    return [standing_of(each, region, given.get(each.pk), each.last_filed_at, today) for each in dossiers]
