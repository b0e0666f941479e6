"""Who is signed in, read together with what every page asks of them: the instant of the request, and their capacities."""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

from gen_portal.core import access, clock
from gen_portal.core.models import Capacity, Ministry, Region, User

_PATHS = {User: "", Capacity: "capacities__", Ministry: "capacities__ministry__", Region: "capacities__region__"}
_FIELDS = {model: [field.attname for field in model._meta.concrete_fields] for model in _PATHS}
_KEYS = {model: _FIELDS[model].index(model._meta.pk.attname) for model in _PATHS}
_SOMEBODY = -1  # the key of nobody, where the statement wants one
_COLUMNS = [f"{path}{name}" for model, path in _PATHS.items() for name in _FIELDS[model]]


class AuthenticationBackend(AllauthBackend):
    """Signs in as allauth does; who a session belongs to is read in one query instead of three."""

    def get_user(self, user_id):
        user = find(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def find(user_id):
    """The person, with what `access.now` and `access.capacities` answer for this request; or None."""
    rows = _rows(user_id)
    if not rows:
        return None
    user, _ = _made(User, rows[0])
    instant = rows[0][len(_COLUMNS) :]
    held = (_capacity(row[len(_FIELDS[User]) : len(_COLUMNS)]) for row in rows)
    access.know(user, clock.read(*instant), [capacity for capacity in held if capacity is not None])
    return user


def _rows(user_id):
    """One per capacity. PostgreSQL is sent a statement that was compiled once, since every request asks it; the types of
    SQLite need the converters of the query."""
    if connection.vendor != "postgresql":
        return list(_asked(user_id))
    sql, parameters = _statement(settings.CLOCK_IS_MOVABLE)
    with connection.cursor() as cursor:
        cursor.execute(sql, [user_id if each == _SOMEBODY else each for each in parameters])
        return cursor.fetchall()


def _asked(user_id):
    return User.objects.filter(pk=user_id).order_by("capacities__pk").values_list(*_COLUMNS, *clock.columns())


@cache
def _statement(is_clock_movable):
    return _asked(_SOMEBODY).query.sql_with_params()


def _made(model, values):
    """An instance of the first of these values, None where it has no key; and the values that follow."""
    names = _FIELDS[model]
    own, others = values[: len(names)], values[len(names) :]
    return (model.from_db(DEFAULT_DB_ALIAS, names, own) if own[_KEYS[model]] is not None else None), others


def _capacity(values):
    capacity, values = _made(Capacity, values)
    if capacity is not None:
        capacity.ministry, values = _made(Ministry, values)
        capacity.region, _ = _made(Region, values)
    return capacity
