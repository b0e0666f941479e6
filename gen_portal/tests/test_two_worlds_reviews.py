"""What is said of a dossier changes nothing for who has still to review it, applied with it, withdrew from it, or is nobody.

The walk of `test_two_worlds`, and the pages of a board with what they may be asked. All the facts come between two walks;
`GEN_FULL=1`: a walk after each of them, and more people.
"""

import pytest
from django.test import Client
from django.urls import reverse

from applications.tests.factories import AttachmentFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tests.hidden_facts import (
    FACTS,
    SETTLED,
    SUBMITTED,
    a_private_note,
    secret_of,
    that_it_is_submitted,
)
from gen_portal.tests.walk import IS_FULL, addresses, asked_of_boards, seen_by, turns_of
from labelling.models import Assignment
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory
from labelling.transitions.reviews import submit_review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once"), pytest.mark.once]

TURNS = turns_of(FACTS)


@pytest.fixture
def world(frozen_clock):
    """A dossier filed, in a call with another one; one of its reviews is `mine`, to be submitted."""
    mine = ReviewFactory(mark=4)
    application = mine.assignment.application
    AttachmentFactory(application=application)
    SubmissionFactory(application=application, filed_at=clock.now())
    ReviewFactory(assignment__application__call=application.call, submitted=True, mark=3)
    return application, mine, secret_of(application)


def _reviewer_who_has_not_submitted(application, mine):
    return mine.assignment.reviewer


def _applicant(application, mine):
    return application.started_by


def _reviewer_who_withdrew(application, mine):
    reviewer = AssignmentFactory(application=application).reviewer
    Assignment.objects.filter(reviewer=reviewer).update(ended_at=clock.now())
    return RecusalFactory(application=application, user=reviewer).user


def _officer_who_withdrew(application, mine):
    return RecusalFactory(application=application, user=CapacityFactory(role=Role.OFFICER).user).user


def _nobody(application, mine):
    return None


def _officer(application, mine):
    return CapacityFactory(role=Role.OFFICER).user


def _reviewer_who_has_submitted(application, mine):
    submit_review(mine.assignment, by=mine.assignment.reviewer)
    return mine.assignment.reviewer


def _compare(client, world, turns, name):
    """Walk after each turn of facts: nothing differs from the walk before them all."""
    application, _, secret = world
    paths = [*addresses(application, secret.theirs), *asked_of_boards(application)]
    seen_by(client, paths)  # the first visit may open what later ones find open
    before = seen_by(client, paths)
    assert before[reverse("registry")][0] == 200
    for facts in turns:
        for fact in facts:
            fact(secret)
        after = seen_by(client, paths)
        differences = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
        assert sorted(differences) == [], [fact.__name__ for fact in facts]
    print(f"{name}: {len(turns) * len(before)} comparisons, 0 differences")


VIEWERS = [_reviewer_who_has_not_submitted, _officer_who_withdrew]
OTHERS = [_applicant, _reviewer_who_withdrew, _nobody] if IS_FULL else []


@pytest.mark.parametrize("viewer", [*VIEWERS, *OTHERS])
def test_what_is_said_of_a_dossier_changes_not_one_byte(viewer, world, client_for):
    application, mine, _ = world
    user = viewer(application, mine)
    _compare(client_for(user) if user else Client(), world, TURNS, viewer.__name__)


@pytest.mark.parametrize("viewer", [_reviewer_who_has_submitted, _officer][: 2 if IS_FULL else 1])
def test_a_private_note_is_read_by_nobody_else(viewer, world, client_for):
    application, mine, secret = world
    that_it_is_submitted(secret)
    _compare(client_for(viewer(application, mine)), world, [(a_private_note,)], viewer.__name__)


def test_this_walk_notices_what_is_no_longer_hidden(world, client_for):
    """To a reviewer who has submitted, every turn shows."""
    application, mine, secret = world
    client = client_for(_reviewer_who_has_submitted(application, mine))
    paths = [
        reverse("review_page", args=[application.reference]),
        reverse("discussion_page", args=[application.reference]),
    ]
    seen_by(client, paths)
    for turn in (SUBMITTED, SETTLED):
        before = seen_by(client, paths)
        for fact in turn:
            fact(secret)
        assert before != seen_by(client, paths)
