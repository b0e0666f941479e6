"""The reminders of progress points in the one engine: working hours and holidays of the region, forecast, fuse, re-check."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fabriques.actions.fuse import set_aside_unforeseen
from fabriques.actions.progress import open_due_points
from fabriques.actions.reminders import post_due_reminders
from fabriques.models import FuseTrip, ProgressPoint
from fabriques.point_planning import planned_points
from fabriques.runs import foreseen_mails
from fabriques.tests.factories import ProgressPointFactory, ProgressRequestFactory
from fabriques.tests.test_progress import FIGURES, WORDS
from fabriques.transitions.progress import file_progress
from gen_portal.core import clock, delivery
from gen_portal.core.models import OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
KIND = "progress_reminder"


def at(day, hour=9, zone=clock.PARIS):
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def civil_servant(**region):
    """Somebody of the State in a region."""
    options = {"region": RegionFactory(**region)} if region else {}
    return CapacityFactory(role=Role.REGIONAL_SERVICE, **options).user


@pytest.fixture
def regional(frozen_clock):
    return civil_servant()


@pytest.fixture
def point(regional):
    """Opened on 1 January 2026, a holiday and a Thursday; due on the 30th."""
    return ProgressPointFactory()


def test_nothing_leaves_on_a_holiday_nor_out_of_hours(point, regional):
    [mail] = [mail for mail in planned_points(at(date(2026, 1, 1), 0), at(date(2026, 1, 5))) if mail.point == point]
    assert mail.leaves_at == at(date(2026, 1, 2), 8)
    assert [planned_points(at(date(2026, 1, day), hour)) for day, hour in ((1, 10), (2, 7), (2, 18), (3, 10))] == [
        []
    ] * 4


def test_overseas_the_hours_are_those_of_the_region(frozen_clock):
    user = civil_servant(overseas=True)
    region = user.capacities.get().region
    point = ProgressPointFactory(region=region)
    [mail] = [mail for mail in planned_points(at(date(2026, 1, 1), 0), at(date(2026, 1, 5))) if mail.point == point]
    assert mail.leaves_at == at(date(2026, 1, 2), 8, ZoneInfo(region.time_zone))
    assert mail.leaves_at != at(date(2026, 1, 2), 8)


def test_what_leaves_over_a_quarter_is_what_was_foreseen(regional):
    """Day after day from before the opening: each mail was in the forecast of the day before, at its day."""
    ProgressRequestFactory(first_on=date(2025, 10, 1), last_on=date(2025, 12, 31))
    foreseen, left = {}, {}
    for number in range(80):
        now = at(date(2025, 12, 28) + timedelta(days=number))
        open_due_points(now)
        before = set(OutgoingEmail.objects.filter(kind=KIND).values_list("key", flat=True))
        post_due_reminders(now)
        after = set(OutgoingEmail.objects.filter(kind=KIND).values_list("key", flat=True))
        left |= {key.removeprefix("follow-up:"): clock.day_of(now) for key in after - before}
        for mail in foreseen_mails(now):
            if mail.leaves_on == clock.day_of(now) + clock.ONE_DAY:
                foreseen[mail.key] = mail.leaves_on
    assert left == foreseen
    assert len(left) == 6
    assert FuseTrip.objects.count() == 0


def test_a_run_that_nobody_foresaw_stops_itself_and_staff_set_it_aside(point, regional):
    officer = CapacityFactory().user
    post_due_reminders(at(date(2026, 1, 1)))  # the forecast of the 2nd announces one person
    for _ in range(3):
        CapacityFactory(role=Role.REGIONAL_SERVICE, region=point.region)

    assert post_due_reminders(at(date(2026, 1, 2))) == 0

    trip = FuseTrip.objects.get()
    assert [mail["structure"] for mail in trip.mails] == [str(point.region)] * 3
    assert OutgoingEmail.objects.filter(kind=KIND).count() == 0
    set_aside_unforeseen(trip, by=officer)
    assert post_due_reminders(at(date(2026, 1, 2), 10)) == 1
    assert OutgoingEmail.objects.get(kind=KIND).to_address == regional.email


def test_a_mail_that_waited_too_long_or_for_a_filed_point_never_leaves(point, regional, frozen_clock, mailoutbox):
    post_due_reminders(at(date(2026, 1, 2)))
    frozen_clock.set(at(date(2026, 1, 2), 19))
    delivery.deliver()
    assert (mailoutbox, OutgoingEmail.objects.get(kind=KIND).cancelled_at) == ([], None)  # it waits for the morning

    frozen_clock.set(at(date(2026, 1, 20)))
    delivery.deliver()
    assert (mailoutbox, OutgoingEmail.objects.get(kind=KIND).cancelled_at is None) == ([], False)

    post_due_reminders(at(date(2026, 1, 20)))
    file_progress(point, by=regional, figures=FIGURES, counted={"label_count": 4}, **WORDS)
    delivery.deliver()
    assert mailoutbox == []


def test_a_reminder_of_the_day_leaves(point, regional, frozen_clock, mailoutbox):
    frozen_clock.set(at(date(2026, 1, 2)))
    post_due_reminders(clock.now())
    delivery.deliver()
    assert [mail.to for mail in mailoutbox] == [[regional.email]]


@pytest.mark.parametrize("count", [1, 3])
def test_planning_costs_the_same_for_one_region_and_three(frozen_clock, django_assert_num_queries, count):
    for number in range(count):
        region = RegionFactory(code=f"9{number}", name=f"Région {number}")
        ProgressPointFactory(region=region)
        CapacityFactory(role=Role.REGIONAL_SERVICE, region=region, user=UserFactory())
    with django_assert_num_queries(6):
        assert len(planned_points(at(date(2026, 1, 2)))) == count
    assert ProgressPoint.objects.count() == count
