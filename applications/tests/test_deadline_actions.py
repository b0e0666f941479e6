"""Giving time: to one structure with a reason, to everybody by two signatures, without breaking what comes later."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import invariants
from applications.actions import deadlines
from applications.models import Application, CutOff, Incident, MovedMilestone
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
    CutOffFactory,
    IncidentFactory,
    MembershipFactory,
    StructureFactory,
    TrainingFactory,
)
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


def acts_of(call):
    return list(JournalEntry.objects.about(call).values_list("action", flat=True))


def timetable(call):
    return list(CutOff.objects.filter(call=call).order_by("number").values_list("closes_at", "results_expected_on"))


def test_an_extension_is_recorded_and_told_to_the_owners(call, mails):
    owner, cut_off, officer = MembershipFactory(), call.timetable[0], UserFactory()
    until_at = cut_off.closes_at + DAY

    given = deadlines.grant_extension(cut_off, owner.structure, until_at=until_at, reason=" Panne ", by=officer)

    assert (given.from_at, given.until_at, given.reason, given.granted_by) == (
        cut_off.closes_at,
        until_at,
        "Panne",
        officer,
    )
    assert acts_of(call) == ["call.extension_granted"]
    assert [(mail.kind, mail.to_address) for mail in mails()] == [("extension_granted", owner.user.email)]
    again = deadlines.grant_extension(cut_off, owner.structure, until_at=until_at + DAY, reason="Panne", by=officer)
    assert again.from_at == until_at


REFUSALS = {
    "no reason": ({"reason": " "}, "Indiquez le motif"),
    "not later": ({"until_at": lambda end: end}, "doit venir après"),
    "too long": ({"until_at": lambda end: end + deadlines.LONGEST + DAY}, "plus de deux mois"),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("kind", ["extension", "incident"])
def test_more_time_is_refused(call, name, kind):
    values, words = REFUSALS[name]
    cut_off = call.timetable[0]
    asked = {"reason": "Panne", "until_at": lambda end: end + DAY} | values
    asked |= {"until_at": asked["until_at"](cut_off.closes_at), "by": UserFactory()}
    structure = StructureFactory()
    act = {"extension": lambda: deadlines.grant_extension(cut_off, structure, **asked)}
    act["incident"] = lambda: deadlines.propose_incident(cut_off, **asked)
    with pytest.raises(Refused, match=words):
        act[kind]()
    assert acts_of(call) == []


def test_more_time_is_refused_for_an_instant_already_past(call, frozen_clock):
    frozen_clock.set(call.timetable[0].closes_at + 3 * DAY)
    with pytest.raises(Refused, match="déjà passée"):
        deadlines.propose_incident(call.timetable[0], until_at=frozen_clock.at - DAY, reason="Panne", by=UserFactory())


def test_more_time_is_for_published_calls(frozen_clock):
    cut_off = CallFactory(unpublished=True).timetable[0]
    with pytest.raises(Refused, match="n'est pas publié"):
        deadlines.propose_incident(cut_off, until_at=cut_off.closes_at + DAY, reason="Panne", by=UserFactory())


def test_a_proposal_changes_nothing_until_another_person_signs(call):
    before, proposer, signatory = timetable(call), UserFactory(), UserFactory()
    cut_off = call.timetable[0]
    incident = deadlines.propose_incident(cut_off, until_at=cut_off.closes_at + 2 * DAY, reason="Panne", by=proposer)
    assert timetable(call) == before
    with pytest.raises(Refused, match="une autre personne doit le signer"):
        deadlines.sign_incident(incident, by=proposer)

    signed = deadlines.sign_incident(incident, by=signatory)

    assert timetable(call) == [(closes_at + 2 * DAY, results_on + 2 * DAY) for closes_at, results_on in before]
    moves = MovedMilestone.objects.filter(incident=signed).order_by("closes_at")
    assert [(move.closed_at, move.results_were_expected_on) for move in moves] == before
    assert acts_of(call) == ["call.incident_proposed", "call.incident_signed"]
    assert list(invariants.broken()) == []


def test_an_incident_tells_each_holder_of_a_draft_once(call, mails):
    owner = MembershipFactory()
    editor = MembershipFactory(structure=owner.structure, role="editor")
    MembershipFactory(structure=owner.structure, role="reader")
    for _ in range(2):
        ApplicationFactory(call=call, training=TrainingFactory(structure=owner.structure), started_by=owner.user)
    ApplicationFactory(submitted=True, call=call)
    ApplicationFactory()
    incident = IncidentFactory(cut_off=call.timetable[0])

    deadlines.sign_incident(incident, by=UserFactory())

    told = mails(kind="incident_signed")
    assert sorted(mail.to_address for mail in told) == sorted([owner.user.email, editor.user.email])
    assert {mail.key for mail in told} == {f"incident_signed:{incident.pk}:{m.user_id}" for m in (owner, editor)}


def test_closings_a_week_apart_move_by_a_week_without_meeting(frozen_clock):
    call = CallFactory(cut_off_days=(7, 14, 21))
    before = timetable(call)
    first = call.timetable[0]
    incident = IncidentFactory(cut_off=first, until_at=first.closes_at + 7 * DAY)

    deadlines.sign_incident(incident, by=UserFactory())

    days = [[clock.day_of(closes_at) for closes_at, _ in rows] for rows in (before, timetable(call))]
    assert days[1] == [day + 7 * DAY for day in days[0]]


@pytest.mark.parametrize(
    ("closes", "until", "later", "expected"),
    [
        # 30 October 2016 and 26 March 2017 have 25 and 23 hours: midnight in Paris stays midnight
        (
            datetime(2016, 10, 28, 22),
            datetime(2016, 10, 29, 22),
            datetime(2016, 10, 30, 23),
            datetime(2016, 10, 31, 23),
        ),
        (
            datetime(2016, 10, 28, 22),
            datetime(2016, 10, 30, 23),
            datetime(2016, 12, 24, 23),
            datetime(2016, 12, 26, 23),
        ),
        (datetime(2017, 3, 24, 23), datetime(2017, 3, 25, 23), datetime(2017, 3, 26, 22), datetime(2017, 3, 27, 22)),
    ],
)
def test_later_milestones_keep_their_hour_across_the_change_of_hour(frozen_clock, closes, until, later, expected):
    frozen_clock.set(closes.replace(tzinfo=UTC) - 5 * DAY)
    call = CallFactory(bare=True)
    first = CutOffFactory(
        call=call, number=1, closes_at=closes.replace(tzinfo=UTC), results_expected_on=date(2017, 6, 1)
    )
    CutOffFactory(call=call, number=2, closes_at=later.replace(tzinfo=UTC), results_expected_on=None)
    incident = IncidentFactory(cut_off=first, until_at=until.replace(tzinfo=UTC))

    deadlines.sign_incident(incident, by=UserFactory())

    assert timetable(call)[1] == (expected.replace(tzinfo=UTC), None)
    assert {closes_at.astimezone(clock.PARIS).hour for closes_at, _ in timetable(call)} == {0}


def test_an_incident_signed_after_the_closing_opens_the_cut_off_again(call, frozen_clock):
    application = ApplicationFactory(complete=True, call=call)
    cut_off = call.timetable[0]
    frozen_clock.set(cut_off.closes_at + timedelta(hours=10))
    incident = deadlines.propose_incident(cut_off, until_at=cut_off.closes_at + DAY, reason="Panne", by=UserFactory())
    deadlines.sign_incident(incident, by=UserFactory())

    assert Application.objects.get(pk=application.pk).call.open_cut_off(frozen_clock.at) == cut_off


def test_one_proposal_at_a_time_for_a_cut_off(call):
    waiting = IncidentFactory(cut_off=call.timetable[0])
    values = {"until_at": waiting.until_at + DAY, "reason": "Panne", "by": UserFactory()}
    with pytest.raises(Refused, match="attend déjà d'être signé"):
        deadlines.propose_incident(waiting.cut_off, **values)

    deadlines.drop_incident(waiting, by=UserFactory())

    assert deadlines.propose_incident(waiting.cut_off, **values).state == "proposed"


@pytest.mark.parametrize("settle", [deadlines.sign_incident, deadlines.drop_incident])
@pytest.mark.parametrize("again", [deadlines.sign_incident, deadlines.drop_incident])
def test_a_settled_incident_is_settled(call, settle, again):
    incident = IncidentFactory(cut_off=call.timetable[0])
    settle(incident, by=UserFactory())
    with pytest.raises(Refused, match=r"déjà signé|abandonné"):
        again(incident, by=UserFactory())


def test_signing_is_refused_when_the_closing_moved_meanwhile_or_time_ran_out(call, frozen_clock):
    incident = IncidentFactory(cut_off=call.timetable[0])
    CutOff.objects.filter(pk=incident.cut_off_id).update(closes_at=incident.from_at + timedelta(hours=1))
    with pytest.raises(Refused, match="a changé depuis la proposition"):
        deadlines.sign_incident(Incident.objects.get(), by=UserFactory())
    frozen_clock.set(incident.until_at)
    with pytest.raises(Refused, match="déjà passée"):
        deadlines.sign_incident(Incident.objects.get(), by=UserFactory())


def test_a_published_cut_off_no_longer_moves(call):
    decided = ApplicationFactory(decided=True, call=call)
    with pytest.raises(Refused, match="sont publiées"):
        deadlines.propose_incident(
            decided.cut_off, until_at=decided.cut_off.closes_at + DAY, reason="Panne", by=UserFactory()
        )


def test_the_database_refuses_a_signature_of_the_proposer_and_an_end_before_its_beginning(call):
    incident = IncidentFactory(cut_off=call.timetable[0])
    same = {"signed_by": incident.proposed_by, "signed_at": clock.now()}
    for values in (same, {"until_at": incident.from_at}, {"signed_at": clock.now()}, {"reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(**values)


def test_a_timetable_out_of_order_breaks_an_invariant(call):
    first, second = call.timetable
    CutOff.objects.filter(pk=second.pk).update(closes_at=first.closes_at - DAY)
    sentence = f"Appel {call.slug} : le relevé n° 2 ne vient plus après le précédent."
    assert list(invariants.unordered_timetables()) == [sentence]
