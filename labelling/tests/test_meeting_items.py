"""One point of a meeting: examined, voted on, concluded; who leaves the room for it; the quorum of that very point."""

import pytest
from django.db import IntegrityError, transaction

from gen_portal.core.models import HiddenSubject, JournalEntry
from gen_portal.core.workflow import Refused
from labelling.models import AgendaItem, Outcome, Vote
from labelling.models.attendance import split_for
from labelling.models.meeting import Conclusion, ItemState, VoteChoice, conclusion_of
from labelling.models.partaking import dossiers_kept_from, people_kept_from
from labelling.tests.factories import AssignmentFactory, DisagreementFactory, RecusalFactory, ReviewFactory
from labelling.tests.factories_meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    VoteFactory,
    member,
    officer,
)
from labelling.transitions.agendas import build_agenda
from labelling.transitions.items import (
    cast_vote,
    leave_the_room,
    open_vote,
    put_back,
    put_live,
    send_to_second_reading,
    settle_by_consensus,
    settle_by_vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
REASONS = "Le projet répond à un besoin du bassin d'emploi."


def fresh(item):
    return AgendaItem.objects.get(pk=item.pk)


def peopled(item, count=2):
    """Members there for a point."""
    return [AttendanceFactory(meeting=item.meeting).person for _ in range(count)]


def test_a_point_is_examined_voted_and_concluded():
    item, by = AgendaItemFactory(), officer()
    first, second = peopled(item)
    put_live(item, by=by)
    open_vote(item, by=by)
    open_vote(item, by=by)
    cast_vote(item, choice=VoteChoice.REFUSED, by=first)
    cast_vote(item, choice=VoteChoice.LABELLED, by=first)
    cast_vote(item, choice=VoteChoice.ABSTENTION, by=second)

    settled = settle_by_vote(item, reasons=f" {REASONS} ", by=by, seen="labelled")

    assert (settled.state, settled.mode, settled.outcome, settled.reasons) == ("settled", "vote", "labelled", REASONS)
    assert (settled.present, settled.apart) == (sorted([first.pk, second.pk]), [])
    acts = list(JournalEntry.objects.about(item.application).values_list("action", flat=True))
    steps = ("examined", "vote_opened", "vote_cast", "vote_cast", "vote_cast", "concluded")
    assert acts[-6:] == [f"application.{step}" for step in steps]
    found = conclusion_of(item.application, item.meeting.cut_off)
    assert found == Conclusion(Outcome.LABELLED, REASONS, item.meeting)
    assert conclusion_of(item.application, MeetingFactory().cut_off) is None


def test_a_point_is_concluded_by_consensus():
    item = AgendaItemFactory(live=True)
    peopled(item)
    settled = settle_by_consensus(item, outcome=Outcome.DEFERRED, reasons=REASONS, by=officer())
    assert (settled.mode, settled.outcome) == ("consensus", "deferred")


def test_the_quorum_is_that_of_the_point():
    """Three are there for a quorum of three; one withdrew from this dossier and does not count."""
    item, by = AgendaItemFactory(live=True, meeting__quorum=3), officer()
    away, *others = peopled(item, 3)
    RecusalFactory(application=item.application, user=away)
    with pytest.raises(Refused, match="il manque 1 membre : 2 présents pour un quorum de 3"):
        settle_by_consensus(item, outcome=Outcome.REFUSED, reasons=REASONS, by=by)
    peopled(item, 1)
    settled = settle_by_consensus(item, outcome=Outcome.REFUSED, reasons=REASONS, by=by)
    assert (settled.apart, len(settled.present)) == ([away.pk], 3)


@pytest.mark.parametrize(
    ("given", "outcome"), [(("labelled", "refused"), "labelled"), (("abstention", "refused"), "refused")]
)
def test_the_chair_decides_between_two_halves(given, outcome):
    item = AgendaItemFactory(voting=True)
    VoteFactory(
        item=item, person=AttendanceFactory(meeting=item.meeting, person=item.meeting.chair).person, choice=given[0]
    )
    VoteFactory(item=item, choice=given[1])
    assert settle_by_vote(item, reasons=REASONS, by=officer()).outcome == outcome


def test_a_vote_without_majority_concludes_nothing():
    item, by = AgendaItemFactory(voting=True), officer()
    VoteFactory(item=item)
    VoteFactory(item=item, choice=VoteChoice.REFUSED)
    with pytest.raises(Refused, match="renvoyez le point en seconde lecture"):
        settle_by_vote(item, reasons=REASONS, by=by)


def test_who_withdraws_after_voting_has_no_vote_left():
    item, by = AgendaItemFactory(voting=True), officer()
    gone = VoteFactory(item=item, choice=VoteChoice.REFUSED).person
    VoteFactory(item=item), VoteFactory(item=item)
    RecusalFactory(application=item.application, user=gone)
    settled = settle_by_vote(item, reasons=REASONS, by=by)
    assert not settled.votes.of(gone).exists()
    assert settled.apart == [gone.pk]


def test_votes_that_cannot_be_are_refused():
    item, waiting = AgendaItemFactory(live=True), AgendaItemFactory()
    here, away = peopled(item)
    RecusalFactory(application=item.application, user=away)
    for choice, by, words in (
        ("labelled", here, "n'est pas ouvert"),
        ("peut-être", here, "Choisissez une issue"),
        ("labelled", away, "ne prenez pas part"),
        ("labelled", member(), "ne prenez pas part"),
    ):
        with pytest.raises(Refused, match=words):
            cast_vote(item, choice=choice, by=by)
    with pytest.raises(Refused, match="« à examiner »"):
        cast_vote(waiting, choice="labelled", by=here)
    assert Vote.objects.count() == 0
    vote = VoteFactory(item=item)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoteFactory(item=item, person=vote.person)


def test_what_cannot_be_put_live_is_refused():
    item, by = AgendaItemFactory(), officer()
    live = AgendaItemFactory(meeting=item.meeting, live=True)
    with pytest.raises(Refused, match="Un autre point"):
        put_live(item, by=by)
    put_back(live, by=by)
    with pytest.raises(Refused, match="conduisent la séance"):
        put_live(item, by=member())
    elsewhere = MeetingFactory(cut_off=item.meeting.cut_off, opened=True)
    again = AgendaItemFactory(meeting=elsewhere, application=item.application, live=True)
    peopled(again)
    settle_by_consensus(again, outcome=Outcome.REFUSED, reasons=REASONS, by=by)
    with pytest.raises(Refused, match="a déjà conclu sur ce dossier"):
        put_live(item, by=by)
    live.application.cut_off = live.application.call.cut_offs.get(number=2)
    live.application.save()
    with pytest.raises(Refused, match="n'est plus en évaluation dans ce relevé"):
        put_live(fresh(live), by=by)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reasons": " "}, "Écrivez les motifs"),
        ({"outcome": "autre"}, "Choisissez l'issue"),
        ({"outcome": "labelled"}, "arbitrez le désaccord"),
        ({"by": "member"}, "conduisent la séance"),
    ],
)
def test_conclusions_that_cannot_be_are_refused(change, words):
    item = AgendaItemFactory(live=True)
    peopled(item)
    DisagreementFactory(application=item.application)
    values = {"outcome": Outcome.REFUSED, "reasons": REASONS, "by": "officer"} | change
    values["by"] = member() if values["by"] == "member" else officer()
    with pytest.raises(Refused, match=words):
        settle_by_consensus(item, **values)
    assert fresh(item).state == ItemState.LIVE


