"""The closed quarters: what each counts, what it does not yet, and what is hidden of it. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fabriques.closings import HIDDEN, Filing, Held, Share, Term, Told, closings
from fabriques.secrecy import Cut

pytestmark = pytest.mark.once
FIRST = Term(date(2025, 7, 1), date(2025, 10, 1), date(2025, 10, 30), owing=[1, 2, 3])
SECOND = Term(date(2025, 10, 1), date(2026, 1, 1), date(2026, 1, 30), owing=[1, 2, 3])
BRITTANY, NORMANDY, CORSICA = ((Cut.REGION, code) for code in ("53", "28", "94"))


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def held(pk, region="53", call="appel", **others):
    days = {"starts_on": date(2025, 1, 1), "ends_on": date(2028, 1, 1), "published_at": noon(date(2025, 1, 1))}
    return Held(pk, training=pk, structure=others.pop("structure", pk), region=region, call=call, **days | others)


def filing(label, term=FIRST, number=1, on=None, people=40, dropped=10, women=20, young=15, area=12):
    """Filed on the last day to answer."""
    started = people + dropped
    at = noon(on or term.due_on)
    return Filing(term.starts_on, number, label, at, started, people, 0, women, young, area)


def test_each_row_adds_up_the_latest_report_of_its_labels():
    labels = [held(1), held(2), held(3, region="28")]
    filings = [filing(1), filing(2, people=60), filing(3), filing(1, SECOND, people=50, dropped=20)]

    first, second = closings([SECOND, FIRST], labels, filings)

    assert [each.people().value for each in (first, second)] == [140, 150]
    assert [second.people(row).value for row in (BRITTANY, NORMANDY, (Cut.CALL, "appel"))] == [110, 40, 150]
    assert [(each.answered_count, each.owed_count) for each in (first, second)] == [(3, 3), (1, 3)]
    assert (second.owed[BRITTANY], second.answered[NORMANDY]) == (2, 0)


def test_what_is_filed_or_corrected_after_the_closing_counts_from_the_next_one_on():
    morrow = FIRST.closed_on + timedelta(days=1)
    filings = [
        filing(1),
        filing(1, number=2, on=morrow, people=70),
        filing(2, on=FIRST.closed_on),
        filing(3, on=morrow),
    ]

    first, second = closings([FIRST, SECOND], [held(1), held(2), held(3)], filings)

    assert (first.people().value, first.answered_count) == (80, 2)
    assert (second.people().value, second.answered_count) == (150, 0)


def test_a_closing_is_the_same_whatever_comes_after():
    labels, before = [held(1), held(2, region="28")], [filing(1), filing(2)]
    later = [filing(1, number=2, on=date(2026, 3, 1), people=3), filing(2, SECOND, people=90)]

    assert closings([FIRST], labels, before) == closings([FIRST, SECOND], labels, before + later)[:1]


def test_fabriques_are_those_of_the_last_day_as_it_was_known_at_the_closing():
    last_on, late = FIRST.last_on, noon(FIRST.closed_on + timedelta(days=1))
    labels = [
        held(1, structure=7),
        held(2, structure=7),
        held(3, lost=((last_on, noon(last_on)),)),  # lost, and known
        held(4, lost=((last_on, late),)),  # known too late
        held(5, ends_on=last_on),
        held(6, starts_on=FIRST.ends_on),
        held(7, published_at=late),
    ]

    [found] = closings([FIRST], labels, [])

    assert (found.fabrique_count, found.training_count) == (2, 3)


def test_a_region_of_few_is_hidden_with_another_in_numbers_and_shares():
    labels = [held(1), held(2, region="28"), held(3, region="94"), held(4, region="53")]
    few = filing(3, people=4, dropped=0, women=2, young=1, area=0)

    [found] = closings([FIRST], labels, [filing(1), filing(2), few, filing(4)])

    assert [found.people(row) for row in (BRITTANY, NORMANDY, CORSICA)] == [Told(80), HIDDEN, HIDDEN]
    assert [found.percent("women", row) for row in (BRITTANY, NORMANDY, CORSICA)] == [Told(40), HIDDEN, HIDDEN]
    assert found.people() == Told(124)


def test_a_share_is_hidden_when_those_who_are_in_it_or_not_are_few():
    others = [filing(label) for label in (2, 3)]
    labels = [held(1), held(2, region="28"), held(3, region="94")]
    for women in (3, 47):
        [found] = closings([FIRST], labels, [filing(1, women=women), *others])
        assert (found.percent("women", BRITTANY), found.percent("young_neet", BRITTANY)) == (HIDDEN, Told(30))


def test_shares_of_rows_are_rounded_and_those_of_the_country_exact():
    [found] = closings([FIRST], [held(1), held(2, region="28")], [filing(1, women=22), filing(2, people=290, women=62)])

    assert [found.percent("women", row) for row in (BRITTANY, NORMANDY)] == [Told(45), Told(21)]
    assert (found.percent("women"), found.exact("women")) == (Told(24.0), Share(84, 350))
    assert found.started() == Told(350)


@pytest.mark.parametrize("dropped", [1, 4])
def test_who_started_and_the_shares_would_tell_few_who_left(dropped):
    [found] = closings([FIRST], [held(1)], [filing(1, dropped=dropped)])

    assert (found.people(), found.started(), found.percent("women"), found.exact("women")) == (
        Told(40),
        HIDDEN,
        HIDDEN,
        None,
    )


def test_a_quarter_where_few_moved_hides_what_moved():
    filings = [filing(1), filing(1, SECOND, people=43)]

    first, second = closings([FIRST, SECOND], [held(1)], filings)

    assert [each.people() for each in (first, second)] == [Told(40), HIDDEN]
    assert second.percent("women") == HIDDEN


def test_what_the_first_questionnaire_did_not_ask_is_left_out_of_its_share():
    filings = [filing(1, young=None), filing(2, young=30)]

    [found] = closings([FIRST], [held(1), held(2)], filings)

    assert (found.percent("young_neet"), found.exact("young_neet")) == (Told(60.0), Share(30, 50))


def test_nobody_yet():
    [found] = closings([FIRST], [held(1)], [])

    assert (found.people(), found.started(), found.percent("women")) == (Told(0), Told(0), Told())
    assert found.people(BRITTANY) == Told(0)
