"""What one person sees of a meeting: its agenda numbered as if nothing were hidden, who is there, the live point.

Everything is made of the points that exist for that person: no number, no count, no word tells that others do
(docs/decisions/0092).
"""

from collections import Counter
from dataclasses import dataclass, field

from labelling.models import AgendaItem
from labelling.models.agenda import lacks_arbitration
from labelling.models.attendance import is_present, split_for
from labelling.models.board import board
from labelling.models.meeting import VoteChoice
from labelling.models.partaking import members_on
from labelling.opinions import Said
from labelling.transitions.items import outcome_of
from labelling.voting import quorum_words


@dataclass(frozen=True)
class Seat:
    """A person at the roll: there now, or when they were."""

    person: object
    stretches: list
    is_there: bool

    @property
    def has_attended(self):
        return bool(self.stretches)


@dataclass(frozen=True)
class LivePoint:
    """The point being examined, for one person who may hear it."""

    number: int
    item: AgendaItem
    row: tuple | None
    opinions: list
    regional: list
    quorum: str
    is_disputed: bool
    present_count: int
    own_choice: str = ""
    is_there: bool = False
    choices: list = field(default_factory=lambda: VoteChoice.choices)

    @property
    def vote_count(self):
        return len(self.item.votes.all())


def agenda_for(meeting, user):
    """(number, point) of the points that exist for a person, numbered without a hole."""
    return list(enumerate(meeting.items.visible_to(user).for_page(), start=1))


def roll_of(meeting, today):
    """Everybody who may sit today or has been there, by name, in two queries."""
    stretches, people = {}, {}
    for each in meeting.attendances.for_page():
        people[each.person_id] = each.person
        stretches.setdefault(each.person_id, []).append(each)
    if meeting.is_unfinished:
        people |= {person.pk: person for person in members_on(today)}
    seats = [
        Seat(person, stretches.get(pk, []), any(each.left_at is None for each in stretches.get(pk, ())))
        for pk, person in people.items()
    ]
    return sorted(seats, key=lambda seat: (seat.person.last_name, seat.person.first_name, seat.person.pk))


def live_point(meeting, user, today):
    """The live point of a meeting, None when there is none for this person."""
    found = next(((number, item) for number, item in agenda_for(meeting, user) if item.is_live), None)
    if found is None:
        return None
    number, item = found
    rows = board(meeting.cut_off.call).visible_to(user).filter(pk=item.application_id)
    ministries, regions = Said([item.application_id]).of(item.application_id)
    present, _ = split_for(item)
    votes = {vote.person_id: vote.choice for vote in item.votes.all()}
    return LivePoint(
        number, item, rows.rows(today).first(), ministries, regions, quorum_words(meeting.quorum, len(present)),
        lacks_arbitration(item), len(present), votes.get(user.pk, ""), is_present(meeting, user),
    )  # fmt: skip


def tally_of(item):
    """(label, count) of each choice made so far, and the choice they amount to (None without a majority)."""
    counts = Counter(vote.choice for vote in item.votes.all())
    rows, outcome = [(label, counts[value]) for value, label in VoteChoice.choices], outcome_of(item)
    return [row for row in rows if row[1]], VoteChoice(outcome) if outcome else None
