"""A meeting from its plan to its closing: who runs it, who comes and goes, what each act refuses and records."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.tests.factories import ApplicationFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused
from labelling.models import AgendaItem, CommitteeMeeting
from labelling.models.meeting import ItemState, MeetingState
from labelling.tests.factories import AssignmentFactory, DisagreementFactory, RecusalFactory, ReviewFiguresFactory
from labelling.tests.factories_decisions import director, second_signatory
from labelling.tests.factories_meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    member,
    officer,
)
from labelling.transitions.agendas import add_item, build_agenda, carry_over, move_item, remove_item
from labelling.transitions.meetings import (
    adjourn_meeting,
    arrive,
    close_meeting,
    leave,
    open_meeting,
    plan_meeting,
    resume_meeting,
)

pytestmark = pytest.mark.django_db


def acts_on(subject):
    return list(JournalEntry.objects.about(subject).values_list("action", flat=True))


def agenda_of(meeting):
    return [item.application for item in meeting.items.in_order()]


def planned(cut_off, **changes):
    values = {
        "planned_at": clock.now() + timedelta(days=3), "place": "Salle 12", "chair": member(), "quorum": 3, "by": officer()
    }  # fmt: skip
    return plan_meeting(cut_off, **(values | changes))


@pytest.fixture
def cut_off(frozen_clock):
    return MeetingFactory().cut_off


def test_a_meeting_lives_from_its_plan_to_its_closing(cut_off, frozen_clock):
    by = director()
    meeting = planned(cut_off, by=by)
    assert (meeting.number, str(meeting)) == (2, f"séance 2 du {str(cut_off).lower()}")
    for act in (open_meeting, adjourn_meeting, resume_meeting, close_meeting):
        frozen_clock.advance(hours=1)
        meeting = act(meeting, by=by)
    assert (meeting.state, meeting.closed_at) == (MeetingState.CLOSED, frozen_clock.at)
    assert [(s.began_at.hour, s.ended_at.hour) for s in meeting.sittings.all()] == [(10, 11), (12, 13)]
    steps = ("planned", "opened", "adjourned", "resumed", "closed")
    assert acts_on(meeting) == [f"committeemeeting.{step}" for step in steps]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"planned_at": -1}, "instant à venir"),
        ({"place": "  "}, "où la séance se tient"),
        ({"quorum": 0}, "au moins un membre"),
        ({"chair": UserFactory}, "n'est pas membre du comité"),
        ({"secretary": UserFactory}, "n'est pas membre du comité"),
        ({"by": member}, "conduisent la séance"),
        ({"by": second_signatory}, "conduisent la séance"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(cut_off, change, words):
    values = {name: value() if callable(value) else value for name, value in change.items()}
    if values.get("planned_at") == -1:
        values["planned_at"] = clock.now()
    with pytest.raises(Refused, match=words):
        planned(cut_off, **values)
    assert CommitteeMeeting.objects.count() == 1


@pytest.mark.parametrize("tie", ["recusal", "structure", "review"])
def test_who_is_kept_from_one_dossier_of_the_call_runs_none_of_its_meetings(cut_off, tie):
    """Whether or not the dossier is on the agenda: an answer that depended on it would tell."""
    by = officer()
    application = ApplicationFactory(under_review=True, call=cut_off.call, cut_off=cut_off)
    if tie == "recusal":
        RecusalFactory(application=application, user=by)
    elif tie == "structure":
        MembershipFactory(user=by, structure=application.training.structure)
    else:
        AssignmentFactory(application=application, reviewer=by)
    with pytest.raises(Refused, match="que rien n'écarte"):
        planned(cut_off, by=by)


def test_acts_out_of_turn_or_by_others_are_refused(cut_off):
    meeting, by = cut_off.meetings.get(), officer()
    for act in (adjourn_meeting, resume_meeting, close_meeting):
        with pytest.raises(Refused, match="l'état est maintenant « prévue »"):
            act(meeting, by=by)
    with pytest.raises(Refused, match="conduisent la séance"):
        open_meeting(meeting, by=member())
    with pytest.raises(Refused, match="l'état est maintenant « prévue »"):
        arrive(meeting, person=member(), by=by)


def test_no_meeting_breaks_off_over_a_live_point(frozen_clock):
    item, by = AgendaItemFactory(live=True), officer()
    for act in (adjourn_meeting, close_meeting):
        with pytest.raises(Refused, match="Un point est en cours"):
            act(item.meeting, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItemFactory(meeting=item.meeting, live=True)


def test_members_come_and_go(frozen_clock):
    meeting, by, one, other = MeetingFactory(opened=True), officer(), member(), member()
    here = arrive(meeting, person=one, by=one)
    assert arrive(meeting, person=one, by=by).pk == here.pk
    arrive(meeting, person=other, by=by)
    frozen_clock.advance(minutes=10)
    assert leave(meeting, person=one, by=one).left_at == frozen_clock.at
    assert [each.person for each in meeting.attendances.present()] == [other]
    adjourn_meeting(meeting, by=by)
    assert not meeting.attendances.present().exists()
    assert acts_on(meeting)[:3] == [f"committeemeeting.member_{act}" for act in ("arrived", "arrived", "left")]


def test_attendance_that_cannot_be_is_refused(frozen_clock):
    meeting, one, other = MeetingFactory(opened=True), member(), member()
    with pytest.raises(Refused, match="n'est pas membre du comité"):
        arrive(meeting, person=UserFactory(), by=officer())
    with pytest.raises(Refused, match="conduisent la séance"):
        arrive(meeting, person=one, by=other)
    with pytest.raises(Refused, match="n'est pas en séance"):
        leave(meeting, person=one, by=one)
    AttendanceFactory(meeting=meeting, person=one)
    with pytest.raises(Refused, match="conduisent la séance"):
        leave(meeting, person=one, by=other)


def dossier(cut_off, mean=None, **fields):
    application = ApplicationFactory(under_review=True, call=cut_off.call, cut_off=cut_off, **fields)
    if mean:
        ReviewFiguresFactory(application=application, mean=mean)
    return application


def test_an_agenda_begins_with_open_disagreements_then_follows_the_ranks(cut_off):
    meeting, by = cut_off.meetings.get(), officer()
    unread, low, high, disputed = (dossier(cut_off, mean) for mean in (None, "2.000", "4.000", "1.000"))
    DisagreementFactory(application=disputed)
    other = cut_off.call.cut_offs.get(number=2)
    dossier(other, "5.000")
    ApplicationFactory(admissible=True, call=cut_off.call, cut_off=cut_off)

    build_agenda(meeting, by=by)

    assert agenda_of(meeting) == [disputed, high, low, unread]
    assert acts_on(high)[-1:] == ["application.put_on_agenda"]
    with pytest.raises(Refused, match="n'est à ajouter"):
        build_agenda(meeting, by=by)
    with pytest.raises(Refused, match="n'est à ajouter"):
        build_agenda(MeetingFactory(cut_off=cut_off), by=by)


def test_points_are_added_removed_and_moved(cut_off):
    meeting, by = cut_off.meetings.get(), officer()
    one, two = dossier(cut_off), dossier(cut_off)
    add_item(meeting, reference=one.reference, by=by)
    second = add_item(meeting, reference=two.reference, by=by)
    move_item(second, is_up=True, by=by)
    assert agenda_of(meeting) == [two, one]
    move_item(meeting.items.get(application=two), is_up=True, by=by)
    move_item(meeting.items.get(application=two), is_up=False, by=by)
    assert agenda_of(meeting) == [one, two]
    remove_item(meeting.items.get(application=one), by=by)
    assert agenda_of(meeting) == [two]
    assert acts_on(one)[-2:] == ["application.put_on_agenda", "application.taken_off_agenda"]


def test_an_agenda_refuses_what_it_cannot_hold(frozen_clock):
    item, by = AgendaItemFactory(live=True), officer()
    for reference in (item.application.reference, ApplicationFactory(under_review=True).reference):
        with pytest.raises(Refused, match="n'est pas à examiner"):
            add_item(item.meeting, reference=reference, by=by)
    with pytest.raises(Refused, match="en cours d'examen"):
        remove_item(item, by=by)
    waiting = AgendaItemFactory(meeting=item.meeting)
    for act in (remove_item, lambda item, by: move_item(item, is_up=True, by=by)):
        with pytest.raises(Refused, match="conduisent la séance"):
            act(waiting, by=member())


def test_what_an_adjourned_meeting_has_not_examined_is_carried_over(frozen_clock):
    meeting, by = MeetingFactory(opened=True), officer()
    to = MeetingFactory(cut_off=meeting.cut_off)
    items = [AgendaItemFactory(meeting=meeting, reading=reading) for reading in (1, 2)]
    with pytest.raises(Refused, match="Suspendez d'abord"):
        carry_over(meeting, to=to, by=by)
    adjourn_meeting(meeting, by=by)
    for wrong in (meeting, MeetingFactory(), MeetingFactory(cut_off=meeting.cut_off.call.cut_offs.get(number=2))):
        with pytest.raises(Refused, match="Choisissez une autre séance"):
            carry_over(meeting, to=wrong, by=by)

    carry_over(meeting, to=to, by=by)

    assert [(each.application, each.reading) for each in to.items.in_order()] == [
        (item.application, item.reading) for item in items
    ]
    assert set(meeting.items.values_list("state", flat=True)) == {ItemState.ADJOURNED}
    with pytest.raises(Refused, match="rien à reporter"):
        carry_over(meeting, to=to, by=by)


def test_what_a_closed_meeting_left_comes_back_on_the_next_agenda(frozen_clock):
    item, by = AgendaItemFactory(), officer()
    close_meeting(item.meeting, by=by)
    [again] = build_agenda(MeetingFactory(cut_off=item.meeting.cut_off), by=by)
    assert (again.application, again.reading) == (item.application, 1)
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.ADJOURNED
    with pytest.raises(Refused, match="La séance est close"):
        remove_item(AgendaItem.objects.get(pk=item.pk), by=by)
