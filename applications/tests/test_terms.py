"""Until when one may file: to the microsecond, in every zone of the territory, across the nights when the hour changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications import ledger, terms, transitions
from applications.forms.instants import closing_instant
from applications.history import closing_of
from applications.models import CutOff, Extension, FilingBasis
from applications.tests.factories import ApplicationFactory, CallFactory, CutOffFactory
from gen_portal.core import clock, territory
from gen_portal.core.tests.factories import UserFactory

MICROSECOND, MINUTE, DAY = timedelta(microseconds=1), timedelta(minutes=1), timedelta(days=1)
NEVER, ALWAYS = (lambda end: False), (lambda end: True)
T = datetime(2016, 11, 25, 23, tzinfo=UTC)
FIRST, SECOND = CutOff(pk=1, number=1, closes_at=T), CutOff(pk=2, number=2, closes_at=T + 60 * DAY)


def decided(at, *, extension=None, grace=timedelta(0), begun=NEVER):
    """Number, basis and end of the term at an instant, for a call of two cut-offs."""
    ends = [(FIRST, extension or T), (SECOND, SECOND.closes_at)]
    term = terms.decide(ends, at, grace=grace, has_begun_before=begun)
    return term and (term.cut_off.number, str(term.basis), term.ends_at)


@pytest.mark.parametrize(
    ("at", "options", "expected"),
    [
        (T - MICROSECOND, {}, (1, "on_time", T)),
        (T, {}, (2, "on_time", SECOND.closes_at)),
        (T + MICROSECOND, {}, (2, "on_time", SECOND.closes_at)),
        (SECOND.closes_at, {}, None),
        (T - MICROSECOND, {"extension": T + DAY}, (1, "on_time", T + DAY)),
        (T, {"extension": T + DAY}, (1, "extension", T + DAY)),
        (T + DAY - MICROSECOND, {"extension": T + DAY}, (1, "extension", T + DAY)),
        (T + DAY, {"extension": T + DAY}, (2, "on_time", SECOND.closes_at)),
        (T, {"grace": 10 * MINUTE, "begun": ALWAYS}, (1, "grace", T + 10 * MINUTE)),
        (T + 10 * MINUTE - MICROSECOND, {"grace": 10 * MINUTE, "begun": ALWAYS}, (1, "grace", T + 10 * MINUTE)),
        (T + 10 * MINUTE, {"grace": 10 * MINUTE, "begun": ALWAYS}, (2, "on_time", SECOND.closes_at)),
        (T, {"grace": 10 * MINUTE, "begun": NEVER}, (2, "on_time", SECOND.closes_at)),
        (T, {"grace": timedelta(0), "begun": ALWAYS}, (2, "on_time", SECOND.closes_at)),
        (T + DAY, {"extension": T + DAY, "grace": MINUTE, "begun": ALWAYS}, (1, "grace", T + DAY + MINUTE)),
        (SECOND.closes_at, {"grace": MINUTE, "begun": ALWAYS}, (2, "grace", SECOND.closes_at + MINUTE)),
    ],
)
def test_the_instant_decides(at, options, expected):
    assert decided(at, **options) == expected


@given(
    offset=st.timedeltas(min_value=-2 * DAY, max_value=70 * DAY),
    more=st.timedeltas(min_value=timedelta(0), max_value=3 * DAY),
    grace=st.timedeltas(min_value=timedelta(0), max_value=120 * MINUTE),
    is_begun=st.booleans(),
)
def test_a_term_always_holds_its_instant_and_more_time_never_takes_any_away(offset, more, grace, is_begun):
    at, begun = T + offset, (ALWAYS if is_begun else NEVER)
    plain, given_more = decided(at), decided(at, extension=T + more, grace=grace, begun=begun)

    assert plain is None or at < plain[2]
    assert given_more is None or at < given_more[2]
    assert plain is None or (given_more is not None and given_more[0] <= plain[0])


# --- In a call --------------------------------------------------------------------------------------------------------


@pytest.fixture
def application(frozen_clock):
    """A complete draft in a call of one cut-off with ten minutes of grace."""
    return ApplicationFactory(complete=True, call=CallFactory(cut_off_days=(30,), grace_minutes=10))


def extend(application, by):
    cut_off = application.call.timetable[0]
    return Extension.objects.create(
        cut_off=cut_off,
        structure=application.training.structure,
        from_at=cut_off.closes_at,
        until_at=cut_off.closes_at + by,
        reason="Panne d'électricité.",
        granted_by=UserFactory(),
        granted_at=clock.now(),
    )


def filed(application, key="k1"):
    try:
        return transitions.submit(application, by=application.started_by, key=key)
    except transitions.Closed:
        return None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opened_before", "filed_after", "is_accepted"),
    [
        (MICROSECOND, timedelta(0), True),
        (terms.BEGUN_WITHIN, 10 * MINUTE - MICROSECOND, True),
        (terms.BEGUN_WITHIN + MICROSECOND, timedelta(0), False),
        (MICROSECOND, 10 * MINUTE, False),
        (-MICROSECOND, MINUTE, False),
        (timedelta(0), MINUTE, False),
    ],
)
def test_a_filing_begun_before_the_closing_is_finished_within_the_grace(
    application, frozen_clock, opened_before, filed_after, is_accepted
):
    end = application.call.timetable[0].closes_at
    frozen_clock.set(end - opened_before)
    ledger.opened(application, by=application.started_by)
    frozen_clock.set(end + filed_after)

    filing = filed(application)

    assert (filing is not None) is is_accepted
    if filing:
        assert (filing.basis, filing.term_ends_at) == (FilingBasis.GRACE, end + 10 * MINUTE)
        assert "délai de grâce" in filing.receipt["remark"]


@pytest.mark.django_db
@pytest.mark.parametrize("late", [timedelta(0), DAY - MICROSECOND])
def test_an_extension_lets_its_structure_file_and_no_other(application, frozen_clock, late):
    other = ApplicationFactory(complete=True, call=application.call)
    extend(application, DAY)
    frozen_clock.set(application.call.timetable[0].closes_at + late)

    filing = filed(application)

    assert (filing.basis, filing.cut_off.number) == (FilingBasis.EXTENSION, 1)
    assert "Déposé dans le délai accordé à la structure" in filing.receipt["remark"]
    assert filed(other) is None
    assert transitions.withdraw(filing.application, by=application.started_by).state == "withdrawn"


@pytest.mark.django_db
def test_the_page_shows_the_end_that_decides(application, frozen_clock):
    extend(application, DAY)
    end = application.call.timetable[0].closes_at
    before, frozen_at = closing_of(application, end - MICROSECOND), end + MINUTE
    after = closing_of(application, frozen_at)

    assert (before.closes_at, "au-delà de la clôture" in before.remark) == (end + DAY, True)
    assert (after.closes_at, "accordé à votre structure" in after.remark) == (end + DAY, True)
    assert closing_of(application, end + DAY) is None


#: Nights and days of closings: changes of the hour of 2016 and 2017, the last of February, an ordinary day.
NIGHTS = [
    date(2016, 10, 29),
    date(2016, 10, 30),
    date(2017, 3, 25),
    date(2017, 3, 26),
    date(2016, 2, 29),
    date(2016, 11, 25),
]
ZONES = ["Europe/Paris", *territory.PLACES]


@pytest.mark.django_db
@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("hour", [None, time(3), time(1, 59)])
def test_a_closing_is_exact_across_the_change_of_hour(frozen_clock, night, hour):
    closes_at = closing_instant(night, hour)
    frozen_clock.set(closes_at - DAY)
    call = CallFactory(bare=True)
    CutOffFactory(call=call, closes_at=closes_at)
    early, late = (ApplicationFactory(complete=True, call=call) for _ in range(2))

    frozen_clock.set(closes_at - MICROSECOND)
    assert filed(early).filed_at == closes_at - MICROSECOND
    frozen_clock.set(closes_at)
    assert filed(late) is None


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_the_same_instant_closes_in_every_zone(night, zone):
    """Whoever types their local time is judged by the instant, and reads that local time beside the one of Paris."""
    closes_at = closing_instant(night)
    here = closes_at.astimezone(ZoneInfo(zone))
    cut_off = CutOff(pk=1, number=1, closes_at=closes_at)

    def at(instant):
        return terms.decide([(cut_off, closes_at)], instant, grace=timedelta(0), has_begun_before=NEVER)

    assert at(here - MICROSECOND) is not None
    assert at(here) is None
    words = territory.describe_deadline(closes_at, zone).replace("\xa0", " ")
    assert words.startswith(territory.describe_deadline(closes_at).replace("\xa0", " "))
    assert ("heure locale" in words) is (here.utcoffset() != closes_at.astimezone(clock.PARIS).utcoffset())
