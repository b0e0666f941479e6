"""What an archive of dossiers reads of many at once, with the rules of the pages that show one."""

from applications.models import Application
from gen_portal.core import access
from labelling.models.board import board
from labelling.models.review import CALL_ROLES, Review, sealed_dossiers


def readable_ids(call, user):
    """Keys of the dossiers of a board that a person who runs calls may read whole, figures and answers: one query."""
    if not access.has_role(user, *CALL_ROLES):
        return set()
    compared = board(call).visible_to(user).order_by().values("pk")
    return set(Application.objects.visible_to(user).filter(pk__in=compared).order_by().values_list("pk", flat=True))


def sealed_ids(call, user):
    """Keys of the dossiers of a call whose figures and reviews a person must not read today: one query."""
    return set(sealed_dossiers(user).filter(call=call).values_list("pk", flat=True))


def reviews_of(application_ids, user):
    """The reviews that `Review.objects.visible_to` gives a person who runs calls, of many dossiers: none of a sealed one."""
    if not access.has_role(user, *CALL_ROLES):
        return []
    sealed = sealed_dossiers(user).values("pk")
    submitted = Review.objects.submitted().filter(assignment__application__in=application_ids)
    return list(submitted.exclude(assignment__application__in=sealed).for_page())
