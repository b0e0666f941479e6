"""Giving and ending capacities: the only way rights outside a structure come and go, always in the journal."""

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.models import Capacity, CoreAction, Role, User
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def grant(user, *, role, from_on, until_on=None, ministry=None, region=None, by):
    """Give a capacity from a day to a day (both included). `by=None` is the command line of a new portal.

    Refused when the same capacity is already held over part of these days.
    """
    user = lock(user)
    held = Capacity.objects.filter(user=user, role=role, ministry=ministry, region=region)
    if held.overlapping(from_on, until_on).exists():
        raise Refused(f"{user} a déjà cette habilitation sur tout ou partie de ces dates.")
    capacity = Capacity.objects.create(
        user=user, role=role, ministry=ministry, region=region, from_on=from_on, until_on=until_on
    )
    record(user, CoreAction.CAPACITY_GRANTED, by=by, note=f"{capacity}, du {from_on:%d/%m/%Y}")
    return capacity


@transaction.atomic
def end(capacity, *, by):
    """End a capacity now: yesterday was its last day, so the next request of its holder has no such right.

    Refused for one's own capacity of technical administrator: the portal would be left without one.
    """
    user = lock(User(pk=capacity.user_id))
    capacity = lock(capacity)
    if capacity.role == Role.TECHNICAL_ADMIN and by is not None and capacity.user_id == by.pk:
        raise Refused("Vous ne pouvez pas mettre fin à votre propre habilitation : demandez à un autre administrateur.")
    today = clock.today()
    if capacity.until_on is not None and capacity.until_on < today:
        raise Refused("Cette habilitation est déjà terminée.")
    note = f"{capacity}, terminée le {today:%d/%m/%Y}"
    if capacity.from_on >= today:
        capacity.delete()
    else:
        capacity.until_on = today - clock.ONE_DAY
        capacity.save(update_fields=["until_on"])
    record(user, CoreAction.CAPACITY_ENDED, by=by, note=note)
