"""Eight people press the button at the same instant: one receipt, with real threads on PostgreSQL."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from applications import invariants, transitions
from applications.actions import deadlines, starting
from applications.models import Application, FilingAttempt, Submission
from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PEOPLE = 8


def all_at_once(act, arguments):
    """The outcome of each call, made by as many threads released together, each with its own connection."""
    outcomes = at_once(*(partial(act, argument) for argument in arguments))
    return [str(outcome) if isinstance(outcome, Refused) else outcome for outcome in outcomes]


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
def test_five_submits_of_one_key_and_five_of_others_show_ten_times_one_receipt(attempt):
    application = ApplicationFactory(complete=True)

    def submit(key):
        return transitions.submit(application, by=application.started_by, key=key).number

    outcomes = all_at_once(submit, ["the same"] * 5 + [f"key {n}" for n in range(5)])

    assert receipts_of(application) == (1, 1, 1)
    assert outcomes == [application.submissions.get().number] * 10
    results = FilingAttempt.objects.filter(application=application).values_list("result", flat=True)
    assert sorted(results) == ["accepted"] + ["replayed"] * 9
    assert list(invariants.broken()) == []


def test_submit_and_withdraw_together_end_in_one_story():
    application = ApplicationFactory(complete=True)
    acts = [
        lambda: transitions.submit(application, by=application.started_by, key="k1"),
        lambda: transitions.withdraw(application, by=application.started_by),
    ]

    all_at_once(lambda act: act(), acts * 4)

    assert list(invariants.broken()) == []


def test_a_dossier_reopened_twice_together_is_reopened_once():
    application = ApplicationFactory(withdrawn=True)

    outcomes = all_at_once(lambda _: transitions.reopen(application, by=application.started_by).state, range(4))

    assert outcomes.count("draft") == 1
    assert [str(outcome).startswith("Ce n'est plus possible") for outcome in outcomes].count(True) == 3
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("attempt", range(5))
def test_reopening_and_starting_anew_together_leave_one_live_dossier(attempt):
    application = ApplicationFactory(withdrawn=True)
    acts = [
        lambda: transitions.reopen(application, by=application.started_by),
        lambda: starting.start_application(application.call, application.training, by=application.started_by),
    ]

    all_at_once(lambda act: act(), acts * 2)

    assert Application.objects.live().filter(training=application.training).count() == 1
    assert list(invariants.broken()) == []


def test_a_filing_against_an_extension_is_refused_or_has_its_right():
    """At the closing, whichever comes first: a filing refused stays a draft, one accepted is under the extension."""
    application = ApplicationFactory(complete=True, call__cut_off_days=(30,))
    cut_off = application.call.cut_offs.get()
    clock.freeze(cut_off.closes_at)
    officer, structure = UserFactory(), application.training.structure
    until_at = cut_off.closes_at + timedelta(days=1)
    acts = [
        lambda: deadlines.grant_extension(cut_off, structure, until_at=until_at, reason="Panne", by=officer),
        lambda: transitions.submit(application, by=application.started_by, key="k1"),
    ]

    all_at_once(lambda act: act(), acts * 2)

    application.refresh_from_db()
    bases = list(application.submissions.values_list("basis", flat=True))
    assert (application.state, bases) in [("draft", []), ("submitted", ["extension"])]
    assert list(invariants.broken()) == []


def test_the_ledger_refuses_to_be_changed():
    application = ApplicationFactory(complete=True)
    transitions.submit(application, by=application.started_by, key="k1")
    rows = FilingAttempt.objects.filter(application=application)

    for change in (lambda: rows.update(detail="autre"), rows.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
