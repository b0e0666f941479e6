"""The clock: one for web, worker and beat, in legal time, over the nights when the hour changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gen_portal.core import clock
from gen_portal.core.models import ClockShift

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@pytest.mark.django_db
def test_now_is_the_real_time_in_utc():
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before - timedelta(seconds=1) <= now <= after + timedelta(seconds=1)
    assert now.tzinfo is UTC


@pytest.mark.django_db
def test_a_frozen_clock_stands_still():
    at = datetime(2017, 2, 24, 23, 59, 59, 999_999, tzinfo=clock.PARIS)
    clock.freeze(at)
    assert (clock.now(), clock.now(), clock.today()) == (at, at, date(2017, 2, 24))


@pytest.mark.django_db
def test_a_moved_clock_keeps_running_and_comes_back():
    clock.freeze(datetime(2000, 1, 1, tzinfo=UTC))
    clock.move(timedelta(days=-400))
    first, second = clock.now(), clock.now()
    assert timedelta(0) <= second - first < timedelta(seconds=5)
    assert timedelta(days=399) < datetime.now(UTC) - first < timedelta(days=401)
    clock.move(timedelta(0))
    assert datetime.now(UTC) - clock.now() < timedelta(seconds=5)
    assert ClockShift.objects.count() == 1


@pytest.mark.django_db
def test_production_settings_refuse_to_move_it_and_ignore_the_row(settings):
    clock.freeze(datetime(2000, 1, 1, tzinfo=UTC))
    settings.CLOCK_IS_MOVABLE = False
    assert clock.now().year > 2000
    with pytest.raises(RuntimeError):
        clock.move(timedelta(days=1))


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_wrong_clock_of_the_web_server_changes_nothing():
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC)):
        assert clock.now().year > 2020


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_database_clock_advances_within_a_transaction():
    first = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.001)")
    assert clock.now() > first


@pytest.mark.parametrize(
    "day, hours", [(date(2016, 10, 30), 25), (date(2017, 3, 26), 23), (date(2017, 3, 27), 24)], ids=str
)
def test_days_are_as_long_as_they_are(day, hours):
    assert clock.end_of(day) - clock.start_of(day) == timedelta(hours=hours)


def test_the_end_of_a_day_is_exclusive():
    end = clock.end_of(date(2017, 2, 24))
    assert clock.day_of(end - timedelta(microseconds=1)) == date(2017, 2, 24)
    assert clock.day_of(end) == date(2017, 2, 25)


def test_a_day_may_begin_elsewhere():
    assert clock.start_of(date(2017, 2, 24), ZoneInfo("Pacific/Tahiti")) == datetime(2017, 2, 24, 10, tzinfo=UTC)


@given(st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)))
def test_every_instant_lies_within_its_day(at):
    day = clock.day_of(at)
    assert clock.start_of(day) <= at < clock.end_of(day)


@given(DAYS, st.integers(0, 60))
def test_months_counted_from_the_origin_never_drift(origin, months):
    due = clock.add_months(origin, months)
    assert (due.year * 12 + due.month) - (origin.year * 12 + origin.month) == months
    last_day = (clock.add_months(due.replace(day=1), 1) - clock.ONE_DAY).day
    assert due.day == min(origin.day, last_day)


def test_months_of_the_end_of_november():
    origin = date(2016, 11, 30)
    assert [clock.add_months(origin, 3 * k) for k in (1, 2)] == [date(2017, 2, 28), date(2017, 5, 30)]


@given(DAYS)
def test_a_quarter_holds_its_days(day):
    first, following = clock.quarter_of(day)
    assert first <= day < following
    assert (first.day, first.month % 3, clock.add_months(first, 3)) == (1, 1, following)
