"""What the comparison of dossiers reads beside their reviews: in what state they are, the grid, who is who."""

import hashlib

from applications.models import Criterion
from gen_portal.core.models import User


def digest_of(dossiers):
    """Changes whenever a counted review of these dossiers does: how many there are, their sums, the latest instant of a
    change, in each cut-off and region; no query where their facets are read already."""
    return hashlib.sha256(repr(dossiers.facets()).encode()).hexdigest()


def grid_of(call):
    """Weight in percent by code of criterion, in the order of the grid."""
    return dict(Criterion.objects.filter(call=call).order_by("position", "pk").values_list("code", "weight_percent"))


def names_of(keys):
    """The names of people, by key."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)}
