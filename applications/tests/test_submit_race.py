"""Eight people press the button at the same instant: one receipt, with real threads on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from applications import invariants, transitions
from applications.models import Submission
from applications.tests.factories import ApplicationFactory
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PEOPLE = 8


def all_at_once(act, arguments):
    """The outcome of each call, made by as many threads released together, each with its own connection."""
    barrier = Barrier(len(arguments))

    def run(argument):
        barrier.wait()
        try:
            return act(argument)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


def receipts_of(application):
    mails = OutgoingEmail.objects.filter(kind="application_submitted").count()
    acts = JournalEntry.objects.about(application).filter(action="application.submitted").count()
    return Submission.objects.filter(application=application).count(), mails, acts


@pytest.mark.parametrize("attempt", range(3))
def test_eight_submits_with_one_key_make_one_receipt(attempt):
    application = ApplicationFactory(complete=True)

    def submit(key):
        return transitions.submit(application, by=application.started_by, key=key).number

    outcomes = all_at_once(submit, ["the same"] * PEOPLE)

    assert receipts_of(application) == (1, 1, 1)
    assert outcomes == [application.submissions.get().number] * PEOPLE
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("attempt", range(3))
def test_eight_submits_with_eight_keys_make_one_receipt(attempt):
    application = ApplicationFactory(complete=True)

    def submit(key):
        return transitions.submit(application, by=application.started_by, key=key).number

    outcomes = all_at_once(submit, [f"key {n}" for n in range(PEOPLE)])

    assert receipts_of(application) == (1, 1, 1)
    assert outcomes.count(application.submissions.get().number) == 1
    assert [outcome.startswith("Ce n'est plus possible") for outcome in outcomes].count(True) == PEOPLE - 1


def test_submit_and_withdraw_together_end_in_one_story():
    application = ApplicationFactory(complete=True)
    acts = [
        lambda: transitions.submit(application, by=application.started_by, key="k1"),
        lambda: transitions.withdraw(application, by=application.started_by),
    ]

    all_at_once(lambda act: act(), acts * 4)

    assert list(invariants.broken()) == []
