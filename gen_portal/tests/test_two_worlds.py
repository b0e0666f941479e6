"""Secrecy as a flow of information: what somebody may not know changes not one byte of what they get, on any page.

Two worlds differ by one hidden fact; a person walks through every url of the portal in both (safety.md S1 to S9).
"""

import pytest
from django.urls import reverse

from applications.tests.factories import AttachmentFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory
from gen_portal.tests.people import signed_in
from gen_portal.tests.walk import IS_FULL, addresses, seen_by, turns_of
from labelling.actions.letters import save_template
from labelling.models import Assignment, Recommendation, Review, Score
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    RegionalOpinionFactory,
    RegionalRuleFactory,
    ReviewFactory,
    reviewer_of,
)
from labelling.tests.factories_decisions import DecisionFactory
from labelling.transitions.interests import declare_interests
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import submit_review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once"), pytest.mark.once]


@pytest.fixture
def world(frozen_clock):
    """A dossier reviewed by two ministries: `mine` is still to be submitted, `theirs` is the secret."""
    mine = ReviewFactory(mark=4)
    application = mine.assignment.application
    RegionalRuleFactory(call=application.call)
    AttachmentFactory(application=application)
    SubmissionFactory(application=application, filed_at=clock.now())
    theirs = ReviewFactory(assignment__application=application, mark=1)
    return application, mine, theirs


# --- Who looks ------------------------------------------------------------------------------------------------------


def _reviewer_who_has_not_submitted(application, mine):
    return mine.assignment.reviewer


def _reviewer_of_other_dossiers(application, mine):
    return ReviewFactory(submitted=True).assignment.reviewer


def _reviewer_who_withdrew(application, mine):
    reviewer = AssignmentFactory(application=application).reviewer
    Assignment.objects.filter(reviewer=reviewer).update(ended_at=clock.now())
    return RecusalFactory(application=application, user=reviewer).user


def _applicant(application, mine):
    return application.started_by


# --- What changes ---------------------------------------------------------------------------------------------------


def _they_change_their_mind(theirs):
    Score.objects.filter(review=theirs).update(value=5, comment="Un tout autre avis, bien plus long que le premier.")
    Review.objects.filter(pk=theirs.pk).update(recommendation=Recommendation.UNFAVOURABLE, comment="Non.")


def _they_submit(theirs):
    submit_review(theirs.assignment, by=theirs.assignment.reviewer)


def _the_region_speaks(theirs):
    RegionalOpinionFactory(application=theirs.assignment.application, text="Deux formations proches existent déjà.")


def _they_declare_their_interests(theirs):
    link = {"kind": "employer", "name": "Ateliers du Port", "siren": "732829320", "detail": "jusqu'en mai"}
    declare_interests(theirs.assignment.application.call, by=theirs.assignment.reviewer, links=[link])


def _somebody_else_is_entrusted_with_it(theirs):
    ministry = MinistryFactory()
    reviewer = reviewer_of(ministry, last_name="Kerguélen")
    AssignmentFactory(application=theirs.assignment.application, ministry=ministry, reviewer=reviewer)


def _they_withdraw(theirs):
    recuse(theirs.assignment, by=theirs.assignment.reviewer, reason="Un proche y travaille.")


def _a_decision_is_prepared_and_its_letter_rehearsed(theirs):
    application, director = theirs.assignment.application, CapacityFactory(role=Role.DIRECTOR).user
    DecisionFactory(application=application, countersigned=True, refused=True)
    text = "La décision est défavorable.\n\n{{ motifs }}\n\n{{ voies_de_recours }}"
    save_template("refused", subject_line="Décision", text=text, seen=1, by=director)
    client = signed_in(director)
    pages = [reverse(name, args=[application.reference]) for name in ("rehearsed_letter", "rehearsed_letter_pdf")]
    pages.append(reverse("letter_rehearsal", args=[application.call.slug, application.cut_off.number]))
    assert [client.get(each).status_code for each in pages] == [200, 200, 200]


CHANGES = (
    _they_change_their_mind,
    _the_region_speaks,
    _they_declare_their_interests,
    _somebody_else_is_entrusted_with_it,
    _they_submit,
    _they_withdraw,
    _a_decision_is_prepared_and_its_letter_rehearsed,
)


# --- The walk -------------------------------------------------------------------------------------------------------


VIEWERS = [_reviewer_who_has_not_submitted, _applicant]
OTHERS = [_reviewer_of_other_dossiers, _reviewer_who_withdrew] if IS_FULL else []


@pytest.mark.parametrize("viewer", [*VIEWERS, *OTHERS])
def test_what_others_write_changes_not_one_byte(viewer, world, client_for):
    application, mine, theirs = world
    client, paths = client_for(viewer(application, mine)), addresses(application, theirs)
    seen_by(client, paths)  # the first visit may open what later ones find open
    before = seen_by(client, paths)
    assert before[reverse("desk")][0] == 200
    turns = turns_of(CHANGES)
    for turn in turns:
        for change in turn:
            change(theirs)
        after = seen_by(client, paths)
        assert [path for path in before if before[path] != after.get(path)] == [], [change.__name__ for change in turn]
        assert len(after) == len(before)
    print(f"{viewer.__name__}: {len(turns) * len(before)} comparisons, 0 differences")


def test_the_walk_notices_what_is_no_longer_hidden(world, client_for):
    """The same walk, once one's own review is submitted: the other ministry's submission then shows."""
    application, mine, theirs = world
    submit_review(mine.assignment, by=mine.assignment.reviewer)
    client, paths = client_for(mine.assignment.reviewer), addresses(application, theirs)
    before = seen_by(client, paths)
    _they_submit(theirs)
    after = seen_by(client, paths)
    page = reverse("review_page", args=[application.reference])
    assert before[page][3] != after[page][3]
