"""Admissibility and judgement: each act with its trace, each refusal."""

from datetime import timedelta

import pytest
from django.db import transaction

from applications import invariants, transitions
from applications.models import Application, ApplicationState
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
)
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Acts, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory().user


def acts_of(application):
    return list(JournalEntry.objects.about(application).values_list("action", flat=True))


def snapshot(application):
    """Everything a refused act must leave alone."""
    row = Application.objects.filter(pk=application.pk).values().get()
    return row, acts_of(application), OutgoingEmail.objects.count(), application.submissions.count()


# --- Admissibility --------------------------------------------------------------------------------------------------


def test_declare_admissible_tells_the_structure(frozen_clock, officer, mails):
    application = ApplicationFactory(submitted=True)

    transitions.declare_admissible(application, by=officer)

    application.refresh_from_db()
    assert (application.state, application.ended_at) == (ApplicationState.ADMISSIBLE, None)
    assert acts_of(application)[-1] == "application.declared_admissible"
    assert [(mail.kind, mail.to_address) for mail in mails()] == [
        ("application_admissible", application.started_by.email)
    ]
    assert list(invariants.broken()) == []


def test_declare_inadmissible_ends_the_dossier_with_its_reason(frozen_clock, officer, mails):
    application = ApplicationFactory(submitted=True)

    transitions.declare_inadmissible(application, by=officer, reason=" La formation est payante. ")

    application.refresh_from_db()
    assert (application.state, application.inadmissible_reason, application.ended_at) == (
        ApplicationState.INADMISSIBLE, "La formation est payante.", frozen_clock.at,
    )  # fmt: skip
    assert "> La formation est payante." in mails(kind="application_inadmissible")[0].text_body
    assert list(invariants.broken()) == []


def test_return_for_completion_says_what_and_until_when(frozen_clock, officer, mails):
    application = ApplicationFactory(submitted=True)

    transitions.return_for_completion(
        application, by=officer, request="Joindre les statuts.", due_on=frozen_clock.today
    )

    application.refresh_from_db()
    assert (application.state, application.completion_request, application.completion_due_on) == (
        ApplicationState.RETURNED, "Joindre les statuts.", frozen_clock.today,
    )  # fmt: skip
    assert "jusqu'au 10 mars 2026 inclus" in mails()[0].text_body.replace("\xa0", " ")
    assert list(invariants.broken()) == []


REFUSED_ACTS = [
    (lambda a, o: transitions.declare_inadmissible(a, by=o, reason="  "), "Indiquez le motif"),
    (lambda a, o: transitions.return_for_completion(a, by=o, request=" ", due_on=clock.today()), "ce qui manque"),
    (
        lambda a, o: transitions.return_for_completion(
            a, by=o, request="Statuts", due_on=clock.today() - timedelta(days=1)
        ),
        "déjà passée",
    ),
    (lambda a, o: transitions.start_review(a, by=o), "Ce n'est plus possible"),
    (lambda a, o: transitions.settle_many([a], Acts(), by=o, at=clock.now()), "n'est plus à l'état"),
]


@pytest.mark.parametrize(("act", "words"), REFUSED_ACTS)
def test_acts_on_a_submitted_dossier_refused(frozen_clock, officer, act, words):
    application = ApplicationFactory(submitted=True)
    before = snapshot(application)

    with pytest.raises(Refused, match=words), transaction.atomic():
        act(application, officer)

    assert snapshot(application) == before


@pytest.mark.parametrize("trait", ["returned", "admissible", "under_review", "withdrawn"])
def test_admissibility_is_said_of_submitted_dossiers_only(frozen_clock, officer, trait):
    application = ApplicationFactory(**{trait: True})

    with pytest.raises(Refused, match="Ce n'est plus possible"):
        transitions.declare_admissible(application, by=officer)
    with pytest.raises(Refused, match="Ce n'est plus possible"):
        transitions.declare_inadmissible(application, by=officer, reason="Motif")


# --- Judgement ------------------------------------------------------------------------------------------------------


def settled(application, **asked):
    """One dossier settled and told, read again."""
    acts = Acts()
    transitions.settle_many([application], acts, **asked)
    JournalEntry.objects.bulk_create(acts.entries())
    return Application.objects.get(pk=application.pk)


def test_start_review_then_close(frozen_clock, officer):
    application = ApplicationFactory(admissible=True)

    transitions.start_review(application, by=officer)
    closed = settled(Application.objects.get(pk=application.pk), by=officer, at=frozen_clock.at)

    assert (closed.state, closed.ended_at) == (ApplicationState.DECIDED, None)
    assert acts_of(application)[-2:] == ["application.review_started", "application.closed"]
    assert list(invariants.broken()) == []


def test_settling_takes_as_many_queries_for_many_as_for_one(frozen_clock, officer, django_assert_num_queries):
    call = CallFactory()
    pks = [ApplicationFactory(call=call, under_review=True).pk for _ in range(6)]
    applications = list(Application.objects.filter(pk__in=pks).select_related("cut_off").order_by("pk"))
    later, acts = call.timetable[1], Acts()

    for some in (applications[:2], applications[2:]):
        refused, deferred = some[0], some[-1]
        asked = {"refused": {refused.pk}, "deferred": {deferred.pk}, "following": later}
        with django_assert_num_queries(1):
            transitions.settle_many(some, acts, by=officer, at=frozen_clock.at, **asked)
        found = Application.objects.filter(pk__in=[each.pk for each in some]).order_by("pk")
        assert [(row.state, row.ended_at, row.cut_off) for row in found] == [
            (ApplicationState.DECIDED, frozen_clock.at, call.timetable[0]),
            *[(ApplicationState.DECIDED, None, call.timetable[0])] * (len(some) - 2),
            (ApplicationState.UNDER_REVIEW, None, later),
        ]
    JournalEntry.objects.bulk_create(acts.entries())
    assert list(invariants.broken()) == []


def test_move_is_refused_backwards_and_to_another_call(frozen_clock, officer):
    application = ApplicationFactory(under_review=True)
    before = snapshot(application)

    for cut_off in (application.cut_off, CallFactory().timetable[1]):
        with pytest.raises(Refused, match="un relevé suivant du même appel"), transaction.atomic():
            settled(application, by=officer, at=frozen_clock.at, deferred={application.pk}, following=cut_off)

    assert snapshot(application) == before
