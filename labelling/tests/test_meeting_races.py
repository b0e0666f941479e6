"""Real threads on PostgreSQL: a point is settled once, counts the votes cast before that, and no two are live."""

import pytest

from gen_portal.tests.test_races import together
from labelling.models import AgendaItem
from labelling.models.meeting import ItemState
from labelling.tests.factories_meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    VoteFactory,
    officer,
)
from labelling.tests.test_decision_races import attempt
from labelling.transitions.items import cast_vote, put_live, settle_by_consensus, settle_by_vote

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
REASONS = "Un besoin établi."


def test_a_point_settled_by_several_is_settled_once():
    item, by = AgendaItemFactory(live=True), officer()
    for _ in range(2):
        AttendanceFactory(meeting=item.meeting)
    outcomes = ("labelled", "refused", "deferred", "conditional")

    found = together(
        4, lambda number: attempt(settle_by_consensus, item, outcome=outcomes[number], reasons=REASONS, by=by)
    )

    assert found.count("done") == 1
    assert AgendaItem.objects.get().outcome == outcomes[found.index("done")]


@pytest.mark.parametrize("run", range(3))
def test_a_vote_cast_as_the_point_is_settled_counts_or_is_refused(run):
    """Two voices for a label, and two against that come at the last moment: never an outcome that the votes deny."""
    item, by = AgendaItemFactory(voting=True, meeting__quorum=1), officer()
    VoteFactory(item=item)
    late = [AttendanceFactory(meeting=item.meeting).person for _ in range(2)]
    acts = [
        lambda: attempt(settle_by_vote, item, reasons=REASONS, by=by, seen="labelled"),
        *(lambda person=person: attempt(cast_vote, item, choice="refused", by=person) for person in late),
    ]

    settled, *cast = together(3, lambda number: acts[number]())

    found = AgendaItem.objects.get()
    choices = sorted(found.votes.values_list("choice", flat=True))
    assert len(choices) == 1 + cast.count("done")
    assert (settled == "done") == (found.state == ItemState.SETTLED)
    if found.state == ItemState.SETTLED:
        assert choices == ["labelled"]
        assert found.outcome == "labelled"


def test_two_points_put_live_at_once_are_not_both():
    meeting, by = MeetingFactory(opened=True), officer()
    items = [AgendaItemFactory(meeting=meeting) for _ in range(4)]

    found = together(4, lambda number: attempt(put_live, items[number], by=by))

    assert found.count("done") == 1
    assert AgendaItem.objects.live().count() == 1
