"""Entrusting, taking back, withdrawing, submitting: what changes, what is told, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import ApplicationState
from applications.tests.factories import ApplicationFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import Capacity, JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory
from gen_portal.core.workflow import Refused
from labelling.models import Assignment, Recusal, Review, ReviewFigures
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import Place, PlacesRefused, assign, set_places, submit_review, unassign

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def application():
    return ApplicationFactory(admissible=True)


@pytest.fixture
def ministry():
    return MinistryFactory(short_name="Travail")


def acts_on(subject):
    return list(JournalEntry.objects.about(subject).values_list("action", "by"))


def figures_of(application):
    return ReviewFigures.objects.values_list("review_count", "mean", "spread").get(pk=application.pk)


# --- assign ---------------------------------------------------------------------------------------------------------


def test_the_first_assignment_starts_the_review_and_tells_the_reviewer(application, ministry, officer, mails):
    reviewer, due_on = reviewer_of(ministry), clock.today() + timedelta(days=21)
    assignment = assign(application, reviewer=reviewer, ministry=ministry, due_on=due_on, by=officer)
    application.refresh_from_db()
    assert application.state == ApplicationState.UNDER_REVIEW
    assert (assignment.reviewer, assignment.ministry, assignment.due_on) == (reviewer, ministry, due_on)
    assert acts_on(application)[-2:] == [
        ("application.review_started", officer.pk),
        ("application.assigned", officer.pk),
    ]
    assert figures_of(application) == (0, None, None)
    [mail] = mails(kind="review_assigned")
    assert (mail.to_address, mail.key) == (reviewer.email, f"review_assigned:{assignment.pk}")
    assert f"/evaluations/{application.reference}/" in mail.text_body


def test_a_second_assignment_leaves_the_state_alone(ministry, officer):
    application = ApplicationFactory(under_review=True)
    assign(application, reviewer=reviewer_of(ministry), ministry=ministry, due_on=None, by=officer)
    assert acts_on(application)[-1] == ("application.assigned", officer.pk)
    assert Assignment.objects.current().count() == 1


@pytest.mark.parametrize("state", ["submitted", "returned", "inadmissible", "decided", "withdrawn"])
def test_assign_is_refused_outside_of_review(state, ministry, officer, mails):
    application = ApplicationFactory(**{state: True})
    with pytest.raises(Refused):
        assign(application, reviewer=reviewer_of(ministry), ministry=ministry, due_on=None, by=officer)
    assert (Assignment.objects.count(), mails()) == (0, [])


def _a_member(application, ministry):
    reviewer = reviewer_of(ministry)
    MembershipFactory(structure=application.training.structure, user=reviewer)
    return reviewer


def _a_recused_person(application, ministry):
    return RecusalFactory(application=application, user=reviewer_of(ministry)).user


def _of_another_ministry(application, ministry):
    return reviewer_of(MinistryFactory())


def _a_former_reviewer(application, ministry):
    reviewer = reviewer_of(ministry)
    Capacity.objects.filter(user=reviewer).update(until_on=clock.today() - timedelta(days=1))
    return reviewer


def _an_officer_too(application, ministry):
    return CapacityFactory(role=Role.OFFICER, user=reviewer_of(ministry)).user


def _a_closed_account(application, ministry):
    reviewer = reviewer_of(ministry)
    reviewer.is_active = False
    reviewer.save()
    return reviewer


def _already_there_for_another_ministry(application, ministry):
    reviewer = AssignmentFactory(application=application).reviewer
    CapacityFactory(role=Role.REVIEWER, ministry=ministry, user=reviewer)
    return reviewer


def _after_somebody_else(application, ministry):
    AssignmentFactory(application=application, ministry=ministry)
    return reviewer_of(ministry)


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (_a_member, "est membre de la structure"),
        (_a_recused_person, "s'est déporté"),
        (_of_another_ministry, "n'est pas instructeur pour ce ministère"),
        (_a_former_reviewer, "n'est pas instructeur pour ce ministère"),
        (_an_officer_too, "conduit les appels"),
        (_a_closed_account, "n'est pas instructeur pour ce ministère"),
        (_already_there_for_another_ministry, "évalue déjà ce dossier pour un autre ministère"),
        (_after_somebody_else, "déjà confié à"),
    ],
)
def test_who_cannot_be_assigned(person, sentence, ministry, officer):
    application = ApplicationFactory(under_review=True)
    reviewer, before = person(application, ministry), Assignment.objects.count()
    with pytest.raises(Refused, match=sentence):
        assign(application, reviewer=reviewer, ministry=ministry, due_on=None, by=officer)
    assert Assignment.objects.count() == before


def test_assign_is_refused_for_a_day_that_is_past(application, ministry, officer):
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Refused, match="déjà passée"):
        assign(application, reviewer=reviewer_of(ministry), ministry=ministry, due_on=yesterday, by=officer)
    application.refresh_from_db()
    assert application.state == ApplicationState.ADMISSIBLE


# --- unassign -------------------------------------------------------------------------------------------------------


def test_unassign_frees_the_place_keeps_the_draft_and_tells(officer, mails):
    review = ReviewFactory()
    assignment = unassign(review.assignment, by=officer)
    assert assignment.ended_at is not None
    assert Review.objects.filter(pk=review.pk).exists()
    assert acts_on(assignment.application)[-1] == ("application.unassigned", officer.pk)
    assert [mail.to_address for mail in mails(kind="review_unassigned")] == [assignment.reviewer.email]
    assert not Assignment.objects.visible_to(assignment.reviewer).exists()


def test_unassign_is_refused_after_submission_and_twice(officer):
    submitted, ended = ReviewFactory(submitted=True).assignment, AssignmentFactory(ended=True)
    with pytest.raises(Refused, match="a déposé son évaluation"):
        unassign(submitted, by=officer)
    with pytest.raises(Refused, match="n'est plus confié"):
        unassign(ended, by=officer)


# --- set_places -----------------------------------------------------------------------------------------------------


def test_all_places_are_filled_at_once(application, officer, mails):
    places = [Place(ministry, reviewer_of(ministry)) for ministry in four_ministries()]
    assert set_places(application, places, due_on=None, by=officer) == 4
    assert Assignment.objects.current().filter(application=application).count() == 4
    assert len(mails(kind="review_assigned")) == 4
    assert set_places(application, places, due_on=None, by=officer) == 0


def test_one_refused_choice_refuses_them_all_and_says_which(application, officer, mails):
    first, second, *_ = four_ministries()
    places = [Place(first, reviewer_of(first)), Place(second, reviewer_of(first))]
    with pytest.raises(PlacesRefused) as caught:
        set_places(application, places, due_on=None, by=officer)
    assert list(caught.value.by_ministry) == [second.pk]
    assert (Assignment.objects.count(), mails()) == (0, [])
    application.refresh_from_db()
    assert application.state == ApplicationState.ADMISSIBLE


def test_two_reviewers_may_swap_ministries(officer):
    application = ApplicationFactory(under_review=True)
    first, second, *_ = four_ministries()
    one, other = (AssignmentFactory(application=application, ministry=m) for m in (first, second))
    CapacityFactory(role=Role.REVIEWER, ministry=second, user=one.reviewer)
    CapacityFactory(role=Role.REVIEWER, ministry=first, user=other.reviewer)
    places = [Place(first, other.reviewer, one.pk), Place(second, one.reviewer, other.pk)]
    assert set_places(application, places, due_on=None, by=officer) == 2
    current = Assignment.objects.current().order_by("ministry__position").values_list("ministry", "reviewer")
    assert list(current) == [(first.pk, other.reviewer.pk), (second.pk, one.reviewer.pk)]


def test_nobody_is_replaced_unseen(officer):
    held = AssignmentFactory()
    place = Place(held.ministry, reviewer_of(held.ministry), seen_pk=None)
    with pytest.raises(PlacesRefused) as caught:
        set_places(held.application, [place], due_on=None, by=officer)
    assert str(held.reviewer) in caught.value.by_ministry[held.ministry_id]
    assert set_places(held.application, [Place(held.ministry, None, None)], due_on=None, by=officer) == 0


def test_a_place_freed_meanwhile_is_said(officer):
    ended = AssignmentFactory(ended=True)
    place = Place(ended.ministry, reviewer_of(ended.ministry), seen_pk=ended.pk)
    with pytest.raises(PlacesRefused) as caught:
        set_places(ended.application, [place], due_on=None, by=officer)
    assert "libéré" in caught.value.by_ministry[ended.ministry_id]


# --- recuse ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [{}, {"submitted": True}])
def test_recuse_hides_the_dossier_keeps_the_words_and_tells_the_officer(written, mails):
    review = ReviewFactory(mark=5, **written)
    assignment, reviewer = review.assignment, review.assignment.reviewer
    other = ReviewFactory(assignment=AssignmentFactory(application=assignment.application), submitted=True, mark=2)
    recusal = recuse(assignment, by=reviewer, reason=" Ancien employeur. ")
    assert (recusal.user, recusal.reason) == (reviewer, "Ancien employeur.")
    assert figures_of(assignment.application) == (1, Decimal("2.000"), Decimal("0.000"))
    assert Review.objects.filter(pk=review.pk).exists()
    assert not Assignment.objects.visible_to(reviewer).exists()
    assert list(Review.objects.visible_to(reviewer, assignment.application)) == []
    assert list(Review.objects.visible_to(other.assignment.reviewer, assignment.application)) == [other]
    assert acts_on(assignment.application)[-1] == ("application.recused", reviewer.pk)
    [mail] = mails(kind="review_recused")
    assert mail.to_address == assignment.assigned_by.email
    assert "Ancien employeur" not in mail.text_body


def test_recuse_is_refused_without_a_reason_to_others_and_after_the_decision():
    assignment, decided = AssignmentFactory(), AssignmentFactory(application__decided=True)
    with pytest.raises(Refused, match="Dites en quelques mots"):
        recuse(assignment, by=assignment.reviewer, reason="  ")
    with pytest.raises(Refused, match="autre personne"):
        recuse(assignment, by=reviewer_of(assignment.ministry), reason="Parce que.")
    with pytest.raises(Refused, match="décidé"):
        recuse(decided, by=decided.reviewer, reason="Trop tard.")
    assert Recusal.objects.count() == 0


# --- submit_review --------------------------------------------------------------------------------------------------


def test_submit_review_counts_at_once_and_is_recorded():
    review = ReviewFactory(marks=(5, 4, 3, 2, 1))
    submitted = submit_review(review.assignment, by=review.assignment.reviewer)
    assert submitted.submitted_at is not None
    assert figures_of(review.assignment.application) == (1, Decimal("3.200"), Decimal("0.000"))
    assert acts_on(review) == [("review.submitted", review.assignment.reviewer.pk)]


def test_submitting_twice_is_submitting_once():
    review = ReviewFactory()
    first = submit_review(review.assignment, by=review.assignment.reviewer)
    second = submit_review(review.assignment, by=review.assignment.reviewer)
    assert (second.pk, second.submitted_at) == (first.pk, first.submitted_at)
    assert len(acts_on(review)) == 1


def _without_a_review(review):
    review.scores.all().delete()
    review.delete()


def _without_a_mark(review):
    review.scores.filter(criterion__code="local").update(value=None)


def _without_a_comment(review):
    review.scores.filter(criterion__code="local").update(value=5, comment=" ")


def _without_recommendation(review):
    Review.objects.filter(pk=review.pk).update(recommendation="")


def _after_the_capacity(review):
    Capacity.objects.filter(user=review.assignment.reviewer).update(until_on=clock.today() - timedelta(days=1))


def _become_a_member(review):
    MembershipFactory(structure=review.assignment.application.training.structure, user=review.assignment.reviewer)


def _taken_back(review):
    Assignment.objects.filter(pk=review.assignment_id).update(ended_at=clock.now())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_without_a_review, "votre avis"),
        (_without_a_mark, "la note de « Ancrage territorial »"),
        (_without_a_comment, "le commentaire de « Ancrage territorial », noté 5"),
        (_without_recommendation, "Il manque encore : votre avis."),
        (_after_the_capacity, "habilitation pour ce ministère est terminée"),
        (_become_a_member, "déportez-vous"),
        (_taken_back, "n'est plus confié"),
    ],
)
def test_submit_review_is_refused(change, sentence):
    review = ReviewFactory()
    change(review)
    with pytest.raises(Refused, match=sentence):
        submit_review(review.assignment, by=review.assignment.reviewer)
    assert not Review.objects.filter(submitted_at__isnull=False).exists()
    assert not ReviewFigures.objects.filter(review_count__gt=0).exists()


def test_submit_review_is_refused_to_somebody_else_and_after_the_decision():
    review, decided = ReviewFactory(), ReviewFactory(assignment__application__decided=True)
    with pytest.raises(Refused, match="autre personne"):
        submit_review(review.assignment, by=reviewer_of(review.assignment.ministry))
    with pytest.raises(Refused, match="décidé"):
        submit_review(decided.assignment, by=decided.assignment.reviewer)
