"""Real threads on PostgreSQL: whatever signs at once, the envelope and the ceilings hold, and nothing is signed twice."""

import pytest
from django.db import connection

from applications.tests.factories import ApplicationFactory, CallFactory, StructureFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused
from gen_portal.tests.test_races import together
from labelling.invariants import decisions as invariants
from labelling.models import Decision, Envelope
from labelling.tests.factories import ReviewFiguresFactory
from labelling.tests.factories_decisions import DecisionFactory, director, second_signatory
from labelling.transitions.decisions import countersign, reopen, sign
from labelling.transitions.publishing import publish_decisions
from labelling.transitions.signing_many import sign_many, signing_sheet

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def decisions_of(call, count, *, structure=None, **kwargs):
    """So many decisions on dossiers whose figures are given rather than reviewed, for speed."""
    found = []
    for _ in range(count):
        dossier = {"training__structure": structure} if structure else {}
        application = ApplicationFactory(under_review=True, call=call, total_budget_euros=400_000, **dossier)
        ReviewFiguresFactory(application=application)
        found.append(DecisionFactory(application=application, **kwargs))
    return found


def attempt(act, *args, **kwargs):
    """What became of an act: "done" or the sentence that refused it. Waiting for a lock is allowed to take a while."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '120s'; SET statement_timeout = '120s'")
    try:
        act(*args, **kwargs)
    except Refused as refusal:
        return str(refusal)
    return "done"


def committed(call):
    return Envelope.objects.get(call=call).committed_euros


def test_fifty_simultaneous_grants_never_pass_the_envelope():
    call, by = CallFactory(budget_euros=1_000_000), director()
    decisions = decisions_of(call, 50, grant_euros=40_000)

    outcomes = together(50, lambda number: attempt(sign, decisions[number], by=by))

    assert (outcomes.count("done"), len([o for o in outcomes if "ce qui reste de l'enveloppe" in o])) == (25, 25)
    assert committed(call) == Decision.objects.signed().granted_euros() == 1_000_000
    assert list(invariants.wrong_commitments()) == []


def sign_group(cut_off, dossiers, by):
    """Read a sheet and sign it at once, as often as it changes in between; what becomes of the last attempt."""
    for _ in range(3):
        seen = signing_sheet(cut_off, dossiers, by=by, at=clock.now()).seal
        said = attempt(sign_many, cut_off, dossiers, by=by, seen=seen)
        if said == "done":
            break
    return said


def test_fifty_threads_signing_many_and_one_by_one_never_pass_the_envelope():
    """20 sign three decisions each, 30 one each of which 20 are in those groups too: 2.8 M€ wanted, 1 M€ there is."""
    call, by = CallFactory(budget_euros=1_000_000), director()
    decisions = decisions_of(call, 70, grant_euros=40_000)
    cut_off, groups = decisions[0].cut_off, [decisions[3 * n : 3 * n + 3] for n in range(20)]

    def act(number):
        if number < 20:
            return sign_group(cut_off, [each.application_id for each in groups[number]], by)
        return attempt(sign, decisions[number + 20], by=by)

    outcomes = together(50, act)

    assert outcomes.count("done") >= 9  # at the least, groups of three
    signed = Decision.objects.signed()
    assert committed(call) == signed.granted_euros() <= 1_000_000
    assert JournalEntry.objects.filter(action="decision.signed").count() == signed.count()
    assert list(invariants.wrong_commitments()) == []


def test_simultaneous_grants_to_one_structure_stay_under_its_ceiling():
    call, by = CallFactory(), director()
    decisions = decisions_of(call, 8, structure=StructureFactory(), grant_euros=70_000)

    outcomes = together(8, lambda number: attempt(sign, decisions[number], by=by))

    assert outcomes.count("done") == 2
    assert committed(call) == 140_000


def test_one_decision_signed_eight_times_commits_once():
    call, by = CallFactory(), director()
    (decision,) = decisions_of(call, 1, grant_euros=40_000)

    outcomes = together(8, lambda number: attempt(sign, decision, by=by))

    assert outcomes == ["done"] * 8
    assert committed(call) == 40_000
    assert JournalEntry.objects.about(decision).filter(action="decision.signed").count() == 1


@pytest.mark.parametrize("run", range(3))
def test_signing_countersigning_and_reopening_together_keep_the_sums_right(run):
    call, by, second = CallFactory(), director(), second_signatory()
    decisions = decisions_of(call, 6, signed=True, grant_euros=40_000)
    acts = [
        lambda d: attempt(countersign, d, by=second),
        lambda d: attempt(reopen, d, by=by, reason="À revoir."),
        lambda d: attempt(sign, d, by=by),
    ]

    together(18, lambda number: acts[number % 3](decisions[number // 3]))

    assert committed(call) == Decision.objects.signed().granted_euros()
    assert not Decision.objects.filter(first_signed_at=None, second_signed_at__isnull=False).exists()


@pytest.mark.parametrize("run", range(3))
def test_reopening_and_publishing_together_leave_one_story(run):
    call, by = CallFactory(), director()
    decisions = decisions_of(call, 4, countersigned=True, grant_euros=40_000)
    cut_off = decisions[0].cut_off
    acts = [
        lambda: attempt(publish_decisions, cut_off, by=by),
        lambda: attempt(reopen, decisions[0], by=by, reason="Non."),
    ]

    together(4, lambda number: acts[number % 2]())

    decisions[0].refresh_from_db()
    assert decisions[0].is_published == decisions[0].is_countersigned
    assert Decision.objects.published().count() in (3, 4)
    assert committed(call) == Decision.objects.signed().granted_euros()
    assert [s for s in invariants.broken() if "ministères" not in s] == []
