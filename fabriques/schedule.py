"""The calendar of the follow-up: pure functions of days, from the quarter, never step by step (domain.md §3.3)."""

from datetime import date, timedelta

from fabriques.models import ReminderStep
from gen_portal.core import clock

DAYS_TO_ANSWER = 30  # the day the campaign opens is the first of them
STEP_LASTS = timedelta(days=7)  # a step missed for longer is not caught up: the next one says the same
SENT_FROM_HOUR = 8  # in the structure's own time

#: Days from the due day; the opening is counted from the campaign's own first day.
OFFSETS = {
    ReminderStep.FIFTEEN_BEFORE: -15,
    ReminderStep.THREE_BEFORE: -3,
    ReminderStep.SEVEN_AFTER: 7,
    ReminderStep.TWENTY_ONE_AFTER: 21,
}


#: How long after its due day a campaign may still have something to post.
REMINDING_LASTS = timedelta(days=OFFSETS[ReminderStep.TWENTY_ONE_AFTER]) + STEP_LASTS


def due_on_for(first_day: date) -> date:
    """The last day to answer a campaign whose first day is given: the thirtieth, included."""
    return first_day + timedelta(days=DAYS_TO_ANSWER - 1)


def steps_of(opened_on: date, due_on: date) -> list[tuple[ReminderStep, date]]:
    """Each step with its day, in order."""
    dated = [(step, due_on + timedelta(days=offset)) for step, offset in OFFSETS.items()]
    return [(ReminderStep.OPENING, opened_on), *dated]


def step_on(today: date, *, opened_on: date, due_on: date) -> ReminderStep | None:
    """The step to post on a day: the latest one that has come, unless it came more than a week ago."""
    come = [(day, step) for step, day in steps_of(opened_on, due_on) if day <= today]
    if not come:
        return None
    day, step = max(come, key=lambda pair: pair[0])
    return step if today < day + STEP_LASTS else None


def last_reminder_day(due_on: date) -> date:
    """The first day on which a campaign due then has nothing more to post."""
    return due_on + REMINDING_LASTS


def quarters_to_open(today: date, latest_start: date | None) -> list[date]:
    """First days of the finished quarters without campaign: since the latest one, or the last alone if there is none."""
    current, _ = clock.quarter_of(today)
    last = clock.add_months(current, -3)
    if latest_start is None:
        return [last]
    missing = []
    while last > latest_start:
        missing.append(last)
        last = clock.add_months(last, -3)
    return missing[::-1]
