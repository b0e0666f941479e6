"""A reviewer leaves: their dossiers go to who stands in, or are free; nothing depends on the page that said so."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from applications.tests.factories import MembershipFactory
from gen_portal.core import capacities, clock
from gen_portal.core.models import Capacity, JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from labelling.models import Assignment, Review
from labelling.tests.factories import (
    AssignmentFactory,
    ReviewerTermsFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.transitions.leaving import hand_over, hand_over_leavers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ministry():
    return four_ministries()[0]


@pytest.fixture
def leaver(ministry):
    """A reviewer with two dossiers to do, one submitted, and a substitute."""
    substitute, user = reviewer_of(ministry), reviewer_of(ministry)
    ReviewerTermsFactory(user=user, substitute=substitute)
    ReviewFactory(assignment=AssignmentFactory(reviewer=user, ministry=ministry), submitted=True)
    ReviewFactory(assignment=AssignmentFactory(reviewer=user, ministry=ministry))
    AssignmentFactory(reviewer=user, ministry=ministry, due_on=clock.today() - 5 * DAY)
    return user


def end(user):
    capacity = user.capacities.get(role=Role.REVIEWER)
    capacities.end(capacity, by=CapacityFactory(role=Role.TECHNICAL_ADMIN).user)


def held_by(user):
    return Assignment.objects.current().filter(reviewer=user)


def test_what_was_left_to_do_goes_to_the_substitute(leaver, mails):
    substitute = leaver.reviewer_terms.substitute
    end(leaver)
    assert hand_over(leaver.pk) == 2
    assert held_by(leaver).count() == 1  # what was submitted counts for ever
    today = clock.today()
    assert [place.due_on for place in held_by(substitute).order_by("due_on")] == [today + 14 * DAY, today + 21 * DAY]
    [mail] = mails(kind="reviews_handed_over")
    assert (mail.to_address, mail.subject_line) == (substitute.email, f"2 dossiers à évaluer à la suite de {leaver}")
    assert Review.objects.filter(assignment__ended_at__isnull=False).count() == 1  # the draft is kept for the record
    notes = JournalEntry.objects.filter(action="application.handed_over").values_list("note", flat=True)
    assert set(notes) == {f"Travail : {leaver} n'évalue plus, {substitute} prend la suite"}


def test_without_a_substitute_the_places_are_free(ministry, mails):
    place = AssignmentFactory(ministry=ministry)
    end(place.reviewer)
    assert hand_over(place.reviewer_id) == 1
    assert not Assignment.objects.current().exists()
    assert mails(kind="reviews_handed_over") == []


def test_a_limit_of_the_substitute_frees_the_place_and_says_why(leaver):
    substitute = leaver.reviewer_terms.substitute
    tied = held_by(leaver).to_do().order_by("pk").first()
    MembershipFactory(structure=tied.application.training.structure, user=substitute)
    end(leaver)
    hand_over(leaver.pk)
    assert held_by(substitute).count() == 1
    note = JournalEntry.objects.get(action="application.handed_over", subject_id=tied.application_id).note
    assert note.endswith(f"n'évalue plus ; {substitute} est membre de la structure.")


def test_nothing_is_handed_over_while_the_right_holds(leaver):
    assert hand_over(leaver.pk) == 0
    assert hand_over_leavers(clock.now()) == 0
    assert held_by(leaver).count() == 3


def test_the_clock_hands_over_what_ended_by_itself(leaver):
    Capacity.objects.filter(user=leaver).update(until_on=clock.today() - DAY)
    assert (hand_over_leavers(clock.now()), hand_over_leavers(clock.now())) == (2, 0)
    assert held_by(leaver).to_do().count() == 0
    assert held_by(leaver.reviewer_terms.substitute).count() == 2


def test_a_closed_account_has_left(leaver):
    type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    assert hand_over_leavers(clock.now()) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_handed_over_by_three_at_once_is_handed_over_once(leaver, mails):
    end(leaver)
    assert sorted(at_once(*[partial(hand_over, leaver.pk)] * 3)) == [0, 0, 2]
    assert held_by(leaver.reviewer_terms.substitute).count() == 2
    assert len(mails(kind="reviews_handed_over")) == 1


def test_an_officer_sees_what_leaving_does_then_does_it(client_for, leaver):
    client, capacity = client_for(CapacityFactory(role=Role.OFFICER).user), leaver.capacities.get()
    page = client.get(reverse("person_leave", args=[capacity.pk]))
    assert "2 évaluations ne sont pas rendues." in page.text
    assert f"{leaver.reviewer_terms.substitute} les reçoit" in page.text
    page = client.post(reverse("person_leave", args=[capacity.pk]), follow=True)
    assert "ses dossiers sont transmis" in page.text
    assert held_by(leaver).to_do().count() == 0