def test_a_vote_and_a_consensus_do_not_mix():
    item, by = AgendaItemFactory(live=True), officer()
    peopled(item)
    with pytest.raises(Refused, match="n'est pas ouvert"):
        settle_by_vote(item, reasons=REASONS, by=by)
    open_vote(item, by=by)
    with pytest.raises(Refused, match="concluez par le vote"):
        settle_by_consensus(item, outcome=Outcome.REFUSED, reasons=REASONS, by=by)
    with pytest.raises(Refused, match="Le vote est ouvert"):
        put_back(item, by=by)
    VoteFactory(item=item)
    with pytest.raises(Refused, match="Une voix a changé l'issue"):
        settle_by_vote(item, reasons=REASONS, by=by, seen="refused")


def test_a_second_reading_comes_back_at_the_end():
    item, by = AgendaItemFactory(voting=True), officer()
    VoteFactory(item=item)
    last = AgendaItemFactory(meeting=item.meeting)
    with pytest.raises(Refused, match="Dites pourquoi"):
        send_to_second_reading(item, reasons=" ", by=by)
    send_to_second_reading(item, reasons="Les voix se partagent.", by=by)
    found = [(each.application, each.reading, each.state) for each in item.meeting.items.in_order()]
    assert found == [
        (item.application, 1, "second_reading"), (last.application, 1, "waiting"), (item.application, 2, "waiting"),
    ]  # fmt: skip
    assert fresh(item).votes.count() == 1


def test_a_second_reading_may_wait_for_the_next_meeting():
    item, by = AgendaItemFactory(live=True), officer()
    first = AgendaItemFactory(application__call=item.meeting.cut_off.call, meeting=item.meeting).application
    send_to_second_reading(item, reasons="Un budget est attendu.", by=by, is_later=True)
    item.meeting.items.waiting().delete()
    added = build_agenda(MeetingFactory(cut_off=item.meeting.cut_off), by=by)
    assert [(each.application, each.reading) for each in added] == [(first, 1), (item.application, 2)]


def test_a_member_leaves_the_room():
    item = AgendaItemFactory(voting=True)
    place = AssignmentFactory(application=item.application)
    ReviewFactory(assignment=place, submitted=True)
    person = AttendanceFactory(meeting=item.meeting, person=place.reviewer).person
    VoteFactory(item=item, person=person)
    with pytest.raises(Refused, match="pourquoi vous vous déportez"):
        leave_the_room(item, reason=" ", by=person)
    leave_the_room(item, reason="Un proche y travaille.", by=person)
    assert split_for(item) == ([], [person.pk])
    assert item.votes.count() == 0
    assert HiddenSubject.objects.keys(person, "applications.application").get()["subject_id"] == item.application_id
    assert not item.application.assignments.current().exists()
    assert list(AgendaItem.objects.visible_to(person)) == []


def test_nobody_withdraws_once_it_is_settled():
    item = AgendaItemFactory(live=True)
    person, _ = peopled(item)
    settle_by_consensus(item, outcome=Outcome.REFUSED, reasons=REASONS, by=officer())
    with pytest.raises(Refused, match="trop tard"):
        leave_the_room(item, reason="Un proche.", by=person)


def test_both_sides_of_the_rule_say_the_same():
    """A dossier that a person is kept from is one whose list of people kept from it has them."""
    item = AgendaItemFactory()
    waiting = AssignmentFactory(application=item.application).reviewer
    done = ReviewFactory(assignment__application=item.application, submitted=True).assignment.reviewer
    recused = RecusalFactory(application=item.application, user=member()).user
    owner = item.application.started_by
    kept = people_kept_from(item.application)
    for person, expected in ((waiting, True), (done, False), (recused, True), (owner, True), (member(), False)):
        assert dossiers_kept_from(person).filter(pk=item.application_id).exists() is expected
        assert (person.pk in kept) is expected
