"""The draft of a review: kept as typed, for its author alone, until it is submitted."""

import pytest

from gen_portal.core.workflow import Refused
from labelling.actions.reviews import Draft, save_review
from labelling.models import Review, Score
from labelling.tests.factories import AssignmentFactory, ReviewFactory, reviewer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment():
    return AssignmentFactory()


def marks_of(assignment, *values):
    criteria = assignment.application.call.criteria.order_by("position")
    return {criterion.pk: value for criterion, value in zip(criteria, values, strict=False)}


def kept(assignment):
    scores = Score.objects.filter(review__assignment=assignment).order_by("criterion__position")
    return list(scores.values_list("value", "comment"))


def test_an_incomplete_draft_is_kept_then_changed(assignment):
    save_review(assignment, Draft(marks_of(assignment, (4, "Bien."), (None, ""))), by=assignment.reviewer)
    assert kept(assignment) == [(4, "Bien."), (None, "")]
    draft = Draft(marks_of(assignment, (2, "Après relecture."), (5, "")), "reserved", "À revoir.")
    review = save_review(assignment, draft, by=assignment.reviewer)
    assert kept(assignment) == [(2, "Après relecture."), (5, "")]
    assert (review.recommendation, review.comment, review.submitted_at) == ("reserved", "À revoir.", None)
    assert Review.objects.count() == 1


def test_a_draft_is_stored_in_few_queries(assignment, django_assert_num_queries):
    save_review(assignment, Draft(marks_of(assignment, (1, "a"))), by=assignment.reviewer)
    draft = Draft(marks_of(assignment, (4, "a"), (3, "b"), (2, "c"), (1, "d"), (0, "e")))
    with django_assert_num_queries(8):  # savepoint, lock, review, clock (1), update, scores (atomic: 2), release
        save_review(assignment, draft, by=assignment.reviewer)


def test_a_submitted_review_does_not_change():
    review = ReviewFactory(submitted=True, mark=3)
    with pytest.raises(Refused, match="déjà déposée"):
        save_review(review.assignment, Draft(marks_of(review.assignment, (5, "x"))), by=review.assignment.reviewer)
    assert kept(review.assignment) == [(3, "Argumenté et vérifiable.")] * 5


def test_nothing_is_kept_for_somebody_else_or_after_the_place_was_taken_back(assignment):
    with pytest.raises(Refused, match="ne vous est plus confié"):
        save_review(assignment, Draft(), by=reviewer_of(assignment.ministry))
    ended = AssignmentFactory(ended=True)
    with pytest.raises(Refused, match="ne vous est plus confié"):
        save_review(ended, Draft(), by=ended.reviewer)
    assert Review.objects.count() == 0
