"""Files made in the background and mails tell a dossier's secrets to nobody: byte for byte the same in two worlds.

For who runs the call but withdrew from the dossier, or has still to review it, and for who has to review it.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from applications import receipts
from applications.models import Submission
from applications.tests.factories import ApplicationFactory, AttachmentFactory, SubmissionFactory
from gen_portal.core import clock, jobs
from gen_portal.core.models import BackgroundJob, JobState, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tasks import tick
from gen_portal.tests.hidden_facts import FACTS, a_private_note, secret_of, that_it_is_submitted
from gen_portal.tests.walk import asked_of_boards, seen_by, settled, turns_of
from labelling.tasks import EXPORTS
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once"), pytest.mark.once]

#: How the same export is asked for.
ASKED = ({}, {"tri": "ajustee"}, {"ligne": "1", "fragiles": "on"}, {"ecart": "on"}, {"avancement": "incomplet"})


@pytest.fixture
def world(frozen_clock):
    """Two dossiers filed in one call: one with all to read, one with a secret; reviews are late soon."""
    other = ReviewFactory(submitted=True, mark=3, assignment__due_on=clock.today() + timedelta(days=1))
    secret = secret_of(ApplicationFactory(call=other.assignment.application.call, under_review=True))
    for application in (other.assignment.application, secret.application):
        AttachmentFactory(application=application)
        filing = SubmissionFactory(application=application, filed_at=clock.now())
        Submission.objects.filter(pk=filing.pk).update(receipt=receipts.build(filing))
    return secret.application, secret


def _officer():
    return CapacityFactory(role=Role.OFFICER).user


def _who_withdrew(application):
    return RecusalFactory(application=application, user=_officer()).user


def _who_has_still_to_review(application):
    review = ReviewFactory(assignment=AssignmentFactory(application=application, reviewer=_officer()), mark=2)
    return review.assignment.reviewer


def _reviewer(application):
    place = AssignmentFactory(application=application, due_on=clock.today() - timedelta(days=1))
    return ReviewFactory(assignment=place, mark=2).assignment.reviewer


# --- What a person gets ---------------------------------------------------------------------------------------------


def _made(client, url, sent, **query):
    """The name and the bytes of what a job makes, asked for by its page."""
    client.post(url, sent, query_params=query)
    job = BackgroundJob.objects.latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    answer = client.get(reverse("job_result", args=[job.reference]))
    content = b"".join(answer.streaming_content)
    answer.close()
    return answer.headers["Content-Disposition"], job.done_count, job.total_count, settled(answer, content)


def _exports(client, application):
    """The board in every format and the archive of its dossiers, asked for in every way."""
    url = reverse("board_export", args=[application.call.slug])
    return {
        (format_, *query.items()): _made(client, url, {"format": format_}, **query)
        for format_ in EXPORTS
        for query in ASKED
    }


def _merged(client, application):
    """The dossier of a reviewer, and all those of a pile, as one PDF."""
    pages = {"review_merge": application.reference, "pile_merge": application.call.slug}
    return {name: _made(client, reverse(name, args=[key]), {}) for name, key in pages.items()}


def _mails(user):
    """What the outbox holds for a person, and what the clock would post in the next two weeks; nothing stays of it."""
    at = clock.now()
    with transaction.atomic():
        for days in range(15):
            clock.freeze(at + timedelta(days=days))
            tick()
        rows = OutgoingEmail.objects.filter(to_address=user.email).order_by("pk")
        found = list(rows.values_list("kind", "to_address", "subject_line", "text_body", "html_body", "created_at"))
        transaction.set_rollback(True)
    clock.freeze(at)
    return dict(enumerate(found))


def _compare(see, secret, facts, name):
    """What is seen after each turn of facts is what was seen before them all."""
    see()  # the first time may keep what later ones find
    before, again = see(), see()
    assert before == again, "the same world differs from itself"
    turns = turns_of(facts)
    for turn in turns:
        for fact in turn:
            fact(secret)
        after = see()
        differences = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        assert differences == [], [fact.__name__ for fact in turn]
    print(f"{name}: {len(turns) * len(before)} comparisons, 0 differences")


# --- Nothing of it in what they get ---------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", [_who_withdrew, _who_has_still_to_review])
def test_exports_are_the_same_to_the_byte(viewer, world, client_for):
    application, secret = world
    client = client_for(viewer(application))
    _compare(lambda: _exports(client, application), secret, FACTS, f"exports, {viewer.__name__}")


@pytest.mark.parametrize("viewer", [_who_withdrew, _who_has_still_to_review])
def test_the_board_and_its_figures_are_the_same_whatever_they_are_asked(viewer, world, client_for):
    application, secret = world
    client = client_for(viewer(application))
    paths = asked_of_boards(application)
    _compare(lambda: seen_by(client, paths), secret, FACTS, f"board, {viewer.__name__}")


def test_the_merged_documents_of_a_reviewer_are_the_same_to_the_byte(world, client_for):
    application, secret = world
    client = client_for(_reviewer(application))
    _compare(lambda: _merged(client, application), secret, FACTS, "merged documents")


@pytest.mark.parametrize("viewer", [_who_withdrew, _who_has_still_to_review, _reviewer])
def test_mails_are_the_same_to_the_byte(viewer, world):
    application, secret = world
    user = viewer(application)
    _compare(lambda: _mails(user), secret, FACTS, f"mails, {viewer.__name__}")


def test_the_mails_of_the_applicant_are_the_same_to_the_byte(world):
    application, secret = world
    _compare(lambda: _mails(application.started_by), secret, FACTS, "mails, applicant")


def test_a_private_note_is_in_no_export(world, client_for):
    application, secret = world
    that_it_is_submitted(secret)
    client = client_for(_officer())
    _compare(lambda: _exports(client, application), secret, [a_private_note], "exports, note")


# --- The comparisons notice -----------------------------------------------------------------------------------------


def test_exports_notice_what_is_not_hidden(world, client_for):
    """To an officer who neither withdrew nor reviews, what is submitted is in each file."""
    application, secret = world
    client = client_for(_officer())
    before = _exports(client, application)
    that_it_is_submitted(secret)
    after = _exports(client, application)
    assert [before[format_,] == after[format_,] for format_ in EXPORTS] == [False] * len(EXPORTS)


def test_mails_are_read_of_a_person_who_gets_some(world):
    """The reviewer is reminded of what is late, and what becomes of the others' reviews is no reason not to be."""
    user = _reviewer(world[0])
    assert "review_reminder" in {kind for kind, *_ in _mails(user).values()}
