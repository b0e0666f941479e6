"""The figures against the targets: each formula, and what a missing quarter does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriques.figures import COUNTS, Filed, Quarter, Span, series

FIRST, SECOND, THIRD = (
    Quarter(date(2025, 4, 1), date(2025, 7, 1), 2),
    Quarter(date(2025, 7, 1), date(2025, 10, 1), 2),
    Quarter(date(2025, 10, 1), date(2026, 1, 1), 2),
)
FOREVER = date(2030, 1, 1)


def filed(label, quarter, **counts):
    return Filed(label, quarter.starts_on, dict.fromkeys(COUNTS, 0) | counts)


def one(spans=(), reports=(), quarter=THIRD):
    [found] = series(spans, reports, [quarter])
    return found


def test_structures_count_once_whatever_their_labels():
    spans = [Span(1, 7, date(2025, 1, 1), FOREVER), Span(2, 7, date(2025, 1, 1), FOREVER)]

    assert (one(spans).fabrique_count, one(spans).label_count) == (1, 2)


@pytest.mark.parametrize(
    ("starts_on", "over_on", "counted"),
    [
        (date(2025, 12, 31), FOREVER, 1),  # begins on the last day
        (date(2026, 1, 1), FOREVER, 0),  # on the morrow
        (date(2025, 1, 1), date(2026, 1, 1), 1),  # the first day without it is the morrow
        (date(2025, 1, 1), date(2025, 12, 31), 0),  # the last day is the first without it
        (date(2025, 12, 1), date(2025, 12, 1), 0),  # lost before it began
    ],
)
def test_fabriques_are_those_of_the_last_day(starts_on, over_on, counted):
    assert one([Span(1, 1, starts_on, over_on)]).fabrique_count == counted


def test_people_are_those_trained_or_in_training():
    report = filed(1, THIRD, started_count=20, in_progress_count=12, finished_count=5, dropped_count=3)

    assert one(reports=[report]).people_count == 17


def test_a_missing_quarter_takes_the_latest_earlier_report():
    reports = [filed(1, FIRST, finished_count=5), filed(2, FIRST, finished_count=7), filed(2, THIRD, finished_count=9)]

    found = series([], reports, [FIRST, SECOND, THIRD])

    assert [figures.people_count for figures in found] == [12, 12, 14]
    assert [figures.answered_count for figures in found] == [2, 0, 1]


def test_who_never_answered_adds_nothing():
    assert one([Span(1, 1, date(2025, 1, 1), FOREVER)]).people_count == 0


def test_shares_are_of_those_who_started():
    found = one(reports=[filed(1, THIRD, started_count=40, women_count=11, priority_area_count=8, young_neet_count=20)])

    assert (found.women_percent, found.priority_area_percent, found.young_neet_percent) == (27.5, 20.0, 50.0)
    assert one().women_percent is None


def test_a_count_that_was_not_asked_leaves_its_report_out_of_the_share():
    first = filed(1, THIRD, started_count=60, women_count=30, young_neet_count=None)
    second = filed(2, THIRD, started_count=40, women_count=10, young_neet_count=10)

    found = one(reports=[first, second])

    assert (found.women_percent, found.young_neet_percent) == (40.0, 25.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 50)), max_size=20))
def test_what_was_reached_never_falls_while_reports_do_not(rows):
    """Whatever is missing, a total of cumulative counts that grow never falls from a quarter to the next."""
    quarters, reached, reports = [FIRST, SECOND, THIRD], {}, {}
    for label, index, more in sorted(rows, key=lambda row: row[1]):
        reached[label] = reached.get(label, 0) + more
        reports[label, index] = filed(label, quarters[index], finished_count=reached[label])

    totals = [figures.people_count for figures in series([], reports.values(), quarters)]

    assert totals == sorted(totals)
    assert totals[-1] == sum(reached.values())
