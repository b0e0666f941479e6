"""Who owes a report on a quarter: the table that staff read, line by line, and what holds whatever the events."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriques.models import ReminderStep
from fabriques.schedule import days_in_force, due_on_for, in_default_on, quarters_to_open, steps_of
from gen_portal.core import clock
from gen_portal.core.working_time import Place, is_worked
from labelling.models import LabelEventKind as Kind

FIRST, UNTIL = date(2025, 10, 1), date(2026, 1, 1)
STARTS, ENDS = date(2025, 2, 1), date(2028, 2, 1)
days = st.dates(date(2025, 7, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("case", "starts_on", "ends_on", "events", "expected"),
    [
        ("whole quarter", STARTS, ENDS, [], [(FIRST, UNTIL)]),
        ("begins on the last day", date(2025, 12, 31), ENDS, [], [(date(2025, 12, 31), UNTIL)]),
        ("begins on the morrow", UNTIL, ENDS, [], []),
        ("ends during it", STARTS, date(2025, 11, 5), [], [(FIRST, date(2025, 11, 5))]),
        ("given up", STARTS, ENDS, [(Kind.GIVEN_UP, date(2025, 11, 15))], [(FIRST, date(2025, 11, 15))]),
        ("given up on the first day", STARTS, ENDS, [(Kind.GIVEN_UP, FIRST)], []),
        ("revoked after it", STARTS, ENDS, [(Kind.REVOKED, date(2026, 1, 2))], [(FIRST, UNTIL)]),
        ("suspended before and through", STARTS, ENDS, [(Kind.SUSPENDED, date(2025, 9, 1))], []),
        ("suspended during it", STARTS, ENDS, [(Kind.SUSPENDED, date(2025, 12, 1))], [(FIRST, date(2025, 12, 1))]),
        (
            "suspended and resumed",
            STARTS,
            ENDS,
            [(Kind.RESUMED, date(2025, 12, 10)), (Kind.SUSPENDED, date(2025, 9, 1))],
            [(date(2025, 12, 10), UNTIL)],
        ),
        (
            "given up while suspended, then resumed by mistake",
            STARTS,
            ENDS,
            [(Kind.SUSPENDED, date(2025, 9, 1)), (Kind.GIVEN_UP, date(2025, 10, 5)), (Kind.RESUMED, date(2025, 11, 1))],
            [],
        ),
    ],
)
def test_days_in_force(case, starts_on, ends_on, events, expected):
    assert days_in_force(starts_on, ends_on, events, FIRST, UNTIL) == expected, case


@given(st.lists(st.tuples(st.sampled_from([Kind.SUSPENDED, Kind.RESUMED, Kind.GIVEN_UP, Kind.REVOKED]), days)), days)
def test_days_in_force_day_by_day(events, starts_on):
    """The periods hold exactly the days on which the last thing told leaves the label in force."""
    periods = days_in_force(starts_on, date(2026, 3, 1), events, FIRST, UNTIL)

    counted = {start + timedelta(days=n) for start, end in periods for n in range((end - start).days)}
    assert counted == {day for day in _days(FIRST, UNTIL) if _is_in_force(day, starts_on, date(2026, 3, 1), events)}


def _days(first, until):
    return [first + timedelta(days=n) for n in range((until - first).days)]


def _is_in_force(day, starts_on, ends_on, events):
    """Said another way: nothing final yet, and the last of the suspensions and resumptions (suspended wins a tie)."""
    come = [(on, kind == Kind.SUSPENDED, kind) for kind, on in events if on <= day]
    if any(kind in (Kind.GIVEN_UP, Kind.REVOKED) for _, _, kind in come) or not starts_on <= day < ends_on:
        return False
    return not come or max(come)[2] == Kind.RESUMED


@given(st.integers(0, 400))
def test_quarters_come_from_the_origin_and_never_drift(count):
    origin = date(2015, 10, 1)
    today = clock.add_months(origin, 3 * (count + 1))

    opened = quarters_to_open(today, origin)

    assert opened == [clock.add_months(origin, 3 * number) for number in range(1, count + 1)]
    assert {(day.day, day.month % 3) for day in opened} <= {(1, 1)}


@given(st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.sampled_from(["", "57", "6AE", "974", "PF", "NC"]))
def test_steps_of_a_place_are_worked_and_never_late(day, calendar):
    place = Place("Europe/Paris", calendar)
    opened_on = clock.quarter_of(day)[1]
    due_on = due_on_for(opened_on)
    nominal = dict(steps_of(opened_on, due_on))

    moved = steps_of(opened_on, due_on, place=place)

    assert [step for step, _ in moved] == list(ReminderStep)
    assert all(is_worked(on, place) for _, on in moved)
    before = (ReminderStep.FIFTEEN_BEFORE, ReminderStep.THREE_BEFORE)
    assert all((on <= nominal[step]) if step in before else (on >= nominal[step]) for step, on in moved)
    assert max(abs((on - nominal[step]).days) for step, on in moved) <= 5


def test_a_silent_training_is_in_default_thirty_days_after():
    assert in_default_on(date(2026, 1, 30)) == date(2026, 3, 1)
    assert in_default_on(date(2028, 1, 30)) == date(2028, 2, 29)  # a leap year
