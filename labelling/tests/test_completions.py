"""A dossier under review is completed: reviews wait, then go on; a tie that the completion brings takes the dossier away."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from applications import invariants
from applications.models import Application, ApplicationState
from applications.tests.factories import ApplicationFactory, SubmissionFactory
from applications.transitions import declare_admissible
from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject, JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling.models import Assignment, Recusal, RecusalKind
from labelling.tests.factories import AssignmentFactory, InterestDeclarationFactory, ReviewFactory, four_ministries
from labelling.tests.factories_decisions import DecisionFactory
from labelling.transitions.completions import ask_completion, resume_review, resume_reviews
from labelling.transitions.reviews import assign, submit_review

pytestmark = pytest.mark.django_db
WORDS = {"request": "La convention avec votre partenaire.", "due_on": None}
PARTNER = {"name": "Ateliers du Port", "siren": "732829320", "role": "", "detail": ""}


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def places():
    """Two reviewers of one dossier: the first has submitted, the second has a draft."""
    first, second, *_ = four_ministries()
    dossier = ApplicationFactory(under_review=True)
    SubmissionFactory(application=dossier)
    done = AssignmentFactory(application=dossier, ministry=first)
    ReviewFactory(assignment=done, submitted=True)
    drafted = AssignmentFactory(application=dossier, ministry=second)
    ReviewFactory(assignment=drafted)
    return done, drafted


def ask(dossier, officer):
    return ask_completion(dossier, by=officer, **WORDS | {"due_on": clock.today() + timedelta(days=9)})


def file_again(dossier, officer, **answers):
    """What the structure's filing and the officer's answer leave behind."""
    Application.objects.filter(pk=dossier.pk).update(state=ApplicationState.SUBMITTED, **answers)
    SubmissionFactory(application=dossier)
    return declare_admissible(Application.objects.get(pk=dossier.pk), by=officer)


def test_the_dossier_opens_for_nobody_while_it_is_with_its_authors(places, officer, client_for, mails):
    done, drafted = places
    dossier = ask(done.application, officer)
    assert (dossier.state, dossier.completion_request) == (ApplicationState.RETURNED, WORDS["request"])
    for place in places:
        assert client_for(place.reviewer).get(reverse("review_page", args=[dossier.reference])).status_code == 404
    with pytest.raises(Refused, match="à compléter"):
        submit_review(drafted, by=drafted.reviewer)
    assert [mail.to_address for mail in mails(kind="review_suspended")] == [drafted.reviewer.email]
    assert len(mails(kind="application_returned")) == 1


def test_the_reviews_go_on_once_it_is_admissible_again(places, officer, client_for, mails):
    done, drafted = places
    dossier = file_again(ask(done.application, officer), officer)
    assert (resume_reviews(), resume_reviews()) == (1, 0)
    dossier.refresh_from_db()
    assert dossier.state == ApplicationState.UNDER_REVIEW
    assert set(Assignment.objects.current()) == {done, drafted}
    assert dossier.figures.review_count == 1
    assert client_for(drafted.reviewer).get(reverse("review_page", args=[dossier.reference])).status_code == 200
    assert [mail.to_address for mail in mails(kind="review_resumed")] == [drafted.reviewer.email]
    assert submit_review(drafted, by=drafted.reviewer).submitted_at is not None


def test_a_partner_that_the_completion_adds_takes_the_dossier_away(places, officer, client_for, mails):
    done, drafted = places
    link = {"kind": "employer", "name": "Ateliers du port", "siren": "732829320", "detail": ""}
    for place in places:
        InterestDeclarationFactory(user=place.reviewer, call=place.application.call, links=[link])
    dossier = file_again(ask(done.application, officer), officer, partners=[PARTNER])
    resume_reviews()
    assert not Assignment.objects.current().exists()
    found = Recusal.objects.order_by("pk")
    assert [(row.user, row.kind) for row in found] == [(place.reviewer, RecusalKind.DETECTED) for place in places]
    assert {row.reason for row in found} == {
        "A déclaré un lien avec un partenaire du dossier : Ateliers du port (employeur actuel)."
    }
    dossier.refresh_from_db()
    assert (dossier.state, dossier.figures.review_count) == (ApplicationState.UNDER_REVIEW, 0)
    assert HiddenSubject.objects.count() == 2
    assert mails(kind="review_resumed") == []
    assert client_for(drafted.reviewer).get(reverse("review_page", args=[dossier.reference])).status_code == 404


def test_entrusting_it_again_takes_the_reviews_up_as_well(places, officer):
    done, drafted = places
    link = {"kind": "employer", "name": "Ateliers du port", "siren": "732829320", "detail": ""}
    InterestDeclarationFactory(user=drafted.reviewer, call=drafted.application.call, links=[link])
    dossier = file_again(ask(done.application, officer), officer, partners=[PARTNER])
    third = four_ministries()[2]
    newcomer = CapacityFactory(role=Role.REVIEWER, ministry=third).user
    assign(dossier, reviewer=newcomer, ministry=third, due_on=None, by=officer)
    assert set(Assignment.objects.current().values_list("reviewer", flat=True)) == {done.reviewer_id, newcomer.pk}


def test_a_second_completion_is_told_again(places, officer, mails):
    done, _ = places
    for _ in range(2):
        dossier = file_again(ask(Application.objects.get(pk=done.application_id), officer), officer)
        resume_review(dossier)
    assert (len(mails(kind="review_suspended")), len(mails(kind="review_resumed"))) == (2, 2)


def test_a_signed_decision_forbids_it(places, officer):
    DecisionFactory(application=places[0].application, signed=True)
    with pytest.raises(Refused, match="déjà signée"):
        ask(places[0].application, officer)


def test_a_published_deferral_does_not(places, officer):
    DecisionFactory(application=places[0].application, deferred=True, published=True)
    assert ask(places[0].application, officer).state == ApplicationState.RETURNED


@pytest.mark.parametrize(("change", "sentence"), [({"request": " "}, "ce qui manque"), ({"days": -1}, "déjà passée")])
def test_it_is_refused_without_words_or_for_a_past_day(places, officer, change, sentence):
    words = {
        "request": change.get("request", "La convention."),
        "due_on": clock.today() + timedelta(change.get("days", 3)),
    }
    with pytest.raises(Refused, match=sentence):
        ask_completion(places[0].application, by=officer, **words)
    assert Application.objects.get().state == ApplicationState.UNDER_REVIEW


@pytest.mark.parametrize("trait", ["submitted", "admissible", "returned", "decided"])
def test_it_is_refused_outside_of_review(trait, officer):
    with pytest.raises(Refused, match="n'est plus possible"):
        ask(ApplicationFactory(**{trait: True}), officer)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_review_submitted_while_the_completion_is_asked_counts_or_is_refused(places, officer):
    done, drafted = places
    outcomes = at_once(partial(submit_review, drafted, by=drafted.reviewer), partial(ask, done.application, officer))
    assert not isinstance(outcomes[1], Refused)
    drafted.refresh_from_db()
    was_submitted = not isinstance(outcomes[0], Refused)
    assert (drafted.review.submitted_at is not None) is was_submitted
    assert done.application.figures.__class__.objects.get().review_count == 1 + was_submitted


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_three_clocks_take_a_review_up_once(places, officer, mails):
    dossier = file_again(ask(places[0].application, officer), officer)
    acts = JournalEntry.objects.about(dossier).filter(action="application.review_started")
    assert acts.count() == 1  # when it was first judged
    assert sorted(at_once(*[resume_reviews] * 3)) == [0, 0, 1]
    assert (acts.count(), len(mails(kind="review_resumed"))) == (2, 1)


def test_from_the_page(places, officer, client_for):
    dossier, client = places[0].application, client_for(officer)
    assert "Demander un complément" in client.get(reverse("assignment_edit", args=[dossier.reference])).text
    form = {"request": "La convention.", "due_on": clock.today() + timedelta(days=9)}
    page = client.post(reverse("completion_ask", args=[dossier.reference]), form, follow=True)
    assert "les évaluations attendent sa réponse" in page.text
    assert "les évaluations attendent, et reprennent" in page.text
    page = client.post(reverse("completion_ask", args=[dossier.reference]), form)
    assert "n&#x27;est plus possible" in page.text
    assert list(invariants.filed_without_filing()) == []
