"""The calendar of the follow-up: pure functions of days, from the quarter, never step by step (domain.md §3.3)."""

from collections.abc import Iterable
from datetime import date, timedelta

from fabriques.models import ReminderStep
from fabriques.models.review import DEFAULT_AFTER
from gen_portal.core import clock
from gen_portal.core.working_time import Place, worked_from, worked_until
from labelling.models import LabelEventKind
from labelling.models.label import FINAL_EVENTS

DAYS_TO_ANSWER = 30  # the day the campaign opens is the first of them
STEP_LASTS = timedelta(days=7)  # a step missed for longer is not caught up: the next one says the same
_LONGEST_SHIFT = timedelta(days=6)  # from a day that is not worked to the next one that is

#: Days from the due day; the opening is counted from the campaign's own first day.
OFFSETS = {
    ReminderStep.FIFTEEN_BEFORE: -15,
    ReminderStep.THREE_BEFORE: -3,
    ReminderStep.SEVEN_AFTER: 7,
    ReminderStep.TWENTY_ONE_AFTER: 21,
    ReminderStep.THIRTY_AFTER: DEFAULT_AFTER.days,
}
#: What a campaign follows unless staff set it otherwise: every step, at its day.
EVERY_STEP = {ReminderStep.OPENING: 0, **OFFSETS}

#: How long after its due day a campaign may still have something to post.
REMINDING_LASTS = DEFAULT_AFTER + STEP_LASTS + _LONGEST_SHIFT


def due_on_for(first_day: date) -> date:
    """The last day to answer a campaign whose first day is given: the thirtieth, included."""
    return first_day + timedelta(days=DAYS_TO_ANSWER - 1)


def in_default_on(due_on: date) -> date:
    """The day from which a training that has said nothing is « en défaut »: a matter for staff, never a sanction."""
    return due_on + DEFAULT_AFTER


def steps_of(
    opened_on: date, due_on: date, *, offsets: dict | None = None, place: Place | None = None
) -> list[tuple[ReminderStep, date]]:
    """Each step with its day, in order; with a place, its working day there.

    A step that falls on a day not worked leaves earlier when it announces the due day, so that no one is told late, and
    otherwise on the next working day.
    """
    offsets = EVERY_STEP if offsets is None else offsets
    dated = [(step, opened_on if step == ReminderStep.OPENING else due_on + timedelta(days=days), days)
             for step, days in offsets.items()]  # fmt: skip
    if place is not None:
        dated = [(step, worked_until(day, place) if days < 0 else worked_from(day, place), days)
                 for step, day, days in dated]  # fmt: skip
    return [(step, day) for step, day, _ in sorted(dated, key=lambda row: (row[1], list(ReminderStep).index(row[0])))]


def step_on(
    today: date, *, opened_on: date, due_on: date, offsets: dict | None = None, place: Place | None = None
) -> ReminderStep | None:
    """The step to post on a day: the latest one that has come, unless it came more than a week ago."""
    come = [pair for pair in steps_of(opened_on, due_on, offsets=offsets, place=place) if pair[1] <= today]
    if not come:
        return None
    step, day = come[-1]
    return step if today < day + STEP_LASTS else None


def last_reminder_day(due_on: date) -> date:
    """The first day on which a campaign due then has nothing more to post, wherever the structure is."""
    return due_on + REMINDING_LASTS


def quarters_to_open(today: date, latest_start: date | None) -> list[date]:
    """First days of the finished quarters without campaign: since the latest one, or the last alone if there is none.

    Each is counted from the latest one (or from the current quarter), never from the one before it.
    """
    current, _ = clock.quarter_of(today)
    if latest_start is None:
        return [clock.add_months(current, -3)]
    count = (12 * (current.year - latest_start.year) + current.month - latest_start.month) // 3
    return [clock.add_months(latest_start, 3 * number) for number in range(1, count)]


def days_in_force(
    starts_on: date, ends_on: date, events: Iterable[tuple[str, date]], first: date, until: date
) -> list[tuple[date, date]]:
    """The periods [from, to) of [first, until) during which a label was in force.

    `events` are (kind, day of effect) in any order. A suspension stops it until it is resumed; given up or revoked, it
    stops for good. Several events of one day count in the order: resumed, suspended, lost.
    """
    order = [LabelEventKind.RESUMED, LabelEventKind.SUSPENDED, *FINAL_EVENTS]
    told = sorted((day, order.index(kind), kind) for kind, day in events if kind in order)
    periods, since = [], starts_on
    for day, _, kind in told:
        if since is not None and kind != LabelEventKind.RESUMED:
            periods.append((since, day))
            since = None
        elif since is None and kind == LabelEventKind.RESUMED:
            since = max(day, starts_on)
        if kind in FINAL_EVENTS:
            break
    if since is not None:
        periods.append((since, ends_on))
    clipped = [(max(start, first), min(end, ends_on, until)) for start, end in periods]
    return [(start, end) for start, end in clipped if start < end]


def owes_report(label, first: date, until: date) -> bool:
    """Whether a label owes a report on the quarter [first, until): in force on at least one day of it.

    So a label that begins, ends, is suspended, given up or revoked during the quarter owes one last report on the days
    it was in force, and one suspended for the whole quarter owes none. Reads `label.events` (prefetch them).
    """
    events = [(event.kind, event.effective_on) for event in label.events.all()]
    return bool(days_in_force(label.starts_on, label.ends_on, events, first, until))
