"""A disagreement is a procedure: found with the reviews, read by one more person, arbitrated, and no label before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Ministry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling import invariants
from labelling.models import (
    Assignment,
    Decision,
    Disagreement,
    DisagreementStep,
    JournalAction,
    ReviewFigures,
    ReviewRule,
)
from labelling.models.board import board
from labelling.models.docket import Step, docket
from labelling.proposing import Reading
from labelling.tests.factories import (
    AssignmentFactory,
    InterestDeclarationFactory,
    RecusalFactory,
    ReviewFactory,
    SecondOpinionFactory,
    four_ministries,
    reviewer_of,
)
from labelling.tests.factories_decisions import DecisionFactory, director
from labelling.transitions.decisions import sign
from labelling.transitions.disagreements import arbitrate, ask_third_reader, set_review_rule
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import assign, submit_review

pytestmark = pytest.mark.django_db
WORDS = "Les débouchés sont établis par deux lettres d'employeurs : l'avis du ministère du Travail est retenu."


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


def reviewed(*marks, recommendations=(), application=None):
    """A dossier whose ministries each gave one mark everywhere."""
    application = application or ApplicationFactory(under_review=True)
    said = [*recommendations, *["reserved"] * len(marks)]
    for ministry, mark, recommendation in zip(four_ministries(), marks, said, strict=False):
        place = AssignmentFactory(application=application, ministry=ministry)
        ReviewFactory(assignment=place, mark=mark, recommendation=recommendation, submitted=True)
    return application


@pytest.fixture
def disputed():
    return reviewed(1, 4)


def current(application):
    return Disagreement.objects.open().filter(application=application).first()


def url(name, application):
    return reverse(name, args=[application.reference])


# --- Found as reviews are submitted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "recommendations", "rule", "expected"),
    [
        ((4,), (), {}, None),
        ((3, 3, 4), (), {}, None),
        ((2, 4), (), {}, DisagreementStep.AGENDA),
        ((3, 3), ("favourable", "unfavourable"), {}, DisagreementStep.AGENDA),
        ((3, 3), ("favourable", "unfavourable"), {"has_opposed_opinions": False}, None),
        ((3, 4), (), {"spread": Decimal(1)}, DisagreementStep.AGENDA),
        ((1, 4), (), {"asks_for": DisagreementStep.THIRD_READER}, DisagreementStep.THIRD_READER),
        ((1, 4), (), {"spread": Decimal(5)}, None),
    ],
)
def test_the_rule_of_the_call_says_what_a_disagreement_is(marks, recommendations, rule, expected):
    application = ApplicationFactory(under_review=True)
    if rule:
        ReviewRule.objects.create(call=application.call, set_at=clock.now(), **rule)
    found = current(reviewed(*marks, recommendations=recommendations, application=application))
    assert (found.step if found else None) == expected
    assert list(invariants.broken()) == []


def test_a_disagreement_ends_when_the_reviews_no_longer_disagree(disputed):
    assert current(disputed).reason_list == ["Les moyennes s'écartent de 3 ; le seuil de l'appel est 2."]
    lowest = disputed.assignments.order_by("pk").first()
    SecondOpinionFactory(review=lowest.review, mark=3)
    gone = Disagreement.objects.get()
    assert (gone.closed_at is not None, gone.closed_by, gone.arbitration) == (True, None, "")
    entries = JournalEntry.objects.filter(action__contains="disagreement").order_by("pk")
    assert [entry.action for entry in entries] == [JournalAction.DISAGREEMENT_FOUND, JournalAction.DISAGREEMENT_ENDED]


def test_what_was_arbitrated_opens_again_for_other_reasons_only(disputed, officer):
    arbitrate(current(disputed), arbitration=WORDS, by=officer)
    one, other = disputed.assignments.order_by("pk")
    SecondOpinionFactory(review=other.review, mark=4, recommendation="reserved")
    assert current(disputed) is None
    SecondOpinionFactory(review=other.review, mark=5, recommendation="reserved")
    assert current(disputed).reason_list == ["Les moyennes s'écartent de 4 ; le seuil de l'appel est 2."]
    assert list(invariants.broken()) == []


def test_who_withdraws_takes_their_disagreement_away(disputed):
    lowest = disputed.assignments.order_by("pk").first()
    recuse(lowest, by=lowest.reviewer, reason="Un proche y travaille.")
    assert current(disputed) is None


# --- It holds the label line ----------------------------------------------------------------------------------------


def test_no_label_is_signed_over_an_open_disagreement(disputed, officer):
    decision = DecisionFactory(application=disputed)
    by = director()
    with pytest.raises(Refused, match="arbitrez le désaccord avant de signer un label"):
        sign(decision, by=by)
    arbitrate(current(disputed), arbitration=WORDS, by=officer)
    assert sign(decision, by=by).is_signed


def test_a_refusal_is_signed_all_the_same(disputed):
    assert sign(DecisionFactory(application=disputed, outcome="refused"), by=director()).is_signed


def test_a_disagreement_that_comes_after_the_signatures_blocks_the_publication(officer):
    application = reviewed(3, 4)
    third = AssignmentFactory(application=application)
    decision = DecisionFactory(application=application, countersigned=True)
    assert list(Decision.objects.ready()) == [decision]
    ReviewFactory(assignment=third, mark=0, submitted=True)
    assert list(Decision.objects.ready()) == []
    assert [row.step for row in docket(application.cut_off).rows()] == [Step.BLOCKED]
    arbitrate(current(application), arbitration=WORDS, by=officer)
    assert list(Decision.objects.ready()) == [decision]


# --- A third reader -------------------------------------------------------------------------------------------------


def asked(application, officer, **fields):
    ministry = fields.pop("ministry", None) or MinistryFactory()
    reader = fields.pop("reviewer", None) or reviewer_of(ministry)
    words = {"reviewer": reader, "ministry": ministry, "due_on": clock.today() + timedelta(days=5), "by": officer}
    return ask_third_reader(application, **(words | fields))


def test_a_third_reader_reads_beside_their_ministry_and_counts(disputed, officer, client_for):
    first = disputed.assignments.order_by("pk").first()
    place = asked(disputed, officer, ministry=first.ministry)
    assert (place.is_third_reader, place.ministry) == (True, first.ministry)
    assert OutgoingEmail.objects.filter(to_address=place.reviewer.email, kind="review_assigned").count() == 1
    InterestDeclarationFactory(user=place.reviewer, call=disputed.call)
    page = client_for(place.reviewer).get(url("review_page", disputed))
    assert page.context["others"] == []
    ReviewFactory(assignment=place, mark=4, submitted=True)
    kept = ReviewFigures.objects.get(application=disputed)
    assert (kept.review_count, kept.mean) == (3, Decimal("3.000"))
    [row] = board(disputed.call).rows(clock.today())
    assert row.expected_count == Ministry.objects.count() + 1
    assert list(invariants.broken()) == []


def test_where_a_third_reader_was_asked_and_heard_the_committee_is_next(officer):
    application = ApplicationFactory(under_review=True)
    ReviewRule.objects.create(call=application.call, asks_for=DisagreementStep.THIRD_READER, set_at=clock.now())
    reviewed(1, 4, application=application)
    place = asked(application, officer)
    with pytest.raises(Refused, match="n'a pas encore rendu son avis"):
        arbitrate(current(application), arbitration=WORDS, by=officer)
    ReviewFactory(assignment=place, mark=3, submitted=True)
    assert current(application).step == DisagreementStep.AGENDA
    assert arbitrate(current(application), arbitration=WORDS, by=officer).closed_by == officer


def test_a_third_reader_is_refused_where_there_is_no_need_or_no_right(disputed, officer):
    quiet = reviewed(3, 3)
    with pytest.raises(Refused, match="ne s'opposent plus"):
        asked(quiet, officer)
    holder = disputed.assignments.order_by("pk").first()
    with pytest.raises(Refused, match="évalue déjà ce dossier"):
        asked(disputed, officer, ministry=holder.ministry, reviewer=holder.reviewer)
    away = RecusalFactory(application=disputed, user=reviewer_of(holder.ministry)).user
    with pytest.raises(Refused, match="s'est déporté"):
        asked(disputed, officer, ministry=holder.ministry, reviewer=away)
    with pytest.raises(Refused, match="date de remise"):
        asked(disputed, officer, due_on=clock.today() - timedelta(days=1))
    asked(disputed, officer)
    with pytest.raises(Refused, match="Un troisième lecteur a déjà ce dossier"):
        asked(disputed, officer)


def test_a_third_reader_leaves_the_places_of_the_ministries_as_they_are(disputed, officer):
    free = MinistryFactory()
    place = asked(disputed, officer, ministry=free)
    reading = Reading(disputed.call, due_on=clock.today() + timedelta(days=9), max_load=40, today=clock.today())
    assert len(reading.places) == 2
    assert (disputed.pk, place.reviewer_id) in {(pair[0], pair[1]) for pair in reading.problem.conflicts}
    assert assign(disputed, reviewer=reviewer_of(free), ministry=free, due_on=None, by=officer).ministry == free
    assert Assignment.objects.current().of_ministries().count() == 3


@pytest.mark.parametrize("is_third_reader", [False, True])
def test_the_database_holds_one_place_of_each_kind(is_third_reader):
    place = AssignmentFactory(is_third_reader=is_third_reader)
    same = {"application": place.application, "is_third_reader": is_third_reader}
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentFactory(ministry=place.ministry, **same)
    if is_third_reader:
        AssignmentFactory(application=place.application, ministry=place.ministry)


# --- Arbitration ----------------------------------------------------------------------------------------------------


def test_an_arbitration_is_named_and_told_once(disputed, officer):
    found = current(disputed)
    arbitrate(found, arbitration=f"  {WORDS} ", by=officer, seen=found.reasons)
    again = arbitrate(found, arbitration="Autre chose.", by=officer)
    assert (again.closed_by, again.arbitration) == (officer, WORDS)
    assert JournalEntry.objects.filter(action=JournalAction.ARBITRATED).get().note == WORDS


def test_who_may_not_arbitrate_is_refused(disputed, officer):
    found = current(disputed)
    reviewer = disputed.assignments.first().reviewer
    for person in (reviewer, CapacityFactory(role=Role.SECOND_SIGNATORY).user):
        with pytest.raises(Refused, match="Seuls un chargé de mission"):
            arbitrate(found, arbitration=WORDS, by=person)
    away = RecusalFactory(application=disputed, user=CapacityFactory(role=Role.OFFICER).user).user
    with pytest.raises(Refused, match="déporté"):
        arbitrate(found, arbitration=WORDS, by=away)
    with pytest.raises(Refused, match="Écrivez l'arbitrage"):
        arbitrate(found, arbitration=" ", by=officer)
    with pytest.raises(Refused, match="ont changé depuis"):
        arbitrate(found, arbitration=WORDS, by=officer, seen="Autre raison.")
    arbitrate(found, arbitration=WORDS, by=officer)
    with pytest.raises(Refused, match="est clos"):
        arbitrate(found, arbitration=WORDS, by=director())


@pytest.mark.parametrize("fields", [{"arbitration": ""}, {"closed_by": None}, {"closed_at": None}])
def test_the_database_wants_the_name_and_the_words_of_an_arbitration(disputed, officer, fields):
    found = arbitrate(current(disputed), arbitration=WORDS, by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disagreement.objects.filter(pk=found.pk).update(**fields)


# --- The rule -------------------------------------------------------------------------------------------------------


def test_a_new_rule_is_applied_to_what_is_submitted(officer):
    application = reviewed(2, 3)
    assert current(application) is None
    rule = {"has_opposed_opinions": True, "asks_for": DisagreementStep.THIRD_READER}
    set_review_rule(application.call, spread=Decimal(1), by=officer, **rule)
    assert current(application).step == DisagreementStep.THIRD_READER
    set_review_rule(application.call, spread=Decimal(2), by=officer, **rule)
    assert current(application) is None
    assert list(invariants.broken()) == []


def test_the_rule_stays_once_decisions_are_published(officer):
    decided = ApplicationFactory(decided=True)
    with pytest.raises(Refused, match="ne change plus"):
        set_review_rule(decided.call, spread=Decimal(1), has_opposed_opinions=True, asks_for="agenda", by=officer)


# --- The pages ------------------------------------------------------------------------------------------------------


def test_from_the_board_to_the_arbitration(disputed, officer, client_for):
    client = client_for(officer)
    read = client.get(reverse("call_board", args=[disputed.call.slug]), {"ecart": "on"})
    assert url("disagreement_page", disputed) in read.text
    assert "désaccord entre évaluations" in client.get(reverse("desk")).text
    page = client.get(url("disagreement_page", disputed))
    refused = client.post(url("disagreement_page", disputed), {"arbitration": "", "seen": page.context["current"].reasons})
    assert "Écrivez l&#x27;arbitrage" in refused.text
    answer = client.post(
        url("disagreement_page", disputed), {"arbitration": WORDS, "seen": page.context["current"].reasons}, follow=True
    )
    assert answer.context["current"] is None
    assert "Désaccord réglé" in answer.text
    assert "arbitré par" in client.get(reverse("disagreement_list", args=[disputed.call.slug])).text


def test_a_third_reader_is_asked_by_the_page(disputed, officer, client_for):
    ministry = disputed.assignments.order_by("pk").first().ministry
    reader = reviewer_of(ministry)
    client = client_for(officer)
    page = client.get(url("third_reader_ask", disputed))
    offered = [value for value, _ in page.context["form"].fields["reader"].choices]
    assert offered == ["", f"{ministry.pk}-{reader.pk}"]
    client.post(url("third_reader_ask", disputed), {"reader": offered[1], "due_on": clock.today() + timedelta(days=3)})
    assert Assignment.objects.third_of(disputed).reviewer == reader
    assert str(reader) in client.get(url("disagreement_page", disputed)).text


def test_an_officer_who_withdrew_does_not_learn_of_it(disputed, client_for):
    away = RecusalFactory(application=disputed, user=CapacityFactory(role=Role.OFFICER).user).user
    client = client_for(away)
    assert client.get(url("disagreement_page", disputed)).status_code == 404
    assert disputed.training.title not in client.get(reverse("disagreement_list", args=[disputed.call.slug])).text
    assert "désaccord entre évaluations" not in client.get(reverse("desk")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_or_three(count, officer, client_for, django_assert_num_queries):
    call = reviewed(1, 4).call
    for _ in range(count - 1):
        reviewed(1, 4, application=ApplicationFactory(under_review=True, call=call))
    client = client_for(officer)
    with django_assert_num_queries(LIST_QUERIES):
        answer = client.get(reverse("disagreement_list", args=[call.slug]))
    assert len(answer.context["page_obj"]) == count


LIST_QUERIES = 7


# --- Real threads ---------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(4))
def test_signing_a_label_while_a_review_disagrees_never_publishes_over_it(round_number):
    application = reviewed(4, 4)
    dissent = ReviewFactory(assignment__application=application, mark=0)
    decision, by = DecisionFactory(application=application), director()
    at_once(
        lambda: sign(decision, by=by), lambda: submit_review(dissent.assignment, by=dissent.assignment.reviewer)
    )
    assert current(application) is not None
    assert not Decision.objects.ready().exists()
    assert list(invariants.broken()) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(4))
def test_one_person_arbitrates_and_one_third_reader_is_asked(round_number):
    application = reviewed(1, 4)
    people = [CapacityFactory(role=Role.OFFICER).user for _ in range(4)]
    answers = at_once(*(lambda p=person: asked(application, p) for person in people))
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    place = Assignment.objects.third_of(application)
    ReviewFactory(assignment=place, mark=2, submitted=True)
    found = current(application)
    answers = at_once(*(lambda p=person: arbitrate(found, arbitration=WORDS, by=p) for person in people))
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert list(invariants.broken()) == []
