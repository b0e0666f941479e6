"""Progress points: asked for, opened once a period, filled by the region from what the portal counts, reminded of."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from applications.tests.factories import CallFactory
from fabriques.actions.progress import ask_for_progress, open_due_points
from fabriques.actions.reminders import post_due_reminders
from fabriques.models import ProgressPoint, ProgressRequest
from fabriques.models.registry import headline
from fabriques.periods import periods_of
from fabriques.scopes import country, series_of
from fabriques.tests.factories import (
    FabriqueFactory,
    FollowUpReportFactory,
    ProgressPointFactory,
    ProgressRequestFactory,
)
from fabriques.transitions.progress import file_progress
from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry, Region, Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
FIGURES = {"label_count": 3, "fabrique_count": 2, "people_count": 40, "event_count": 1}
WORDS = {"difficulties": "Peu de candidates.", "actions": "Deux réunions."}


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.PARIS)


@pytest.fixture
def regional(frozen_clock):
    """Somebody of the State in Brittany."""
    return CapacityFactory(role=Role.REGIONAL_SERVICE).user


@pytest.fixture
def point(regional):
    return ProgressPointFactory()


def file(point, regional, **changes):
    return file_progress(point, by=regional, figures=FIGURES | changes, counted={"label_count": 4}, **WORDS)


def test_the_instruction_of_2016_asks_three_times():
    """Quarterly until the end of February 2017 (domain.md §4): the last period has two months."""
    periods = periods_of(date(2016, 8, 23), date(2017, 2, 28))

    assert [(period.starts_on, period.ends_on) for period in periods] == [
        (date(2016, 7, 1), date(2016, 10, 1)),
        (date(2016, 10, 1), date(2017, 1, 1)),
        (date(2017, 1, 1), date(2017, 3, 1)),
    ]


def test_points_open_once_per_region_and_period(frozen_clock):
    RegionFactory(), RegionFactory(overseas=True)
    asked = ProgressRequestFactory(first_on=date(2016, 8, 23), last_on=date(2017, 2, 28))

    opened = [open_due_points(at(day)) for day in (date(2016, 9, 30), date(2017, 1, 2), date(2017, 3, 1))]
    again = open_due_points(at(date(2018, 1, 1)))

    assert (opened, again) == ([0, 4, 2], 0)
    assert ProgressPoint.objects.filter(starts_on=date(2017, 1, 1)).first().due_on == date(2017, 3, 30)
    assert JournalEntry.objects.about(asked).count() == 3


def test_ask_for_progress_keeps_targets_that_are_known_and_leaves_a_trace(frozen_clock):
    RegionFactory(), RegionFactory(overseas=True)
    call, officer = CallFactory(), CapacityFactory().user
    given = {"first_on": date(2025, 7, 1), "last_on": date(2025, 12, 31)}
    ask_for_progress(call, by=officer, targets={"53": (1, 1)}, **given)

    asked = ask_for_progress(call, by=officer, targets={"53": (12, None), "04": (None, None)}, **given)

    kept = asked.targets.values_list("region", "fabrique_count", "people_count")
    assert list(kept.order_by("pk")) == [("53", 12, None)]
    assert [entry.action for entry in JournalEntry.objects.about(asked)] == ["progress.set"] * 2


def test_ask_for_progress_refused_when_it_takes_back_a_period(point):
    call, officer = point.request.call, CapacityFactory().user

    with pytest.raises(Refused, match="déjà demandés"):
        ask_for_progress(call, by=officer, first_on=date(2025, 7, 1), last_on=date(2025, 11, 1), targets={})

    assert ProgressRequest.objects.get().last_on == date(2025, 12, 31)


def test_file_progress_stores_what_is_said_beside_what_is_counted(point, regional):
    filed = file(point, regional)

    stored = ProgressPoint.objects.values(*FIGURES, *WORDS, "counted", "filed_by").get()
    assert stored == {**FIGURES, **WORDS, "counted": {"label_count": 4}, "filed_by": regional.pk}
    assert [entry.action for entry in JournalEntry.objects.about(filed)] == ["progress.filed"]


def test_file_progress_again_corrects_and_keeps_the_earlier_counts(point, regional):
    file(point, regional)
    file(point, regional, people_count=41)

    last = JournalEntry.objects.about(point).last()
    assert (last.action, "personnes formées ou en formation : 40" in last.note) == ("progress.corrected", True)


def test_file_progress_refused_with_more_fabriques_than_labels(point, regional):
    with pytest.raises(Refused, match="9 fabriques pour 3 labels"):
        file(point, regional, fabrique_count=9)

    assert ProgressPoint.objects.get().filed_at is None


def test_file_progress_refused_as_a_correction_once_the_next_is_open(point, regional):
    file(point, regional)
    ProgressPointFactory(request=point.request, starts_on=date(2026, 1, 1))

    with pytest.raises(Refused, match="ne se corrige plus"):
        file(point, regional, people_count=41)


def test_the_service_is_reminded_once_a_step_until_it_files(point, regional, mails):
    CapacityFactory(role=Role.REGIONAL_SERVICE, region=RegionFactory(overseas=True))
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(90)]

    posted = sum(post_due_reminders(at(day, hour)) for day in days[:20] for hour in (1, 9))
    file(point, regional)
    after = sum(post_due_reminders(at(day)) for day in days[20:])

    assert (posted, after) == (2, 0)
    assert {row.to_address for row in mails(kind="progress_reminder")} == {regional.email}


def test_filed_one_second_before_sending_nothing_leaves(point, regional, mailoutbox, frozen_clock):
    post_due_reminders(at(date(2026, 1, 1)))
    file(point, regional)
    frozen_clock.set(at(date(2026, 1, 2)))

    delivery.deliver()

    assert mailoutbox == []


def test_the_page_begins_with_what_the_portal_counts(client_for, point, regional):
    fabrique = FabriqueFactory(label__starts_on=date(2025, 2, 1))
    FollowUpReportFactory(label=fabrique.label, filed=True)
    FabriqueFactory(structure__overseas=True, label__starts_on=date(2025, 2, 1))
    client, url = client_for(regional), reverse("progress_page", args=[point.reference])

    form = client.get(url).context["form"]
    assert [form[name].value() for name in FIGURES] == [1, 1, 17, None]

    refused = client.post(url, FIGURES | WORDS | {"fabrique_count": 9})
    assert (refused.status_code, "Deux réunions." in refused.content.decode()) == (200, True)
    answer = client.post(url, FIGURES | WORDS, follow=True)
    assert "est transmis" in answer.content.decode()
    assert ProgressPoint.objects.get().counted == {"label_count": 1, "fabrique_count": 1, "people_count": 17}


def test_the_officer_sets_the_last_day_and_the_targets(client_for, point):
    client = client_for(CapacityFactory().user)
    url = reverse("progress_request", args=[point.request.call.slug])
    days = {"first_on": "2025-07-01", "last_on": "2026-02-28"}

    late = client.post(url, days | {"last_on": "2025-06-01"})
    assert "vient avant" in late.content.decode()
    assert client.post(url, days | {"fabriques_53": "14"}).status_code == 302
    assert client.get(url).context["form"]["fabriques_53"].value() == 14
    assert ProgressRequest.objects.get().last_on == date(2026, 2, 28)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(client_for, regional, django_assert_num_queries, count):
    for months in range(count):
        ProgressPointFactory(starts_on=clock.add_months(date(2025, 10, 1), -3 * months), filed=True)
    client = client_for(CapacityFactory().user)

    with django_assert_num_queries(9):
        page = client.get(reverse("progress_list"), {"etat": "transmis"})

    assert page.context["page_obj"].paginator.count == count
    exported = client.get(reverse("progress_export", args=["csv"]), {"periode": "2025-10-01"})
    assert exported.content.decode().count("\r\n") == 2


def test_the_figures_of_today_are_those_of_the_home_page(frozen_clock):
    """One definition everywhere: the quarter that ends tomorrow counts what the home page counts today."""
    for traits in ({}, {"structure__overseas": True}, {"label__starts_on": date(2015, 1, 1)}):
        fabrique = FabriqueFactory(**traits)
        FollowUpReportFactory(label=fabrique.label, campaign__ends_on=clock.today() + clock.ONE_DAY,
                              campaign__due_on=clock.today() + timedelta(days=30))  # fmt: skip

    [figures] = series_of(country())
    today = headline(clock.today())
    assert (figures.fabrique_count, figures.label_count) == (today.fabrique_count, today.training_count) == (3, 3)
    assert Region.objects.count() == 2
