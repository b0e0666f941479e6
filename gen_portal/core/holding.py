"""Mails that staff keep back, one by one or many at a time, and let go; none is lost, none leaves twice."""

from django.db import transaction
from django.db.models import Q

from gen_portal.core.models import OutgoingEmail


@transaction.atomic
def hold(rows, *, at):
    """Keep back waiting mails until they are released; those that left, or are leaving right now, stay as they are.

    Returns how many are held.
    """
    ids = list(rows.waiting().select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    is_leaving = Q(started_at__isnull=False, leased_until__gt=at)
    return OutgoingEmail.objects.filter(pk__in=ids).exclude(is_leaving).update(held_at=at)


@transaction.atomic
def release(rows):
    """Let held mails leave at the next sweep, each when its guard allows it; returns how many."""
    return rows.held().update(held_at=None, leased_until=None)
