"""Secrecy as a flow of information: what somebody may not know changes not one byte of what they get, on any page.

Two worlds differ by one hidden fact; a person walks through every url of the portal in both (safety.md S1 to S9).
"""

import re

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from applications.tests.factories import AttachmentFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.core.tests.factories import MinistryFactory
from labelling.models import Assignment, Recommendation, Review, Score
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    RegionalOpinionFactory,
    RegionalRuleFactory,
    ReviewFactory,
    reviewer_of,
)
from labelling.transitions.interests import declare_interests
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import submit_review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once")]

#: Pages about one's own account know nothing of dossiers, and some show a secret made anew each time.
LEFT_OUT = ("account_", "mfa_", "demo_", "session_")
#: Lists are also asked for sorted, filtered and searched (S2 and S3).
ASKED = "?tri=-rang&etat=deposees&avancement=complet&texte=numerique&ecart=on"
#: New at each request: the keys of forms, the mark of who writes one, and the seconds left in the session.
_TOKENS = re.compile(rb'((?:name="(?:csrfmiddlewaretoken|key|writer)" value|data-gen-seconds)=")[^"]*')


@pytest.fixture
def world(frozen_clock):
    """A dossier reviewed by two ministries: `mine` is still to be submitted, `theirs` is the secret."""
    mine = ReviewFactory(mark=4)
    application = mine.assignment.application
    RegionalRuleFactory(call=application.call)
    AttachmentFactory(application=application)
    SubmissionFactory(application=application, filed_at=clock.now())
    theirs = ReviewFactory(assignment__application=application, mark=1)
    return application, mine, theirs


# --- Who looks ------------------------------------------------------------------------------------------------------


def _reviewer_who_has_not_submitted(application, mine):
    return mine.assignment.reviewer


def _reviewer_of_other_dossiers(application, mine):
    return ReviewFactory(submitted=True).assignment.reviewer


def _reviewer_who_withdrew(application, mine):
    reviewer = AssignmentFactory(application=application).reviewer
    Assignment.objects.filter(reviewer=reviewer).update(ended_at=clock.now())
    return RecusalFactory(application=application, user=reviewer).user


def _applicant(application, mine):
    return application.started_by


# --- What changes ---------------------------------------------------------------------------------------------------


def _they_change_their_mind(theirs):
    Score.objects.filter(review=theirs).update(value=5, comment="Un tout autre avis, bien plus long que le premier.")
    Review.objects.filter(pk=theirs.pk).update(recommendation=Recommendation.UNFAVOURABLE, comment="Non.")


def _they_submit(theirs):
    submit_review(theirs.assignment, by=theirs.assignment.reviewer)


def _the_region_speaks(theirs):
    RegionalOpinionFactory(application=theirs.assignment.application, text="Deux formations proches existent déjà.")


def _they_declare_their_interests(theirs):
    link = {"kind": "employer", "name": "Ateliers du Port", "siren": "732829320", "detail": "jusqu'en mai"}
    declare_interests(theirs.assignment.application.call, by=theirs.assignment.reviewer, links=[link])


def _somebody_else_is_entrusted_with_it(theirs):
    ministry = MinistryFactory()
    reviewer = reviewer_of(ministry, last_name="Kerguélen")
    AssignmentFactory(application=theirs.assignment.application, ministry=ministry, reviewer=reviewer)


def _they_withdraw(theirs):
    recuse(theirs.assignment, by=theirs.assignment.reviewer, reason="Un proche y travaille.")


CHANGES = (
    _they_change_their_mind,
    _the_region_speaks,
    _they_declare_their_interests,
    _somebody_else_is_entrusted_with_it,
    _they_submit,
    _they_withdraw,
)


# --- The walk -------------------------------------------------------------------------------------------------------


def addresses(application, theirs):
    """Every url of the portal that a GET reaches, with every identifier that belongs to this dossier."""
    values = {
        "slug": [application.call.slug],
        "reference": [application.reference, application.training.structure.reference],
        "section": ["formation"],
        "pk": [application.attachments.get().pk, theirs.pk],
        "number": [1, application.submissions.latest_first().first().number],
        "kind": ["applications.application", "labelling.review"],
        "year": [clock.today().year],
        "quarter": [1],
        "name": ["summary"],
        "token": ["inconnu"],
        "extension": ["csv"],
        "step": ["opening"],
        "region": ["53"],
    }
    table = get_resolver().reverse_dict
    names = sorted(key for key in table if isinstance(key, str) and not key.startswith(LEFT_OUT))
    found = {}
    for name in names:
        for possibilities, *_ in table.getlist(name):
            for chosen in _products({param: values[param] for param in possibilities[0][1]}):
                if path := _path(name, chosen):
                    found[path] = name
    return sorted(found)


def _products(values):
    found = [{}]
    for param, options in values.items():
        found = [{**chosen, param: option} for chosen in found for option in options]
    return found


def _path(name, chosen):
    """Nothing for an identifier that this url cannot hold (a number in letters, for instance)."""
    try:
        return reverse(name, kwargs=chosen)
    except NoReverseMatch:
        return ""


def seen_by(client, paths):
    """What a person gets of each url: status, where it leads, how many queries it cost, and every byte."""
    seen = {}
    for path in paths:
        seen[path] = _asked_for(client, path)
        if seen[path][0] == 200:
            seen[path + ASKED] = _asked_for(client, path + ASKED)
    return seen


def _asked_for(client, path):
    reset_queries()  # a walk makes more of them than Django keeps
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
    return answer.status_code, answer.headers.get("Location"), len(queries), _TOKENS.sub(rb"\1", body)


@pytest.mark.parametrize(
    "viewer",
    [_reviewer_who_has_not_submitted, _reviewer_of_other_dossiers, _reviewer_who_withdrew, _applicant],
)
def test_what_others_write_changes_not_one_byte(viewer, world, client_for):
    application, mine, theirs = world
    client, paths = client_for(viewer(application, mine)), addresses(application, theirs)
    seen_by(client, paths)  # the first visit may open what later ones find open
    before = seen_by(client, paths)
    assert before[reverse("desk")][0] == 200
    for change in CHANGES:
        change(theirs)
        after = seen_by(client, paths)
        assert [path for path in before if before[path] != after.get(path)] == [], change.__name__
        assert len(after) == len(before)
    print(f"{viewer.__name__}: {len(CHANGES) * len(before)} comparisons, 0 differences")


def test_the_walk_notices_what_is_no_longer_hidden(world, client_for):
    """The same walk, once one's own review is submitted: the other ministry's submission then shows."""
    application, mine, theirs = world
    submit_review(mine.assignment, by=mine.assignment.reviewer)
    client, paths = client_for(mine.assignment.reviewer), addresses(application, theirs)
    before = seen_by(client, paths)
    _they_submit(theirs)
    after = seen_by(client, paths)
    page = reverse("review_page", args=[application.reference])
    assert before[page][3] != after[page][3]
