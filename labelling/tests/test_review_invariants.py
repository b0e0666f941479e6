"""Each invariant of reviewing is sound in a sound world, and says so when it is broken."""

from decimal import Decimal

import pytest

from applications.tests.factories import CriterionFactory, MembershipFactory
from labelling.invariants import reviews as invariants
from labelling.models import Assignment, Disagreement, ReviewFigures, Score
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory, ReviewFiguresFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return ReviewFactory(submitted=True, marks=(5, 4, 3, 2, 1))


def test_a_sound_world_breaks_nothing(review):
    ReviewFactory(assignment=AssignmentFactory(application=review.assignment.application), blank=True)
    ReviewFactory(submitted=True, mark=0)
    assert list(invariants.broken()) == []


def test_wrong_figures_are_seen(review):
    ReviewFigures.objects.update(mean=Decimal("3.001"))
    assert list(invariants.broken()) == [
        f"Candidature {review.assignment.application_id} : chiffres 1, 3.001, 0.000, 3.200 au lieu de 1, 3.200, 0.000, 3.200."
    ]


def test_missing_figures_are_seen(review):
    ReviewFigures.objects.all().delete()
    assert list(invariants.broken()) == [
        f"Candidature {review.assignment.application_id} : évaluations déposées sans chiffres."
    ]


def test_figures_without_reviews_are_seen():
    figures = ReviewFiguresFactory(review_count=2)
    assert list(invariants.broken()) == [
        f"Candidature {figures.pk} : chiffres 2, 3.500, 1.000, 3.500 au lieu de 0, None, None, None."
    ]


def test_a_disagreement_that_is_not_there_any_more_is_seen(review):
    ReviewFactory(assignment__application=review.assignment.application, submitted=True, mark=0)
    assert list(invariants.broken()) == []
    Disagreement.objects.all().delete()
    assert list(invariants.wrong_disagreements()) == [
        f"Candidature {review.assignment.application_id} : désaccord absent à tort."
    ]


def test_a_missing_mark_is_seen(review):
    CriterionFactory(call=review.assignment.application.call)
    assert list(invariants.incomplete_reviews()) == [f"Évaluation {review.pk} : déposée avec 5 notes sur 6."]


def test_a_mark_of_another_grid_is_seen(review):
    Score.objects.create(review=review, criterion=CriterionFactory(), value=1)
    assert list(invariants.incomplete_reviews()) == [f"Évaluation {review.pk} : déposée avec 5 notes sur 5."]


def test_a_review_by_a_recused_person_is_seen(review):
    RecusalFactory(application=review.assignment.application, user=review.assignment.reviewer)
    assert list(invariants.partial_reviews()) == [
        f"Évaluation {review.pk} : encore en vigueur alors que son auteur s'est déporté."
    ]


def test_a_review_by_a_member_of_the_structure_is_seen(review):
    structure = review.assignment.application.training.structure
    MembershipFactory(structure=structure, user=review.assignment.reviewer)
    assert list(invariants.partial_reviews()) == [
        f"Évaluation {review.pk} : son auteur est membre de la structure qui candidate."
    ]


def test_a_review_taken_out_of_force_no_longer_counts(review):
    Assignment.objects.filter(pk=review.assignment_id).update(ended_at=review.submitted_at)
    assert list(invariants.partial_reviews()) == []
    assert list(invariants.wrong_figures()) == [
        f"Candidature {review.assignment.application_id} : chiffres 1, 3.200, 0.000, 3.200 au lieu de 0, None, None, None."
    ]
