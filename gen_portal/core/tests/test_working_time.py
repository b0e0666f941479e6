"""When a structure may be written to: its own hours and holidays, from Paris to the Marquises, through the clock changes."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen_portal.core.working_time import (
    PARIS,
    Place,
    is_worked,
    next_working_instant,
    place_of,
    worked_from,
    worked_until,
    working_moments,
)

pytestmark = pytest.mark.once

#: A department and the zone of one of its towns: the eleven times of the territory.
PLACES = [
    place_of(SimpleNamespace(department_id=department, time_zone=zone))
    for department, zone in [
        ("35", "Europe/Paris"),
        ("57", "Europe/Paris"),
        ("971", "America/Guadeloupe"),
        ("972", "America/Martinique"),
        ("973", "America/Cayenne"),
        ("974", "Indian/Reunion"),
        ("976", "Indian/Mayotte"),
        ("975", "America/Miquelon"),
        ("978", "America/Marigot"),
        ("986", "Pacific/Wallis"),
        ("987", "Pacific/Marquesas"),
        ("988", "Pacific/Noumea"),
    ]
]
MOSELLE, REUNION = PLACES[1], PLACES[5]
instants = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("day", "place", "worked"),
    [
        (date(2026, 7, 14), PARIS, False),
        (date(2026, 4, 3), PARIS, True),  # Good Friday is a holiday in Moselle alone
        (date(2026, 4, 3), MOSELLE, False),
        (date(2026, 12, 26), MOSELLE, False),
        (date(2024, 12, 20), PARIS, True),
        (date(2024, 12, 20), REUNION, False),  # the end of slavery there
        (date(2028, 2, 29), PARIS, True),  # a leap day, a Tuesday
        (date(2026, 10, 24), PARIS, False),  # a Saturday
    ],
)
def test_worked_days_are_those_of_the_place(day, place, worked):
    assert is_worked(day, place) is worked


def test_easter_in_moselle_moves_back_to_thursday_and_on_to_tuesday():
    assert worked_until(date(2026, 4, 6), MOSELLE) == date(2026, 4, 2)
    assert worked_from(date(2026, 4, 3), MOSELLE) == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2016, 10, 30), 7),  # the night gave an hour more
        (date(2016, 10, 29), 6),
        (date(2017, 3, 26), 6),  # the night took an hour
        (date(2017, 3, 25), 7),
    ],
)
def test_eight_is_eight_on_the_wall_whatever_the_night_did(day, utc_hour):
    assert PARIS.opens_at(day) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


@given(instants, st.sampled_from(PLACES))
def test_the_next_working_instant_is_in_working_hours_and_the_first_one(at, place):
    found = next_working_instant(at, place)
    local = found.astimezone(ZoneInfo(place.zone_name))

    assert found >= at
    assert 8 <= local.hour < 18
    assert is_worked(local.date(), place)
    assert found == at or (local.hour, local.minute, local.second) == (8, 0, 0)
    assert next_working_instant(found, place) == found


@given(instants, st.sampled_from(PLACES), st.integers(0, 240))
def test_moments_are_one_a_worked_day_within_the_period(since, place, hours):
    until = since + timedelta(hours=hours)

    moments = working_moments(place, since, until)

    days = [day for day, _ in moments]
    assert days == sorted(set(days))
    assert all(since <= at <= until and place.day_of(at) == day and is_worked(day, place) for day, at in moments)
    assert all(next_working_instant(at, place) == at for _, at in moments)


def test_an_unknown_department_has_the_national_calendar():
    assert place_of(SimpleNamespace(department_id="35", time_zone="Europe/Paris")) == Place("Europe/Paris", "")
