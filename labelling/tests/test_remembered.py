"""A refused training that applies again: its applicant reads why where it matters, its reviewers after their own review."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.tests.walk import seen_by
from labelling.models import DecisionReason
from labelling.tests.factories import RecusalFactory, ReviewFactory
from labelling.tests.factories_decisions import DecisionFactory
from labelling.transitions.reviews import submit_review

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("activity_noted_once")]
GENERAL, LOCAL, CONTENT = "Le projet n'est pas encore mûr.", "Le besoin local est affirmé.", "Le programme est bref."


def refuse_before(training):
    """Refused in an earlier call, for two criteria: the first concerns the sites, the second no part in particular."""
    earlier = ApplicationFactory(under_review=True, training=training, call=CallFactory())
    first, second = earlier.call.criteria.order_by("position")[:2]
    type(first).objects.filter(pk=first.pk).update(section="sites")
    decision = DecisionFactory(application=earlier, refused=True, published=True, reasons=GENERAL)
    for criterion, text in ((first, LOCAL), (second, CONTENT)):
        DecisionReason.objects.create(decision=decision, criterion=criterion, text=text)
    return decision


def said(client, name, *args):
    text = client.get(reverse(name, args=args)).content.decode().replace("&#x27;", "'")
    return [reason for reason in (GENERAL, LOCAL, CONTENT) if reason in text], text


def test_the_applicant_reads_each_reason_where_it_concerns_the_dossier(client_for, frozen_clock):
    application = ApplicationFactory(complete=True)
    earlier, client = refuse_before(application.training).application, client_for(application.started_by)
    reference = application.reference

    assert said(client, "application_section", reference, "publics")[0] == []
    found, text = said(client, "application_section", reference, "sites")

    assert found == [LOCAL]
    assert reverse("application_result", args=[earlier.reference]) in text
    assert said(client, "application_page", reference)[0] == [GENERAL, CONTENT]


def test_another_training_remembers_nothing(client_for, frozen_clock):
    application = ApplicationFactory(complete=True)
    refuse_before(ApplicationFactory().training)
    client = client_for(application.started_by)
    assert said(client, "application_page", application.reference)[0] == []
    assert said(client, "application_section", application.reference, "sites")[0] == []


@pytest.fixture
def place(frozen_clock):
    """A review begun, on a dossier filed."""
    review = ReviewFactory(mark=3)
    SubmissionFactory(application=review.assignment.application, filed_at=clock.now())
    return review.assignment


def test_not_one_byte_tells_a_reviewer_of_it_before_their_own_review_and_all_of_it_after(client_for, place):
    reference, client = place.application.reference, client_for(place.reviewer)
    pages = [
        *(reverse(name, args=[reference]) for name in ("review_page", "review_submit", "review_recuse", "discussion_page")),
        reverse("review_list"), reverse("desk"), reverse("application_result", args=[reference]),
    ]  # fmt: skip
    seen_by(client, pages)
    before = seen_by(client, pages)
    assert before[pages[0]][0] == 200

    refuse_before(place.application.training)

    assert seen_by(client, pages) == before
    submit_review(place, by=place.reviewer)
    assert said(client, "review_page", reference)[0] == [GENERAL, LOCAL, CONTENT]


def test_who_withdrew_from_the_earlier_dossier_reads_nothing_of_it(client_for, place):
    decision = refuse_before(place.application.training)
    RecusalFactory(application=decision.application, user=place.reviewer)
    submit_review(place, by=place.reviewer)
    assert said(client_for(place.reviewer), "review_page", place.application.reference)[0] == []
