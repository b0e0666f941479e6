"""How long a session lasts, by role, and what somebody had typed when theirs ended."""

import time
from dataclasses import dataclass

from django.core import signing

from gen_portal.core import access
from gen_portal.core.models import Role

MINUTE, HOUR = 60, 3600
WARNING = 5 * MINUTE  # how long before the end the page says so (WCAG 2.2.1)
STEP = MINUTE  # an activity is written down at most once in this time
MAX_TYPED_CHARACTERS = 120_000  # of everything kept for somebody signed out
_BEGAN, _ACTIVE, _TYPED = "session_began_at", "session_active_at", "typed_before_sign_in"
_SALT = "gen_portal.core.sessions.writer"


@dataclass(frozen=True)
class Limits:
    """In seconds: without activity, and in all."""

    idle: int
    whole: int


FOR_STRUCTURES = Limits(4 * HOUR, 12 * HOUR)
FOR_CAPACITIES = Limits(HOUR, 10 * HOUR)
FOR_ADMINISTRATORS = Limits(15 * MINUTE, 4 * HOUR)


def limits_of(user):
    """The strictest limits of a person's capacities today; those of a structure's members without any."""
    if access.has_role(user, Role.TECHNICAL_ADMIN):
        return FOR_ADMINISTRATORS
    return FOR_CAPACITIES if access.capacities(user) else FOR_STRUCTURES


def seconds_left(request, now=None):
    """How long the session of somebody signed in still lasts without another activity; 0 or less once it is over."""
    now, limits = now or time.time(), limits_of(request.user)
    began = request.session.get(_BEGAN, now)
    active = request.session.get(_ACTIVE, now)
    return int(min(active + limits.idle, began + limits.whole) - now)


def can_last_longer(request, now=None):
    """Whether an activity would push the end back: the whole length is not what ends it."""
    now, limits = now or time.time(), limits_of(request.user)
    return request.session.get(_BEGAN, now) + limits.whole - now > limits.idle


def mark_activity(request, now=None):
    """Note that the person is there, at most once a minute."""
    now, session = now or time.time(), request.session
    if _BEGAN not in session:
        session[_BEGAN] = now
    if now - session.get(_ACTIVE, 0) >= STEP:
        session[_ACTIVE] = now


# --- What was typed ---------------------------------------------------------------------------------------------------


def keeps_typed(view):
    """Mark a view whose form, sent by somebody signed out, waits for them (decorator)."""
    view.keeps_typed = True
    return view


def writer_mark(user):
    """What a form carries so that, sent once the session is over, it is given back to its writer and to nobody else."""
    return signing.dumps(user.pk, salt=_SALT)


def keep_typed(request):
    """Keep a form sent by somebody whose session ended, in the visitor's session; whether there was room for it."""
    try:
        writer = signing.loads(request.POST.get("writer", ""), salt=_SALT, max_age=3 * 24 * HOUR)
    except signing.BadSignature:
        return False
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    kept = {path: one for path, one in request.session.get(_TYPED, {}).items() if one["writer"] == writer}
    kept[request.path] = {"writer": writer, "fields": fields}
    if _size(kept) > MAX_TYPED_CHARACTERS:
        return False
    request.session[_TYPED] = kept
    return True


def _size(kept):
    return sum(len(name) + sum(map(len, values)) for one in kept.values() for name, values in one["fields"].items())


def typed_before(request):
    """The fields kept for this page and this person, by name, or None; what is somebody else's is thrown away."""
    kept = request.session.get(_TYPED)
    if not kept:
        return None
    if any(one["writer"] != request.user.pk for one in kept.values()):
        del request.session[_TYPED]
        return None
    one = kept.get(request.path)
    return one["fields"] if one else None


def forget_typed(request):
    """Once it is saved, or given up."""
    kept = request.session.get(_TYPED, {})
    if kept.pop(request.path, None):
        request.session[_TYPED] = kept
