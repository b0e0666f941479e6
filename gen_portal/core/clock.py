"""The portal's one clock. Pure rules take `today` or `at`; a transition whose instant decides reads `now()` once."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Value
from django.db.models.expressions import RawSQL

from gen_portal.core.models import ClockShift

PARIS = ZoneInfo("Europe/Paris")  # legal time
ONE_DAY = timedelta(days=1)
_SHIFTED = """
    SELECT coalesce((SELECT frozen_at FROM core_clockshift WHERE id = 1),
                    clock_timestamp() + coalesce((SELECT shift FROM core_clockshift WHERE id = 1), interval '0'))
"""


def now():
    """The instant in UTC: the database's clock on PostgreSQL, Python's on SQLite, moved where that is allowed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SHIFTED if settings.CLOCK_IS_MOVABLE else "SELECT clock_timestamp()")
            return cursor.fetchone()[0].astimezone(UTC)
    return _moved(datetime.now(UTC)) if settings.CLOCK_IS_MOVABLE else datetime.now(UTC)


def expression():
    """The same instant as a column of a query."""
    if connection.vendor != "postgresql":
        return Value(now(), output_field=DateTimeField())
    return RawSQL(_SHIFTED if settings.CLOCK_IS_MOVABLE else "clock_timestamp()", (), output_field=DateTimeField())  # noqa: S611


def _moved(at):
    """On SQLite, read as it is stored there: this is asked for tens of times a page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT frozen_at, shift FROM core_clockshift WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        return at
    frozen_at, microseconds = row
    return frozen_at.replace(tzinfo=UTC) if frozen_at else at + timedelta(microseconds=microseconds)


def today():
    """Today's date in legal time."""
    return day_of(now())


def day_of(at):
    """The date in legal time of an instant."""
    return at.astimezone(PARIS).date()


def start_of(day, zone=PARIS):
    """The instant at which a day begins in a zone. The exclusive end of a day is the start of the next one."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def end_of(day, zone=PARIS):
    return start_of(day + ONE_DAY, zone)


def add_months(day, months):
    """The same day of the month `months` later, or the last one of a shorter month; never computed step by step."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def quarter_of(day):
    """First day of the calendar quarter of a day, and first day of the next one."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return first, add_months(first, 3)


def freeze(at):
    """Stop the movable clock at an instant (rehearsals and tests); refused by production settings."""
    _move(frozen_at=at, shift=timedelta(0))


def move(shift):
    """Move the clock by a duration from the real time; a zero duration puts it right."""
    _move(frozen_at=None, shift=shift)


def _move(**values):
    if not settings.CLOCK_IS_MOVABLE:
        raise RuntimeError("The clock does not move under production settings.")
    ClockShift.objects.update_or_create(pk=1, defaults=values)
