"""Reminders to reviewers: the right days, one mail a person, never for nothing, never with the name of a dossier."""

from datetime import date, datetime, timedelta

import pytest

from gen_portal.core import clock, delivery
from labelling.actions.review_reminders import remind_reviewers, step_come
from labelling.models import Review
from labelling.tests.factories import AssignmentFactory, ReviewFactory
from labelling.transitions.recusals import recuse

pytestmark = pytest.mark.django_db

DUE_ON = date(2026, 3, 19)  # a Thursday


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.PARIS)


@pytest.fixture
def place(frozen_clock):
    frozen_clock.set(at(date(2026, 3, 10)))
    return AssignmentFactory(due_on=DUE_ON)


def posted_on(place, days, frozen_clock, mails):
    """The days on which a mail was posted, of those played."""
    found = []
    for day in days:
        frozen_clock.set(at(day))
        if remind_reviewers(clock.now()):
            found.append(day)
    return found


def every_day(first, count):
    return [first + timedelta(days=number) for number in range(count)]


def test_three_days_before_the_day_after_a_week_after(place, frozen_clock, mails):
    days = posted_on(place, every_day(date(2026, 3, 11), 25), frozen_clock, mails)
    assert days == [date(2026, 3, 16), date(2026, 3, 20), date(2026, 3, 26)]
    assert {mail.to_address for mail in mails(kind="review_reminder")} == {place.reviewer.email}


@pytest.mark.parametrize(
    ("due_on", "today", "step"),
    [
        (DUE_ON, date(2026, 3, 15), None),
        (DUE_ON, date(2026, 3, 16), date(2026, 3, 16)),
        (DUE_ON, date(2026, 3, 19), date(2026, 3, 16)),  # caught up for three days
        (DUE_ON, date(2026, 3, 24), None),
        (date(2026, 3, 17), date(2026, 3, 14), None),  # a Saturday: the step waits for Monday
        (date(2026, 3, 17), date(2026, 3, 16), date(2026, 3, 16)),
        (date(2026, 4, 3), date(2026, 4, 7), date(2026, 4, 7)),  # Saturday, Sunday, Easter Monday
    ],
)
def test_the_step_of_a_day(due_on, today, step):
    assert step_come(due_on, today) == step


@pytest.mark.parametrize("hour", [7, 18, 22])
def test_nothing_leaves_out_of_working_hours(place, hour):
    assert remind_reviewers(at(date(2026, 3, 16), hour)) == 0


def test_one_mail_a_person_whatever_the_number(place, frozen_clock, mails):
    AssignmentFactory(reviewer=place.reviewer, ministry=place.ministry, due_on=date(2026, 3, 12))
    frozen_clock.set(at(date(2026, 3, 16)))
    assert [remind_reviewers(clock.now()) for _ in range(3)] == [1, 0, 0]
    [mail] = mails(kind="review_reminder")
    assert mail.subject_line == "1 évaluation en retard"
    assert "**2 évaluations** à rendre, dont **1 en retard**" in mail.text_body
    assert "La prochaine date est le 19\xa0mars 2026." in mail.text_body
    assert place.application.training.title not in mail.text_body


def test_nobody_is_reminded_of_what_is_done_or_gone(place, frozen_clock):
    done = AssignmentFactory(due_on=DUE_ON)
    ReviewFactory(assignment=done, submitted=True)
    gone = AssignmentFactory(due_on=DUE_ON)
    gone.reviewer.capacities.update(until_on=date(2026, 3, 1))
    recuse(place, by=place.reviewer, reason="Un proche y travaille.")
    frozen_clock.set(at(date(2026, 3, 16)))
    assert remind_reviewers(clock.now()) == 0


def test_a_review_submitted_meanwhile_stops_the_mail(place, frozen_clock, mailoutbox):
    frozen_clock.set(at(date(2026, 3, 16)))
    assert remind_reviewers(clock.now()) == 1
    ReviewFactory(assignment=place)
    Review.objects.filter(assignment=place).update(submitted_at=clock.now())
    delivery.deliver()
    assert mailoutbox == []


def test_the_mail_leaves_when_there_is_work(place, frozen_clock, mailoutbox):
    frozen_clock.set(at(date(2026, 3, 16)))
    remind_reviewers(clock.now())
    delivery.deliver()
    assert [mail.subject for mail in mailoutbox] == ["1 évaluation à rendre d'ici le 19 mars 2026"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many(count, frozen_clock, django_assert_num_queries):
    frozen_clock.set(at(date(2026, 3, 10)))
    for _ in range(count):
        AssignmentFactory(due_on=DUE_ON)
    frozen_clock.set(at(date(2026, 3, 16)))
    now = clock.now()
    with django_assert_num_queries(7):  # due days, last mails, loads, people, savepoint, insert, release
        remind_reviewers(now)
    with django_assert_num_queries(2):
        remind_reviewers(now)
