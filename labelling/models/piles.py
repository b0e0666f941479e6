"""The dossiers a reviewer still has to review, call by call, and what of them they may read at a given instant."""

from dataclasses import dataclass

from django.db.models import Count

from gen_portal.core.models import User
from labelling.models.review import Assignment

#: How many dossiers go into one file.
MAX_DOSSIERS = 40


@dataclass(frozen=True)
class Pile:
    """What one reviewer has left in one call."""

    slug: str
    title: str
    count: int

    @property
    def merged_count(self):
        return min(self.count, MAX_DOSSIERS)


def piles_of(user):
    """The piles of a person, the latest call first."""
    left = Assignment.objects.visible_to(user).to_do().order_by()
    counted = left.values_list("application__call__slug", "application__call__title").annotate(count=Count("pk"))
    return [Pile(*row) for row in counted.order_by("-application__call__opens_at", "application__call__slug")]


def references_to_merge(user, slug):
    """The references of a pile, the most urgent first, and how many are left out of one file."""
    pile = Assignment.objects.visible_to(user).to_do().of_call(slug).to_do_first()
    references = list(pile.values_list("application__reference", flat=True))
    return references[:MAX_DOSSIERS], max(0, len(references) - MAX_DOSSIERS)


def places_now(user_pk, references):
    """The places of these dossiers that the person may read at this very instant, by reference: rights are asked anew, and
    nothing that a request or a job had read before counts."""
    asker = User.objects.get(pk=user_pk)
    places = Assignment.objects.visible_to(asker).filter(application__reference__in=references).for_page()
    return {place.application.reference: place for place in places}
