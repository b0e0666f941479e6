"""The member of the committee stands for the reviews of their ministry, where the call says so, and reads no others."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling.models import Countersignature, JournalAction, ReviewRule
from labelling.models.countersigning import reviews_led
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    ReviewFactory,
    SecondOpinionFactory,
    four_ministries,
)
from labelling.transitions.countersigning import countersign_reviews
from labelling.transitions.recusals import recuse

pytestmark = pytest.mark.django_db
PAGE = "/contreseings/"


@pytest.fixture
def ministries():
    return four_ministries()


@pytest.fixture
def review(ministries):
    place = AssignmentFactory(ministry=ministries[0])
    ReviewRule.objects.create(call=place.application.call, is_countersigned=True, set_at=clock.now())
    return ReviewFactory(assignment=place, submitted=True, mark=2)


@pytest.fixture
def member(ministries):
    return CapacityFactory(role=Role.COMMITTEE_MEMBER, ministry=ministries[0]).user


def other_of(review, ministry, **fields):
    """A review of another ministry on the same dossier."""
    place = AssignmentFactory(application=review.assignment.application, ministry=ministry)
    return ReviewFactory(assignment=place, **fields)


def test_a_member_reads_the_submitted_reviews_of_their_ministry_alone(client_for, member, review, ministries):
    other = other_of(review, ministries[1], submitted=True, mark=5, comment="Un avis d'ailleurs.")
    page = client_for(member).get(PAGE)
    assert list(page.context["page_obj"]) == [review]
    assert "5,00 sur 5" not in page.text
    assert str(other.assignment.reviewer) not in page.text
    assert "évaluation à contresigner" in client_for(member).get(reverse("desk")).text


def test_a_call_that_asks_for_nothing_shows_nothing(member, review):
    ReviewRule.objects.update(is_countersigned=False)
    assert not reviews_led(member).exists()


def test_a_draft_or_a_review_of_ones_own_is_not_read(member, review, ministries):
    ReviewFactory(assignment=AssignmentFactory(ministry=ministries[0], application__call=review.assignment.application.call))
    CapacityFactory(user=review.assignment.reviewer, role=Role.COMMITTEE_MEMBER, ministry=ministries[0])
    assert list(reviews_led(member)) == [review]
    assert not reviews_led(review.assignment.reviewer).exists()


def test_who_withdrew_from_the_dossier_reads_nothing(client_for, member, review):
    RecusalFactory(application=review.assignment.application, user=member)
    assert "Aucune évaluation à lire" in client_for(member).get(PAGE).text


def test_several_are_countersigned_at_once_and_once(client_for, member, review, ministries):
    again = ReviewFactory(
        assignment=AssignmentFactory(ministry=ministries[0], application__call=review.assignment.application.call),
        submitted=True,
    )
    client = client_for(member)
    values = [f"{each.pk}-0" for each in (review, again)]
    for _ in range(2):
        answer = client.post(PAGE, {"valeur": values}, follow=True)
    assert "2 évaluations contresignées." in answer.text
    assert {signed.review for signed in Countersignature.objects.filter(by=member)} == {review, again}
    assert JournalEntry.objects.filter(action=JournalAction.REVIEW_COUNTERSIGNED).count() == 2
    assert answer.text.count("contresignée</p>") == 2
    sheet = client_for(CapacityFactory(role=Role.OFFICER).user).get(
        reverse("decision_edit", args=[review.assignment.application.reference])
    )
    assert f"Contresignée par {member}" in sheet.text


@pytest.mark.parametrize("typed", [[], ["abc"], ["1"], ["99999999-0"]])
def test_what_is_not_a_choice_says_so_and_signs_nothing(client_for, member, review, typed):
    answer = client_for(member).post(PAGE, {"valeur": typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Countersignature.objects.exists()


def test_a_mind_that_changed_is_read_again_first(client_for, member, review):
    countersign_reviews({(review.pk, 0)}, by=member)
    SecondOpinionFactory(review=review)
    assert reviews_led(member).get().is_countersigned is False
    with pytest.raises(Refused, match="a changé d'avis"):
        countersign_reviews({(review.pk, 0)}, by=member)
    countersign_reviews({(review.pk, 1)}, by=member)
    assert reviews_led(member).get().is_countersigned is True
    assert Countersignature.objects.count() == 2


def test_one_refusal_signs_nothing_at_all(member, review, ministries):
    other = other_of(review, ministries[1], submitted=True)
    with pytest.raises(Refused, match="Rien n'a été contresigné"):
        countersign_reviews({(review.pk, 0), (other.pk, 0)}, by=member)
    assert not Countersignature.objects.exists()


def test_a_capacity_that_ended_signs_no_more(member, review):
    member.capacities.update(until_on=clock.today() - clock.ONE_DAY)
    with pytest.raises(Refused, match="Seul le membre du comité"):
        countersign_reviews({(review.pk, 0)}, by=member)


def test_a_review_that_no_longer_counts_is_refused(member, review):
    recuse(review.assignment, by=review.assignment.reviewer, reason="Un proche y travaille.")
    with pytest.raises(Refused, match="n'est plus à contresigner"):
        countersign_reviews({(review.pk, 0)}, by=member)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_or_three(client_for, member, review, ministries, count, django_assert_num_queries):
    call = review.assignment.application.call
    for _ in range(count - 1):
        ReviewFactory(assignment=AssignmentFactory(ministry=ministries[0], application__call=call), submitted=True)
    client = client_for(member)
    with django_assert_num_queries(LIST_QUERIES):
        answer = client.get(PAGE)
    assert len(answer.context["page_obj"]) == count


LIST_QUERIES = 7


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_sign_once_and_the_database_keeps_it(ministries):
    place = AssignmentFactory(ministry=ministries[0])
    ReviewRule.objects.create(call=place.application.call, is_countersigned=True, set_at=clock.now())
    review = ReviewFactory(assignment=place, submitted=True)
    member = CapacityFactory(role=Role.COMMITTEE_MEMBER, ministry=ministries[0]).user
    answers = at_once(*[lambda: countersign_reviews({(review.pk, 0)}, by=member)] * 4)
    assert answers == [1] * 4
    assert Countersignature.objects.count() == 1
    for change in (lambda rows: rows.update(number=7), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="stays as it was signed"), transaction.atomic():
            change(Countersignature.objects.all())
