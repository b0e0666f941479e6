"""The calendar of the follow-up, as a person reads it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriques.models import ReminderStep
from fabriques.schedule import due_on_for, last_reminder_day, quarters_to_open, step_on, steps_of
from gen_portal.core import clock
from gen_portal.core.working_time import Place

pytestmark = pytest.mark.once

OPENED, DUE = date(2026, 10, 1), date(2026, 10, 30)


@pytest.mark.parametrize(
    ("first_day", "due_on"),
    [
        (date(2016, 10, 1), date(2016, 10, 30)),
        (date(2017, 1, 1), date(2017, 1, 30)),
        (date(2017, 4, 1), date(2017, 4, 30)),
        (date(2017, 7, 1), date(2017, 7, 30)),
    ],
)
def test_due_day_is_the_thirtieth_of_the_campaign(first_day, due_on):
    assert due_on_for(first_day) == due_on


def test_steps_are_dated_from_the_due_day():
    assert steps_of(OPENED, DUE) == [
        (ReminderStep.OPENING, date(2026, 10, 1)),
        (ReminderStep.FIFTEEN_BEFORE, date(2026, 10, 15)),
        (ReminderStep.THREE_BEFORE, date(2026, 10, 27)),
        (ReminderStep.SEVEN_AFTER, date(2026, 11, 6)),
        (ReminderStep.TWENTY_ONE_AFTER, date(2026, 11, 20)),
        (ReminderStep.THIRTY_AFTER, date(2026, 11, 29)),
    ]


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 9, 30), None),
        (date(2026, 10, 1), ReminderStep.OPENING),
        (date(2026, 10, 7), ReminderStep.OPENING),  # an outage of a week is caught up
        (date(2026, 10, 8), None),
        (date(2026, 10, 14), None),
        (date(2026, 10, 15), ReminderStep.FIFTEEN_BEFORE),
        (date(2026, 10, 26), None),
        (date(2026, 10, 27), ReminderStep.THREE_BEFORE),
        (date(2026, 10, 30), ReminderStep.THREE_BEFORE),
        (date(2026, 11, 6), ReminderStep.SEVEN_AFTER),
        (date(2026, 11, 20), ReminderStep.TWENTY_ONE_AFTER),
        (date(2026, 11, 26), ReminderStep.TWENTY_ONE_AFTER),
        (date(2026, 11, 27), None),
        (date(2026, 11, 29), ReminderStep.THIRTY_AFTER),
        (date(2026, 12, 6), None),
    ],
)
def test_step_of_a_day(today, step):
    assert step_on(today, opened_on=OPENED, due_on=DUE) == step


def test_nothing_is_posted_after_the_last_reminder_day():
    last = last_reminder_day(DUE)

    days = [DUE + timedelta(days=count) for count in range(90)]
    reminding = [day for day in days if step_on(day, opened_on=OPENED, due_on=DUE, place=Place("Europe/Paris", "57"))]
    assert DUE < reminding[-1] < last


@pytest.mark.parametrize(
    ("today", "latest", "expected"),
    [
        (date(2026, 11, 23), None, [date(2026, 7, 1)]),
        (date(2026, 11, 23), date(2026, 7, 1), []),
        (date(2026, 11, 23), date(2026, 4, 1), [date(2026, 7, 1)]),
        (date(2027, 1, 1), date(2026, 4, 1), [date(2026, 7, 1), date(2026, 10, 1)]),
        (date(2027, 1, 1), date(2026, 10, 1), []),
    ],
)
def test_quarters_to_open(today, latest, expected):
    assert quarters_to_open(today, latest) == expected


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_quarters_never_drift(day):
    first, until = clock.quarter_of(day)

    assert first <= day < until
    assert (first.day, until.day) == (1, 1)
    assert clock.quarter_of(until)[0] == until
    assert quarters_to_open(until, first) == []
    assert quarters_to_open(until, clock.add_months(first, -3)) == [first]
