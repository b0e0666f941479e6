"""The committee of the demonstration: a meeting closed and sealed before the first decisions, another one planned."""

import random
from datetime import timedelta

from gen_portal.core import clock
from gen_portal.core.models import Capacity, HiddenSubject, Ministry, Role
from gen_portal.demo.people import SINCE, create_people
from labelling import minutes
from labelling.models import (
    AgendaItem,
    Attendance,
    CommitteeMeeting,
    Decision,
    JournalAction,
    Minutes,
    Recusal,
    Sitting,
    Vote,
)
from labelling.models.agenda import dossiers_to_examine
from labelling.models.meeting import ItemState, MeetingState, SettlingMode, VoteChoice

PLACE = "Salle Ada Lovelace, 1 place de l'Exemple, et en visioconférence"
WHY_APART = "Mon service finance une autre action de cette structure."


class CommitteeSits:
    """Adds two meetings to the call in progress; past acts go to the history before it is written."""

    def __init__(self, scenario, call):
        self.story, self.history, self.call = scenario, scenario.history, call
        self.officer, self.director = scenario.officer, scenario.director
        self.rng = random.Random("committee")
        self.first, self.second, _ = call.cut_offs.order_by("number")

    def load(self):
        self._gather()
        self._past()
        self._planned()
        self.story.say("Comité : une séance scellée, une séance prévue.")

    def _gather(self):
        """One member per ministry: the published one, and three colleagues."""
        self.members = [self.story.users["comite@ministere.example"]]
        for ministry in Ministry.objects.exclude(code="emploi").order_by("position"):
            [person] = create_people(self.rng, 1, domain=f"comite.{ministry.code}.ministere.example")
            Capacity.objects.create(user=person, role=Role.COMMITTEE_MEMBER, ministry=ministry, from_on=SINCE)
            self.members.append(person)

    # --- The meeting that is over ----------------------------------------------------------------------------------
    def _past(self):
        decisions = list(
            Decision.objects.of_cut_off(self.first).select_related("application").order_by("-outcome", "pk")
        )
        day = clock.day_of(min(each.prepared_at for each in decisions)) - timedelta(days=1)
        begins = clock.start_of(day) + timedelta(hours=9, minutes=30)
        resumed, ends = begins + timedelta(hours=4, minutes=30), begins + timedelta(hours=6)
        broke_off = begins + timedelta(hours=2, minutes=45)
        meeting = CommitteeMeeting.objects.create(
            cut_off=self.first, number=1, planned_at=begins, place=PLACE, chair=self.director, secretary=self.officer,
            quorum=4, state=MeetingState.CLOSED, opened_at=begins, closed_at=ends,
        )  # fmt: skip
        Sitting.objects.create(meeting=meeting, began_at=begins, ended_at=broke_off)
        Sitting.objects.create(meeting=meeting, began_at=resumed, ended_at=ends)
        self._attend(meeting, begins, broke_off)
        self._attend(meeting, resumed, ends)
        self._withdraw(decisions[1].application, begins - timedelta(hours=1))
        for position, decision in enumerate(decisions, start=1):
            morning, turn = position <= 8, position if position <= 8 else position - 8
            at = (begins if morning else resumed) + timedelta(minutes=18 * turn - 10)
            self._conclude(meeting, position, decision, at)
        self._record(meeting, begins, broke_off, resumed, ends)
        self._seal(meeting, ends + timedelta(hours=2))

    def _attend(self, meeting, begins, ends):
        people = [self.director, self.officer, *self.members]
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, person=person, arrived_at=begins + timedelta(minutes=late), left_at=ends)
            for person, late in zip(people, (0, 0, 1, 2, 0, 6), strict=True)
        )

    def _withdraw(self, application, at):
        person = self.members[1]
        Recusal.objects.create(application=application, user=person, reason=WHY_APART, recused_at=at)
        HiddenSubject.objects.hide(person, application, at=at)
        self.history.add(application, JournalAction.RECUSED, by=person, at=at, note=f"comité : {WHY_APART}")

    def _conclude(self, meeting, position, decision, at):
        application, ended = decision.application, at + timedelta(minutes=12)
        apart = [person for person in self.members if application.recusals.filter(user=person).exists()]
        present = [person for person in (self.director, self.officer, *self.members) if person not in apart]
        is_voted = position % 3 == 2
        item = AgendaItem.objects.create(
            meeting=meeting, application=application, position=position, state=ItemState.SETTLED,
            mode=SettlingMode.VOTE if is_voted else SettlingMode.CONSENSUS, outcome=decision.outcome,
            reasons=decision.reasons, present=sorted(person.pk for person in present),
            apart=[person.pk for person in apart], opened_at=at,
            vote_opened_at=at + timedelta(minutes=9) if is_voted else None, settled_at=ended,
        )  # fmt: skip
        if is_voted:
            choices = [decision.outcome] * (len(present) - 1) + [VoteChoice.ABSTENTION]
            Vote.objects.bulk_create(
                Vote(item=item, person=person, choice=choice, cast_at=at + timedelta(minutes=10))
                for person, choice in zip(present, choices, strict=True)
            )
        self.history.add(application, JournalAction.ITEM_OPENED, by=self.officer, at=at)
        note = f"{item.get_outcome_display()}, {item.get_mode_display()}"
        self.history.add(application, JournalAction.ITEM_SETTLED, by=self.officer, at=ended, note=note)

    def _record(self, meeting, begins, broke_off, resumed, ends):
        acts = (
            (JournalAction.MEETING_PLANNED, begins - timedelta(days=8)),
            (JournalAction.MEETING_OPENED, begins),
            (JournalAction.MEETING_ADJOURNED, broke_off),
            (JournalAction.MEETING_RESUMED, resumed),
            (JournalAction.MEETING_CLOSED, ends),
        )
        for action, at in acts:
            self.history.add(meeting, action, by=self.officer, at=at)

    def _seal(self, meeting, at):
        text = minutes.text_of(minutes.build(meeting))
        sealed = Minutes.objects.create(
            meeting=meeting, record=text, sha256=minutes.seal_of(text), sealed_at=at, sealed_by=self.director
        )
        self.history.add(meeting, JournalAction.MINUTES_SEALED, by=self.director, at=at, note=sealed.sha256)

    # --- The one to come -------------------------------------------------------------------------------------------
    def _planned(self):
        planned_at = clock.start_of(self.story.today + timedelta(days=4)) + timedelta(hours=9, minutes=30)
        at = clock.start_of(self.story.today) + timedelta(hours=7)
        meeting = CommitteeMeeting.objects.create(
            cut_off=self.second, number=1, planned_at=planned_at, place=PLACE, chair=self.director,
            secretary=self.officer, quorum=4,
        )  # fmt: skip
        dossiers = list(dossiers_to_examine(meeting, self.officer))
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=meeting, application=application, position=position)
            for position, application in enumerate(dossiers, start=1)
        )
        self.history.add(meeting, JournalAction.MEETING_PLANNED, by=self.officer, at=at)
        for application in dossiers:
            self.history.add(application, JournalAction.AGENDA_ADDED, by=self.officer, at=at)
