"""A change of mind beside the first value, which never moves, and the discussion that opens with the reveal."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling import invariants
from labelling.actions.discussing import write_message
from labelling.models import DiscussionMessage, JournalAction, Review, ReviewFigures, Score, SecondOpinion
from labelling.tests.factories import (
    AssignmentFactory,
    DiscussionMessageFactory,
    ReviewFactory,
    SecondOpinionFactory,
    four_ministries,
)
from labelling.tests.factories_decisions import DecisionFactory
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import submit_review
from labelling.transitions.second_opinions import give_second_opinion

pytestmark = pytest.mark.django_db
REASON = "La réponse sur les débouchés m'a convaincue."


@pytest.fixture
def review():
    return ReviewFactory(submitted=True, mark=2)


@pytest.fixture
def other(review):
    return ReviewFactory(assignment__application=review.assignment.application, submitted=True, mark=4)


def changed(review, mark=4, **fields):
    """The review with one criterion marked otherwise."""
    place = fields.pop("assignment", review.assignment)
    marks = {score.criterion_id: score.value for score in review.scores.order_by("criterion__position")}
    marks[next(iter(marks))] = mark
    words = {"marks": marks, "recommendation": "reserved", "reason": REASON, "by": place.reviewer} | fields
    return give_second_opinion(place, **words)


def url(name, review):
    return reverse(name, args=[review.assignment.application.reference])


# --- The second value -----------------------------------------------------------------------------------------------


def test_the_first_value_stays_and_the_second_counts(review, other):
    opinion = changed(review)
    read = Review.objects.for_page().get(pk=review.pk)
    assert (read.first_mean, read.mean) == (Decimal("2.000"), Decimal("2.400"))
    assert (read.recommendation, read.second, read.second.recommendation) == ("favourable", opinion, "reserved")
    assert [line.has_changed for line in read.lines] == [True, False, False, False, False]
    kept = ReviewFigures.objects.get(application=review.assignment.application)
    assert (kept.mean, kept.first_mean, kept.spread) == (Decimal("3.200"), Decimal("3.000"), Decimal("1.600"))
    assert JournalEntry.objects.filter(action=JournalAction.SECOND_OPINION_GIVEN).count() == 1
    assert list(invariants.broken()) == []


def test_minds_change_again_and_every_value_is_kept(review):
    changed(review)
    again = changed(review, mark=5)
    assert (again.number, SecondOpinion.objects.count()) == (2, 2)
    assert Review.objects.for_page().get().second == again


def test_told_twice_in_the_same_words_it_is_kept_once(review):
    assert changed(review) == changed(review)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"reason": "  "}, "Dites ce qui vous a fait changer d'avis"),
        ({"mark": 2, "recommendation": "favourable"}, "sont déjà les vôtres"),
        ({"marks": {}}, "Notez chaque critère de 0 à 5"),
        ({"mark": 6}, "Notez chaque critère de 0 à 5"),
        ({"mark": None}, "Notez chaque critère de 0 à 5"),
        ({"recommendation": "peut-être"}, "donnez un avis"),
    ],
)
def test_what_is_not_a_change_of_mind_is_refused(review, fields, refusal):
    with pytest.raises(Refused, match=refusal):
        changed(review, **fields)
    assert not SecondOpinion.objects.exists()


def test_a_draft_is_submitted_first():
    draft = ReviewFactory()
    with pytest.raises(Refused, match="Déposez d'abord"):
        changed(draft)


def test_a_signed_decision_ends_the_changes_of_mind(review):
    DecisionFactory(application=review.assignment.application, signed=True)
    with pytest.raises(Refused, match="Une décision est signée"):
        changed(review)


def test_somebody_else_changes_nothing(review, other):
    with pytest.raises(Refused, match="confié à une autre personne"):
        changed(review, by=other.assignment.reviewer)


def test_a_reviewer_who_withdrew_changes_nothing(review):
    recuse(review.assignment, by=review.assignment.reviewer, reason="Un proche y travaille.")
    with pytest.raises(Refused):
        changed(review)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tamper",
    [
        lambda review: Review.objects.filter(pk=review.pk).update(recommendation="unfavourable"),
        lambda review: Review.objects.filter(pk=review.pk).update(submitted_at=None),
        lambda review: Score.objects.filter(review=review).update(value=5),
        lambda review: Score.objects.filter(review=review)._raw_delete("default"),
        lambda review: SecondOpinion.objects.filter(review=review).update(reason="Autre chose."),
        lambda review: SecondOpinion.objects.filter(review=review)._raw_delete("default"),
    ],
)
def test_the_database_refuses_to_change_what_was_submitted(review, tamper):
    SecondOpinionFactory(review=review)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        tamper(review)
    draft = ReviewFactory(mark=1)
    assert Score.objects.filter(review=draft).update(value=5) == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(4))
def test_submitting_changing_and_withdrawing_at_once_keep_the_figures_right(round_number):
    first, second, third = four_ministries()[:3]
    changing = ReviewFactory(submitted=True, mark=2, assignment__ministry=first)
    application = changing.assignment.application
    drafted = ReviewFactory(assignment__application=application, assignment__ministry=second, mark=5)
    leaving = ReviewFactory(assignment__application=application, assignment__ministry=third, submitted=True, mark=0)
    answers = at_once(
        lambda: changed(changing),
        lambda: changed(changing),
        lambda: submit_review(drafted.assignment, by=drafted.assignment.reviewer),
        lambda: recuse(leaving.assignment, by=leaving.assignment.reviewer, reason="Un proche y travaille."),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    kept = ReviewFigures.objects.get(application=application)
    assert (kept.review_count, kept.mean, kept.first_mean) == (2, Decimal("3.700"), Decimal("3.500"))
    assert SecondOpinion.objects.count() == 1
    assert list(invariants.broken()) == []


# --- Its page -------------------------------------------------------------------------------------------------------


def typed(review, mark, **more):
    criteria = review.assignment.application.call.criteria.all()
    return {f"mark_{criterion.pk}": mark for criterion in criteria} | {"recommendation": "reserved"} | more


def test_a_change_of_mind_by_the_page(client_for, review, other):
    client = client_for(review.assignment.reviewer)
    assert "J'ai changé d'avis" in client.get(url("review_page", review)).text
    page = client.get(url("second_opinion", review))
    assert page.context["form"].initial["recommendation"] == "favourable"
    refused = client.post(url("second_opinion", review), typed(review, "4"))
    assert refused.status_code == 200
    assert refused.context["form"].errors == {
        "reason": ["Dites ce qui vous a fait changer d'avis : le comité lit les deux valeurs."]
    }
    answer = client.post(url("second_opinion", review), typed(review, "4", reason=REASON), follow=True)
    assert answer.context["own"].mean == Decimal("4.000")
    assert REASON.replace("'", "&#x27;") in answer.text
    read = client_for(other.assignment.reviewer).get(url("review_page", review))
    assert [(r.first_mean, r.mean) for r in read.context["others"]] == [(Decimal("2.000"), Decimal("4.000"))]


def test_nobody_changes_what_they_have_not_submitted(client_for, other):
    waiting = ReviewFactory(assignment__application=other.assignment.application)
    assert client_for(waiting.assignment.reviewer).get(url("second_opinion", waiting)).status_code == 403
    assert client_for(CapacityFactory(role=Role.OFFICER).user).get(url("second_opinion", other)).status_code == 404


# --- The discussion -------------------------------------------------------------------------------------------------


def test_the_discussion_opens_with_the_reveal(client_for, review, other):
    waiting = ReviewFactory(assignment__application=review.assignment.application)
    page = url("discussion_page", review)
    answer = client_for(review.assignment.reviewer).post(page, {"text": "  Un seul employeur ?  "}, follow=True)
    assert "Un seul employeur ?" in answer.text
    for reader in (other.assignment.reviewer, CapacityFactory(role=Role.OFFICER).user):
        assert "Un seul employeur ?" in client_for(reader).get(page).text
    closed = client_for(waiting.assignment.reviewer)
    assert (closed.get(page).status_code, closed.post(page, {"text": "?"}).status_code) == (404, 404)
    submit_review(waiting.assignment, by=waiting.assignment.reviewer)
    assert "Un seul employeur ?" in client_for(waiting.assignment.reviewer).get(page).text


def test_who_withdraws_reads_nothing_more_and_is_read_by_the_officers_alone(client_for, review, other):
    DiscussionMessageFactory(
        application=review.assignment.application, author=review.assignment.reviewer, text="Mon avis d'avant."
    )
    page = url("discussion_page", review)
    assert "Mon avis d&#x27;avant." in client_for(other.assignment.reviewer).get(page).text
    recuse(review.assignment, by=review.assignment.reviewer, reason="Un proche y travaille.")
    assert client_for(review.assignment.reviewer).get(page).status_code == 404
    assert "Mon avis d&#x27;avant." not in client_for(other.assignment.reviewer).get(page).text
    assert "Mon avis d&#x27;avant." in client_for(CapacityFactory(role=Role.OFFICER).user).get(page).text
    with pytest.raises(Refused, match="Vous ne prenez plus part"):
        write_message(review.assignment.application, text="Encore moi.", by=review.assignment.reviewer)


def test_a_message_says_something_and_a_double_click_says_it_once(client_for, review):
    client, page = client_for(review.assignment.reviewer), url("discussion_page", review)
    assert "Écrivez votre message" in client.post(page, {"text": " "}).text
    for _ in range(2):
        client.post(page, {"text": "D'accord."})
    assert DiscussionMessage.objects.count() == 1


def test_a_decided_dossier_is_no_longer_discussed(client_for):
    decided = ReviewFactory(submitted=True, assignment__application__decided=True)
    answer = client_for(decided.assignment.reviewer).get(url("discussion_page", decided))
    assert "la discussion est close" in answer.text
    with pytest.raises(Refused):
        write_message(decided.assignment.application, text="Trop tard.", by=decided.assignment.reviewer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_discussion_costs_the_same_for_one_or_three(client_for, review, count, django_assert_num_queries):
    client = client_for(review.assignment.reviewer)
    for _ in range(count):
        again = AssignmentFactory(application=review.assignment.application)
        SecondOpinionFactory(review=ReviewFactory(assignment=again, submitted=True))
        DiscussionMessageFactory(application=review.assignment.application, author=again.reviewer)
    with django_assert_num_queries(DISCUSSION_QUERIES):
        client.get(url("discussion_page", review))


DISCUSSION_QUERIES = 10


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_messages_as_written(review):
    message = DiscussionMessageFactory(application=review.assignment.application)
    for change in (lambda rows: rows.update(text="Autre."), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
            change(DiscussionMessage.objects.filter(pk=message.pk))
