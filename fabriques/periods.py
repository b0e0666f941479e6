"""The periods of the progress points: calendar quarters, the last one cut at the last day asked for. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from gen_portal.core import clock


@dataclass(frozen=True)
class Period:
    """From a day to another, excluded: the day on which its points open."""

    starts_on: date
    ends_on: date


def periods_of(first_on: date, last_on: date) -> list[Period]:
    """The periods of a request: from the quarter of its first day, whole, to its last day, included.

    The instruction of August 2016 asked until the end of February 2017: its last period has two months.
    """
    end = last_on + timedelta(days=1)
    starts_on, _ = clock.quarter_of(first_on)
    found = []
    while starts_on < end:
        next_start = clock.add_months(starts_on, 3)
        found.append(Period(starts_on, min(next_start, end)))
        starts_on = next_start
    return found


def periods_to_open(first_on: date, last_on: date, today: date) -> list[Period]:
    """The periods that are over on a day, oldest first."""
    return [period for period in periods_of(first_on, last_on) if period.ends_on <= today]
