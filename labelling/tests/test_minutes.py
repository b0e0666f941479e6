"""Minutes: the same bytes whenever they are asked for, a seal that one changed vote breaks, an extract that tells nothing."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from gen_portal.core.workflow import Refused
from labelling import minutes
from labelling.invariants import broken
from labelling.models import AgendaItem, Attendance, Minutes, Vote
from labelling.models.disagreement import Disagreement
from labelling.tests.factories import DisagreementFactory, RecusalFactory
from labelling.tests.factories_meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    VoteFactory,
    member,
    officer,
)
from labelling.transitions.disagreements import arbitrate
from labelling.transitions.items import send_to_second_reading, settle_by_consensus, settle_by_vote
from labelling.transitions.meetings import adjourn_meeting, close_meeting, resume_meeting
from labelling.transitions.minutes import seal_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture
def by():
    return officer(last_name="Perrin", first_name="Nadia")


@pytest.fixture
def meeting(frozen_clock, by):
    """Closed: a point voted, one by consensus after an arbitration, one sent back, one left; somebody left the room."""
    meeting = MeetingFactory(opened=True)
    names = (("Hélène", "Vasseur"), ("Karim", "Diallo"), ("Odile", "Renard"))
    people = [
        AttendanceFactory(meeting=meeting, person=member(first_name=first, last_name=last)).person
        for first, last in names
    ]
    voted, agreed, back = (AgendaItemFactory(meeting=meeting) for _ in range(3))
    _bring_live(voted, frozen_clock, is_voting=True)
    RecusalFactory(application=voted.application, user=people[2])
    for person in people[:2]:
        VoteFactory(item=voted, person=person)
    settle_by_vote(AgendaItem.objects.get(pk=voted.pk), reasons="Un besoin local établi.", by=by)
    disagreement = DisagreementFactory(application=agreed.application)
    arbitrate(disagreement, arbitration="L'avis de la majorité est retenu.", by=by)
    _bring_live(agreed, frozen_clock)
    settle_by_consensus(agreed, outcome="conditional", reasons="Sous réserve d'une convention.", by=by)
    _bring_live(back, frozen_clock)
    send_to_second_reading(back, reasons="Un budget est attendu.", by=by)
    adjourn_meeting(meeting, by=by)
    frozen_clock.advance(hours=1)
    resume_meeting(meeting, by=by)
    frozen_clock.advance(minutes=5)
    return close_meeting(meeting, by=by)


def _bring_live(item, frozen_clock, *, is_voting=False):
    now = frozen_clock.at
    changes = {"state": "live", "opened_at": now, "vote_opened_at": now if is_voting else None}
    for name, value in changes.items():
        setattr(item, name, value)
    item.save()
    frozen_clock.advance(minutes=7)


@pytest.fixture
def sealed(meeting, by):
    return seal_minutes(meeting, by=by, lines=["Ligne de labels après le rang 12."])


def test_the_record_tells_the_whole_meeting(sealed):
    record = json.loads(sealed.record)
    items = record["facts"]["items"]
    assert [(i["number"], i["state"], i["mode"], i["outcome"], i["reading"]) for i in items] == [
        (1, "settled", "vote", "labelled", 1),
        (2, "settled", "consensus", "conditional", 1),
        (3, "second_reading", "", "", 1),
        (4, "adjourned", "", "", 2),
    ]
    names = {key: person["name"] for key, person in record["words"]["people"].items()}
    assert {names[key]: choice for key, choice in items[0]["votes"].items()} == {
        "Hélène Vasseur": "labelled", "Karim Diallo": "labelled"
    }  # fmt: skip
    assert [names[key] for key in items[0]["apart"]] == ["Odile Renard"]
    assert [names[each["by"]] for each in items[1]["disagreements"]] == ["Nadia Perrin"]
    assert len(record["facts"]["sittings"]) == 2
    assert record["lines"] == ["Ligne de labels après le rang 12."]


def test_the_same_bytes_whenever_they_are_asked_for(sealed, frozen_clock):
    paper = minutes.document(sealed)
    frozen_clock.advance(days=400)
    assert minutes.document(Minutes.objects.get()) == paper
    assert minutes.text_of(minutes.build(sealed.meeting, json.loads(sealed.record)["lines"])) == sealed.record
    assert minutes.seal_of(sealed.record) == sealed.sha256
    assert sealed.sha256 not in minutes.extract(sealed, set()).decode("latin-1")


def test_sealing_is_for_closed_meetings_once(sealed, by):
    with pytest.raises(Refused, match="déjà scellé"):
        seal_minutes(sealed.meeting, by=by)
    with pytest.raises(Refused, match="conduisent la séance"):
        seal_minutes(close_meeting(MeetingFactory(opened=True), by=by), by=member())
    with pytest.raises(Refused, match="l'état est maintenant « ouverte »"):
        seal_minutes(MeetingFactory(opened=True), by=by)


def _a_vote(meeting):
    Vote.objects.filter(person__last_name="Vasseur").update(choice="refused")


def _a_vote_less(meeting):
    Vote.objects.filter(person__last_name="Diallo").delete()


def _an_attendance(meeting):
    Attendance.objects.filter(person__last_name="Vasseur").update(left_at=meeting.closed_at + timedelta(days=1))


def _a_conclusion(meeting):
    meeting.items.filter(position=2).update(outcome="refused", reasons="Autre chose.")


def _an_arbitration(meeting):
    Disagreement.objects.update(arbitration="Le contraire.")


def _a_sitting(meeting):
    meeting.sittings.last().delete()


def _the_seal(meeting):
    Minutes.objects.update(record=meeting.minutes.record.replace("Vasseur", "Vassal"))


def _the_record_and_its_seal(meeting):
    text = meeting.minutes.record.replace("Vasseur", "Vassal")
    Minutes.objects.update(record=text, sha256=minutes.seal_of(text))


CHANGES = (
    (_a_vote, ", point 1 : la voix de Hélène Vasseur dit maintenant « refusée » au lieu de « labellisée »."),
    (_a_vote_less, ", point 1 : la voix de Karim Diallo dit maintenant « rien » au lieu de « labellisée »."),
    (_an_attendance, " : la présence de Hélène Vasseur n'est plus celle d'alors."),
    (_a_conclusion, ", point 2 : la conclusion dit maintenant « refusée » au lieu de « labellisée sous conditions »."),
    (_an_arbitration, ", point 2 : les arbitrages ne sont plus ceux d'alors."),
    (_a_sitting, " : « sittings » dit maintenant"),
    (_the_seal, " : le procès-verbal conservé ne répond plus à son empreinte."),
    (_the_record_and_its_seal, " : le journal ne connaît pas l'empreinte de ce procès-verbal."),
)


@pytest.mark.once  # PostgreSQL refuses these changes: see the test of its triggers
def test_what_is_changed_since_the_seal_is_named(sealed, capsys):
    call_command("check_minutes")
    assert capsys.readouterr().out == "Procès-verbaux conformes à leur sceau : 1.\n"
    for change, words in CHANGES:
        with transaction.atomic():
            change(sealed.meeting)
            with pytest.raises(SystemExit):
                call_command("check_minutes")
            said = capsys.readouterr().out
            assert f"Séance 1 du relevé n° 1{words}" in said
            assert said.splitlines()[0] in list(broken())
            transaction.set_rollback(True)


@pytest.mark.postgresql
def test_a_closed_meeting_refuses_changes(sealed, by):
    item = sealed.meeting.items.get(position=1)
    waiting = AgendaItemFactory(meeting=MeetingFactory(opened=True), live=True)
    tries = [
        lambda: _a_vote(sealed.meeting),
        lambda: _a_vote_less(sealed.meeting),
        lambda: _an_attendance(sealed.meeting),
        lambda: _a_conclusion(sealed.meeting),
        lambda: _a_sitting(sealed.meeting),
        lambda: _the_seal(sealed.meeting),
        lambda: type(sealed.meeting).objects.filter(pk=sealed.meeting_id).update(place="Ailleurs"),
        lambda: VoteFactory(item=item, person=by),
        lambda: AttendanceFactory(meeting=sealed.meeting, arrived_at=sealed.meeting.closed_at),
        lambda: AgendaItemFactory(meeting=sealed.meeting),
        lambda: AgendaItemFactory(meeting=close_meeting(MeetingFactory(opened=True), by=by), live=True),
        lambda: type(sealed.meeting).objects.filter(pk=waiting.meeting_id).update(
            state="closed", closed_at=sealed.sealed_at
        ),
    ]  # fmt: skip
    for attempt in tries:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_an_extract_is_the_same_with_or_without_what_it_hides(meeting, by, frozen_clock):
    """Two records that differ by one point give one extract to whoever must not hear of it."""
    sealed = seal_minutes(meeting, by=by, lines=["Ligne"])
    hidden = {meeting.items.get(position=2).application.reference}
    record = json.loads(sealed.record)
    record["facts"]["items"] = [item for item in record["facts"]["items"] if item["reference"] not in hidden]
    record["lines"] = ["Une autre ligne"]
    without = Minutes(meeting=meeting, record=minutes.text_of(record), sha256="0" * 64, sealed_at=sealed.sealed_at)
    assert minutes.extract(sealed, hidden) == minutes.extract(without, hidden)
    assert minutes.extract(sealed, set()) != minutes.extract(sealed, hidden)
