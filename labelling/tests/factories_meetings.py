"""Meetings in any state, with who is there, their agenda, and votes."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.models import AgendaItem, Attendance, CommitteeMeeting, Sitting, Vote
from labelling.models.meeting import ItemState, MeetingState, VoteChoice


def member(**user):
    """A member of the committee, today and since long ago."""
    return CapacityFactory(role=Role.COMMITTEE_MEMBER, **{f"user__{name}": value for name, value in user.items()}).user


def officer(**user):
    return CapacityFactory(role=Role.OFFICER, **{f"user__{name}": value for name, value in user.items()}).user


class MeetingFactory(DjangoModelFactory):
    """Planned for tomorrow on the first cut-off of a call, for a quorum of two. `opened=True`: open since an hour."""

    class Meta:
        model = CommitteeMeeting
        skip_postgeneration_save = True

    cut_off = factory.LazyFunction(lambda: CallFactory().cut_offs.order_by("number").first())
    number = factory.LazyAttribute(lambda meeting: meeting.cut_off.meetings.count() + 1)
    planned_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))
    place = "Salle Ada Lovelace, et en visioconférence"
    chair = factory.LazyFunction(member)
    quorum = 2

    class Params:
        opened = factory.Trait(
            state=MeetingState.OPEN, opened_at=factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
        )

    @factory.post_generation
    def sat(self, create, extracted, **kwargs):
        if self.opened_at:
            Sitting.objects.create(meeting=self, began_at=self.opened_at)


class AttendanceFactory(DjangoModelFactory):
    """Somebody of the committee, there since the meeting opened."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory, opened=True)
    person = factory.LazyFunction(member)
    arrived_at = factory.SelfAttribute("meeting.opened_at")


class AgendaItemFactory(DjangoModelFactory):
    """Waiting, behind the others. `live=True`: examined since five minutes; `voting=True`: the vote is open too."""

    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory, opened=True)
    application = factory.LazyAttribute(
        lambda item: ApplicationFactory(under_review=True, call=item.meeting.cut_off.call, cut_off=item.meeting.cut_off)
    )
    position = factory.LazyAttribute(lambda item: item.meeting.items.last_position() + 1)

    class Params:
        live = factory.Trait(
            state=ItemState.LIVE, opened_at=factory.LazyFunction(lambda: clock.now() - timedelta(minutes=5))
        )
        voting = factory.Trait(
            live=True, vote_opened_at=factory.LazyFunction(lambda: clock.now() - timedelta(minutes=1))
        )


class VoteFactory(DjangoModelFactory):
    """For a label, by somebody who is there."""

    class Meta:
        model = Vote

    item = factory.SubFactory(AgendaItemFactory, voting=True)
    person = factory.LazyAttribute(lambda vote: AttendanceFactory(meeting=vote.item.meeting).person)
    choice = VoteChoice.LABELLED
    cast_at = factory.LazyFunction(clock.now)
