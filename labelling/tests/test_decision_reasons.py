"""Reasons per criterion: assembled from the reviews, demanded of a refusal, signed with the rest."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock
from gen_portal.core.workflow import Refused
from labelling.actions.decisions import prepare_decision
from labelling.decision_reasons import drafts_of, reasons_of, reasons_of_many, weak_criteria
from labelling.invariants import decisions as invariants
from labelling.models import Decision, DecisionReason, Review, ReviewRule, Score, SecondOpinion
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory
from labelling.tests.factories_decisions import DecisionFactory, director, reviewed
from labelling.transitions.decisions import sign
from labelling.transitions.publishing import publish_decisions

pytestmark = pytest.mark.django_db
LOW = [2, 3, 3, 3, 3]


@pytest.fixture
def application(frozen_clock):
    """Two reviews: the first criterion has 2 and 2, the others 3."""
    return reviewed(ApplicationFactory(under_review=True), marks=LOW)


def first_criterion(application):
    return application.call.criteria.order_by("position").first()


def prepared(application, **reasons):
    return prepare_decision(
        application,
        by=director(),
        outcome="refused",
        reasons="Le projet n'est pas mûr.",
        criterion_reasons=reasons or {},
    )


def reviewed_saying(application, criterion, comment):
    """A submitted review that says this of a criterion: what is submitted no longer changes, so it is written before."""
    review = ReviewFactory(assignment=AssignmentFactory(application=application))
    Score.objects.filter(review=review, criterion=criterion).update(comment=comment)
    Review.objects.filter(pk=review.pk).update(submitted_at=clock.now())
    return review


def test_the_draft_says_what_the_counted_reviews_say_and_not_who(frozen_clock):
    application = ApplicationFactory(under_review=True)
    criterion = first_criterion(application)
    for comment in ("Un seul employeur.", "Besoin non démontré."):
        reviewed_saying(application, criterion, comment)
    gone = reviewed_saying(application, criterion, "Écrit par qui s'est déporté.")
    RecusalFactory(application=application, user=gone.assignment.reviewer)

    drafts = drafts_of([application])[application.pk]

    assert drafts[criterion.pk] == "Besoin non démontré.\nUn seul employeur."
    assert {text for key, text in drafts.items() if key != criterion.pk} == {"Argumenté et vérifiable."}


def test_a_refusal_is_not_signed_without_the_reason_of_a_criterion_under_the_threshold(application):
    decision, criterion = prepared(application), first_criterion(application)
    assert weak_criteria([application]) == {application.pk: [criterion]}
    with pytest.raises(Refused, match=f"trop bas : « {criterion.label} »."):
        sign(decision, by=director())

    decision = prepare_decision(
        application,
        by=director(),
        outcome="refused",
        reasons="Non.",
        criterion_reasons={criterion.pk: "Besoin absent."},
    )

    assert sign(decision, by=director()).is_signed
    assert [(each.heading, each.text) for each in reasons_of(decision)] == [
        ("", "Non."),
        (criterion.label, "Besoin absent."),
    ]


@pytest.mark.parametrize(("threshold", "is_demanded"), [("2.00", False), ("2.01", True), ("0", False)])
def test_the_threshold_is_that_of_the_call(application, threshold, is_demanded):
    ReviewRule.objects.create(call=application.call, threshold=threshold)
    assert bool(weak_criteria([application])[application.pk]) == is_demanded


def test_only_a_refusal_has_to_answer_for_each_criterion(application):
    decision = prepare_decision(application, by=director(), outcome="labelled", reasons="Solide malgré tout.")
    assert sign(decision, by=director()).is_signed


def test_the_fingerprint_covers_the_reasons_of_each_criterion(application):
    decision = prepared(application)
    seen, criterion = decision.fingerprint, first_criterion(application)
    DecisionReason.objects.create(decision=decision, criterion=criterion, text="Besoin absent.")
    with pytest.raises(Refused, match="a changé depuis que vous l'avez lue"):
        sign(decision, by=director(), seen=seen)


def test_a_mind_that_changes_after_the_signature_keeps_a_refusal_from_being_published(frozen_clock):
    application = reviewed(ApplicationFactory(under_review=True), mark=3)
    decision = DecisionFactory(application=application, refused=True, countersigned=True)
    criterion = first_criterion(application)
    for review in application.assignments.all():
        marks = {str(each.pk): 1 if each == criterion else 3 for each in application.call.criteria.all()}
        SecondOpinion.objects.create(
            review=review.review,
            number=1,
            marks=marks,
            recommendation="unfavourable",
            reason="Relu.",
            given_at=decision.prepared_at,
        )

    with pytest.raises(Refused, match=f"{application.reference} .{criterion.label}.. Reprenez"):
        publish_decisions(decision.cut_off, by=director())

    assert not Decision.objects.published().exists()


def test_the_invariants_see_a_published_refusal_without_its_reason(application):
    decision, criterion = (
        DecisionFactory(application=application, refused=True, published=True),
        first_criterion(application),
    )
    assert list(invariants.broken()) == [f"Décision {decision.pk} : refus publié sans motif pour {criterion.label}."]
    DecisionReason.objects.create(decision=decision, criterion=criterion, text="Besoin absent.")
    assert list(invariants.broken()) == []


def test_the_reasons_of_many_cost_one_query(application, django_assert_num_queries):
    decisions = [prepared(application), DecisionFactory(), DecisionFactory()]
    DecisionReason.objects.create(decision=decisions[0], criterion=first_criterion(application), text="Besoin absent.")
    with django_assert_num_queries(1):
        found = reasons_of_many(decisions)
    assert found == {decision.pk: reasons_of(decision) for decision in decisions}


def test_the_page_offers_what_the_reviews_say_and_keeps_what_is_written(client_for, application):
    criterion = first_criterion(application)
    client, page = client_for(director()), reverse("decision_edit", args=[application.reference])
    form = client.get(page).context["form"]
    offered = {name: form[name].value() for name in form.fields if name.startswith("reason_")}
    assert offered.pop(f"reason_{criterion.pk}") == "Argumenté et vérifiable."
    assert set(offered.values()) == {None}

    typed = {"outcome": "refused", "reasons": "Non.", f"reason_{criterion.pk}": "Besoin absent."}
    client.post(page, typed | {"conditions": "", "conditions_due_on": "", "grant_euros": ""})

    assert list(DecisionReason.objects.values_list("criterion", "text")) == [(criterion.pk, "Besoin absent.")]
    assert "Besoin absent." in client.get(reverse("decision_sign", args=[Decision.objects.get().pk])).content.decode()
