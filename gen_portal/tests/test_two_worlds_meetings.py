"""A dossier that the committee examines, votes on and concludes changes nothing for who withdrew from it."""

import pytest
from django.urls import reverse

from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tests.walk import seen_by
from labelling.models import AgendaItem
from labelling.tests.factories import RecusalFactory, ReviewFactory
from labelling.tests.factories_meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    VoteFactory,
    member,
    officer,
)
from labelling.transitions.agendas import build_agenda, move_item
from labelling.transitions.items import open_vote, put_live, settle_by_vote
from labelling.transitions.meetings import close_meeting
from labelling.transitions.minutes import seal_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once", "frozen_clock"), pytest.mark.once]


@pytest.fixture
def secret():
    """A dossier under review, reviewed, in a cut-off whose committee sits with two other points."""
    review = ReviewFactory(submitted=True, mark=4)
    application = review.assignment.application
    meeting = MeetingFactory(cut_off=application.cut_off, opened=True)
    AgendaItemFactory(meeting=meeting), AgendaItemFactory(meeting=meeting)
    people = [AttendanceFactory(meeting=meeting).person for _ in range(2)]
    return application, meeting, people, officer()


def _pages(application, meeting):
    pk, reference = meeting.pk, application.reference
    of_meeting = ("meeting_page", "meeting_live", "minutes_pdf")
    of_point = ("item_settle", "item_send_back", "item_leave")
    return [
        reverse("desk"), reverse("journal_list"), reverse("meeting_list", args=[application.call.slug]),
        *(reverse(name, args=[pk]) for name in of_meeting), *(reverse(name, args=[pk, reference]) for name in of_point),
    ]  # fmt: skip


def _facts(application, meeting, people, by):
    """What happens to the dossier in the meeting, one look after each."""

    def point():
        return AgendaItem.objects.get(application=application)

    def it_is_put_first():
        build_agenda(meeting, by=by)
        move_item(point(), is_up=True, by=by)

    def it_is_voted_on():
        put_live(point(), by=by)
        open_vote(point(), by=by)
        for person in people:
            VoteFactory(item=point(), person=person)

    def it_is_settled():
        settle_by_vote(point(), reasons="Un besoin établi.", by=by)

    return it_is_put_first, it_is_voted_on, it_is_settled


@pytest.mark.parametrize("role", [Role.COMMITTEE_MEMBER, Role.OFFICER])
def test_a_point_does_not_exist_for_who_withdrew(role, secret, client_for):
    application, meeting, *_ = secret
    viewer = RecusalFactory(application=application, user=CapacityFactory(role=role).user).user
    AttendanceFactory(meeting=meeting, person=viewer)
    client, paths = client_for(viewer), _pages(application, meeting)
    seen_by(client, paths)
    before = seen_by(client, paths)
    assert "La séance se poursuit." in before[reverse("meeting_live", args=[meeting.pk])][3].decode()
    for fact in _facts(*secret):
        fact()
        after = seen_by(client, paths)
        assert [path for path in before if before[path] != after[path]] == [], fact.__name__


def test_this_walk_notices_a_point_that_is_not_hidden(secret, client_for):
    application, meeting, people, _ = secret
    client, path = client_for(people[0]), reverse("meeting_live", args=[meeting.pk])
    for fact in _facts(*secret):
        before = seen_by(client, [path, reverse("meeting_page", args=[meeting.pk])])
        fact()
        assert before != seen_by(client, [path, reverse("meeting_page", args=[meeting.pk])])


def test_who_withdrew_reads_an_extract_whether_or_not_it_was_examined(secret, client_for):
    application, meeting, people, by = secret
    viewer = RecusalFactory(application=application, user=member()).user
    AttendanceFactory(meeting=meeting, person=viewer)
    seal_minutes(close_meeting(meeting, by=by), by=by)
    path = reverse("minutes_pdf", args=[meeting.pk])
    assert 'filename="extrait-proces-verbal' in client_for(viewer).get(path).headers["Content-Disposition"]
    assert 'filename="proces-verbal' in client_for(people[0]).get(path).headers["Content-Disposition"]
    assert client_for(member()).get(path).status_code == 403
