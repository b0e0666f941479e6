"""Rights as the roof and every floor ask them: capacities of the day, and how fresh the second factor is."""

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject, Role, User


def require(allowed):
    """What one may not do is 403; what one cannot see never gets here (404)."""
    if not allowed:
        raise PermissionDenied


def capacities(user):
    """The capacities in force today of a signed-in person, read once per request (the user object is the request's)."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_capacities_today"):
        held = user.capacities.in_force(today(user))
        user._capacities_today = list(held.select_related("ministry", "region"))
    return user._capacities_today


def know(user, at, held):
    """Keep the instant of the request, and the capacities of its day among all those held, once they are read."""
    user._now = at
    user._capacities_today = [capacity for capacity in held if capacity.is_in_force(today(user))]


def now(user):
    """The instant of the request of a person, read once: for what a page shows, never for what an act decides."""
    if not hasattr(user, "_now"):
        user._now = clock.now()
    return user._now


def today(user):
    """The day of the request of a person, in legal time."""
    return clock.day_of(now(user))


def as_of(user, at):
    """A person whose rights are read anew, as they stand on the day of an instant: a job outlives a request."""
    user.__dict__.pop("_capacities_today", None)
    user.__dict__.pop("_hidden_subjects", None)
    user._now = at
    return user


def has_role(user, *roles):
    """Whether the person holds one of these roles today; at most one query."""
    return any(capacity.role in roles for capacity in capacities(user))


def holds(user, *roles, at):
    """Whether the person holds one of these roles on the day of an instant. Asked of the database each time: it is what an
    act decides by, under its locks; a page asks `has_role`."""
    return user.capacities.in_force(clock.day_of(at)).filter(role__in=roles).exists()


def now_and_roles(user, at=None):
    """The instant (`at`, where it is given), and the roles that a person holds on its day, in one query: what an act on many
    decides by, under its locks."""
    rows = list(
        User.objects.filter(pk=user.pk).values_list(
            "capacities__role", "capacities__from_on", "capacities__until_on", *clock.columns()
        )
    )
    at = at or clock.read(*rows[0][3:])
    day = clock.day_of(at)
    return at, {role for role, from_on, until_on, *_ in rows if role and from_on <= day <= (until_on or day)}


def is_hidden(user, subject):
    """Whether a row does not exist for a signed-in person (HiddenSubject); what is hidden is read once per request."""
    if not hasattr(user, "_hidden_subjects"):
        rows = HiddenSubject.objects.filter(user=user)
        user._hidden_subjects = set(rows.values_list("subject_type", "subject_id"))
    return (subject._meta.label_lower, subject.pk) in user._hidden_subjects


def regions(user):
    """Codes of the regions whose service of the State the person belongs to today; at most one query."""
    return [held.region_id for held in capacities(user) if held.role == Role.REGIONAL_SERVICE]


def second_factors(request):
    """Instants (seconds since 1970) at which the person signed in here gave a second factor in this session."""
    records = get_authentication_records(request, request.user)
    return [record["at"] for record in records if record.get("method") == "mfa"]


def second_factor_url(path):
    """Where a second factor is given again, on the way to a page of the portal."""
    return reverse("mfa_reauthenticate", query={"next": path})


def has_fresh_second_factor(request):
    """Whether a second factor was given in this session less than SECOND_FACTOR_MAX_AGE seconds ago."""
    given = second_factors(request)
    return bool(given) and time.time() - max(given) <= settings.SECOND_FACTOR_MAX_AGE
