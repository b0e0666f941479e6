"""Taking a withdrawn dossier up again, and filings whose order a change of hour must not shuffle."""

from datetime import UTC, datetime

import pytest

from applications import invariants, transitions
from applications.actions import starting
from applications.models import ApplicationState, Submission
from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


def acts_of(application):
    return list(JournalEntry.objects.about(application).values_list("action", flat=True))


def test_reopen_gives_the_draft_back_and_a_second_filing_follows(frozen_clock):
    application = ApplicationFactory(complete=True)
    first = transitions.submit(application, by=application.started_by, key="k1")
    transitions.withdraw(application, by=application.started_by)
    frozen_clock.advance(hours=1)

    draft = transitions.reopen(application, by=application.started_by)
    second = transitions.submit(application, by=application.started_by, key="k2")

    assert (draft.state, draft.cut_off, draft.submitted_at, draft.ended_at) == ("draft", None, None, None)
    application.refresh_from_db()
    assert (application.state, application.submitted_at) == (ApplicationState.SUBMITTED, frozen_clock.at)
    assert list(application.submissions.latest_first()) == [second, first]
    assert acts_of(application)[1:] == [
        f"application.{act}" for act in ("signed", "submitted", "withdrawn", "reopened", "submitted")
    ]
    assert list(invariants.broken()) == []


def test_reopen_is_refused_after_the_last_closing(frozen_clock):
    application = ApplicationFactory(withdrawn=True)
    frozen_clock.set(application.call.timetable[-1].closes_at)

    with pytest.raises(Refused, match="L'appel n'est plus ouvert"):
        transitions.reopen(application, by=application.started_by)

    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN


def test_reopen_is_refused_beside_another_live_dossier(frozen_clock):
    application = ApplicationFactory(withdrawn=True)
    other = starting.start_application(application.call, application.training, by=application.started_by)

    with pytest.raises(Refused, match="a déjà un dossier en cours") as refusal:
        transitions.reopen(application, by=application.started_by)

    assert other.reference[:4] in str(refusal.value)
    assert acts_of(application)[-1] == "application.withdrawn"


def test_reopen_is_refused_once_its_judgement_had_begun(frozen_clock):
    application = ApplicationFactory(under_review=True)
    transitions.withdraw(application, by=application.started_by)

    with pytest.raises(Refused, match="L'évaluation de ce dossier avait commencé"):
        transitions.reopen(application, by=application.started_by)


@pytest.mark.parametrize("trait", ["complete", "submitted", "returned", "inadmissible", "decided"])
def test_reopen_is_only_for_withdrawn_dossiers(frozen_clock, trait):
    application = ApplicationFactory(**{trait: True})

    with pytest.raises(Refused, match="Ce n'est plus possible"):
        transitions.reopen(application, by=application.started_by)


def test_two_filings_in_the_doubled_hour_keep_their_order_and_their_offsets(frozen_clock):
    """On 30 October 2016 the clocks of Paris showed 2:30 twice: in summer time, then an hour later in winter time."""
    frozen_clock.set(datetime(2016, 10, 30, 0, 30, tzinfo=UTC))
    call = CallFactory()
    first, second = (ApplicationFactory(complete=True, call=call) for _ in range(2))
    early = transitions.submit(first, by=first.started_by, key="k1")
    frozen_clock.advance(hours=1)
    late = transitions.submit(second, by=second.started_by, key="k2")

    assert list(Submission.objects.latest_first()) == [late, early]
    assert [filing.receipt["filed_at_text"].replace("\xa0", " ") for filing in (early, late)] == [
        "30 octobre 2016 à 2 h 30 min 00 s, heure de Paris (UTC+02:00)",
        "30 octobre 2016 à 2 h 30 min 00 s, heure de Paris (UTC+01:00)",
    ]
