"""Real threads on PostgreSQL: figures stay right, and a withdrawn review never counts, whoever comes first."""

import pytest

from applications.tests.factories import ApplicationFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling import invariants
from labelling.models import Assignment, Recusal, ReviewFigures
from labelling.tests.factories import AssignmentFactory, ReviewFactory, four_ministries, reviewer_of
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import assign, submit_review, unassign

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("round_number", range(5))
def test_four_ministries_submitting_at_once_keep_the_figures_right(round_number):
    application = ApplicationFactory(under_review=True)
    reviews = [
        ReviewFactory(assignment__application=application, assignment__ministry=ministry, mark=mark)
        for mark, ministry in enumerate(four_ministries(), start=1)
    ]
    at_once(*(lambda r=review: submit_review(r.assignment, by=r.assignment.reviewer) for review in reviews))
    kept = ReviewFigures.objects.get(application=application)
    assert (kept.review_count, str(kept.mean), str(kept.spread)) == (4, "2.500", "3.000")
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("round_number", range(5))
def test_a_double_click_submits_once(round_number):
    review = ReviewFactory()
    submit = lambda: submit_review(review.assignment, by=review.assignment.reviewer)  # noqa: E731
    assert {answer.pk for answer in at_once(*[submit] * 4)} == {review.pk}
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("round_number", range(5))
def test_withdrawing_while_submitting_never_counts(round_number):
    review = ReviewFactory()
    assignment, reviewer = review.assignment, review.assignment.reviewer
    at_once(
        lambda: submit_review(assignment, by=reviewer),
        lambda: recuse(assignment, by=reviewer, reason="Un proche y travaille."),
    )
    assert Recusal.objects.count() == 1
    assert ReviewFigures.objects.get(application=assignment.application).review_count == 0
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("round_number", range(5))
def test_taking_back_while_submitting_does_one_of_them(round_number):
    review, officer = ReviewFactory(), CapacityFactory(role=Role.OFFICER).user
    assignment = review.assignment
    answers = at_once(
        lambda: submit_review(assignment, by=assignment.reviewer), lambda: unassign(assignment, by=officer)
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert list(invariants.broken()) == []


def test_one_place_goes_to_one_reviewer():
    application, ministry = ApplicationFactory(admissible=True), MinistryFactory()
    officer = AssignmentFactory().assigned_by
    people = [reviewer_of(ministry) for _ in range(4)]
    answers = at_once(
        *(
            lambda p=person: assign(application, reviewer=p, ministry=ministry, due_on=None, by=officer)
            for person in people
        )
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert Assignment.objects.current().filter(application=application).count() == 1
