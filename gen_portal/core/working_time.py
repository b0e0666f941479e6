"""When a structure may be written to: from eight to eighteen, where it is, on its own working days. Pure functions.

Public holidays are those of the place (package `holidays`): Alsace-Moselle and each overseas territory have their own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from gen_portal.core import clock

OPENS_AT, CLOSES_AT = timedelta(hours=8), timedelta(hours=18)  # hours on the wall, the end excluded
_SATURDAY = 5
#: Departments whose public holidays are not those of the rest of the country: the calendar's name in `holidays`.
CALENDARS = {
    **{"57": "57", "67": "6AE", "68": "6AE"},
    **{code: code for code in ("971", "972", "973", "974", "976")},
    **{"975": "PM", "977": "BL", "978": "MF", "984": "TF", "986": "WF", "987": "PF", "988": "NC"},
}
_NATIONAL = ""


@dataclass(frozen=True)
class Place:
    """Where a structure is, for its mails: its time zone and its calendar of public holidays."""

    zone_name: str
    calendar: str = _NATIONAL

    @property
    def zone(self):
        return ZoneInfo(self.zone_name)

    def day_of(self, at: datetime) -> date:
        """The date of an instant on the calendar of this place."""
        return at.astimezone(self.zone).date()

    def opens_at(self, day: date) -> datetime:
        return _on_the_wall(day, OPENS_AT, self.zone)

    def closes_at(self, day: date) -> datetime:
        """The exclusive end of a day's working hours."""
        return _on_the_wall(day, CLOSES_AT, self.zone)


PARIS = Place(clock.PARIS.key)


def place_of(commune) -> Place:
    return Place(commune.time_zone, CALENDARS.get(commune.department_id, _NATIONAL))


def _on_the_wall(day, hours, zone):
    """An hour on the clocks of a zone; never computed from midnight, which is 23 or 25 hours away some days."""
    return (datetime.combine(day, datetime.min.time()) + hours).replace(tzinfo=zone).astimezone(UTC)


@cache
def _holidays(calendar, year):
    return frozenset(holidays.country_holidays("FR", subdiv=calendar or None, years=year))


def is_worked(day: date, place: Place = PARIS) -> bool:
    """Neither a Saturday, a Sunday nor a public holiday there."""
    return day.weekday() < _SATURDAY and day not in _holidays(place.calendar, day.year)


def worked_from(day: date, place: Place) -> date:
    """The day itself if it is worked, or the next one that is."""
    while not is_worked(day, place):
        day += clock.ONE_DAY
    return day


def worked_until(day: date, place: Place) -> date:
    """The day itself if it is worked, or the last one before it that is."""
    while not is_worked(day, place):
        day -= clock.ONE_DAY
    return day


def next_working_instant(at: datetime, place: Place) -> datetime:
    """The instant itself in working hours, or the beginning of the next ones."""
    day = place.day_of(at)
    if at >= place.closes_at(day):
        day += clock.ONE_DAY
    return max(at, place.opens_at(worked_from(day, place)))


def working_moments(place: Place, since: datetime, until: datetime) -> list[tuple[date, datetime]]:
    """Each local working day of [since, until] with the first instant at which one may write on it."""
    moments, day = [], place.day_of(since)
    while (opens_at := max(since, place.opens_at(day))) <= until:
        if is_worked(day, place) and opens_at < place.closes_at(day):
            moments.append((day, opens_at))
        day += clock.ONE_DAY
    return moments
