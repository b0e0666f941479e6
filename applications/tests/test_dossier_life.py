"""Any life of dossiers keeps every promise: drawn acts of two editors, officers and the clock, beside a second telling of it.

After each act the database says what `life` expects and the invariants hold. 10,000 acts with GEN_FULL=1.
"""

import os
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from applications import invariants, ledger, transitions
from applications.actions import answers, deadlines, pieces, starting
from applications.models import Application
from applications.models.sections import SITES
from applications.models.versions import fingerprint, stored_value
from applications.tests.answers import ANSWERS
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    RequiredDocumentFactory,
    StructureFactory,
    TrainingFactory,
)
from applications.tests.life import ENDED, GRACE, MICROSECOND, WRITABLE, WRITTEN, Story, Timetable
from applications.tests.world import pdf
from gen_portal.core import clock
from gen_portal.core import invariants as core_invariants
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests import corpus
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
FULL = os.environ.get("GEN_FULL") == "1"
LIVES, ACTS = (260, 40) if FULL else (8, 40)
BEGINNING = datetime(2026, 11, 2, 9, tzinfo=clock.PARIS)  # no change of hour before the last closing
CUT_OFFS = st.sampled_from([0, 1])
WHO = st.integers(0, 3)
EDITOR = st.sampled_from([0, 1])
KEYS = st.sampled_from(["a", "b", "c"])
HOURS = st.sampled_from([1, 26, 24 * 40])
TEXTS = st.dictionaries(st.sampled_from(WRITTEN), st.sampled_from(["", "un", "deux", "trois"]), min_size=1)
counted = {"steps": 0, "filings": 0, "refusals": 0}


#: The arguments of each act by its name, and the names, each as often as its act should be drawn.
TURNS, NAMES = {}, []


def turn(weight=2, **strategies):
    """An act of the machine, drawn with these arguments, as often as its weight says."""

    def keep(method):
        TURNS[method.__name__] = st.fixed_dictionaries(strategies)
        NAMES.extend([method.__name__] * weight)
        return method

    return keep


def with_arguments(name):
    return st.tuples(st.just(name), TURNS[name])


class DossierLife(RuleBasedStateMachine):
    """One call, two structures, three trainings; each act says beforehand whether it must be accepted."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.set_clock(BEGINNING)
        self.call = CallFactory(grace_minutes=GRACE.seconds // 60)
        self.cut_offs = self.call.timetable
        self.document = RequiredDocumentFactory(call=self.call)
        self.timetable = Timetable(self.call.opens_at, [cut_off.closes_at for cut_off in self.cut_offs])
        structures = [StructureFactory() for _ in range(2)]
        self.owners = {row.pk: MembershipFactory(structure=row).user for row in structures}
        self.editors = {row.pk: [_editor_of(row), _editor_of(row)] for row in structures}
        self.trainings = [TrainingFactory(structure=structures[number]) for number in (0, 0, 1)]
        self.answers = {row.pk: _complete_answers(self.owners[row.pk], row) for row in structures}
        self.officer, self.signatory = UserFactory(), UserFactory()
        self.stories, self.eyes = [], {}

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def set_clock(self, at):
        self.at = at
        clock.freeze(at)

    def story(self, number):
        return self.stories[number % len(self.stories)]

    def act(self, is_allowed, what, *args, **values):
        """Do it, and see that it is accepted exactly when it must be; whether it was."""
        said = "accepted"
        try:
            self.given = what(*args, **values)
        except Refused as refusal:
            counted["refusals"] += 1
            said = f"refused: {refusal}"
        assert (said == "accepted") == is_allowed, f"{said}, at {self.at}"
        return is_allowed

    @initialize()
    def begin(self):
        self.start(0)

    # --- The structure ----------------------------------------------------------------------------------------------

    @turn(weight=1, number=st.integers(0, 2))
    def start(self, number):
        training = self.trainings[number]
        lives = [story for story in self.stories if story.application.training_id == training.pk and story.is_live]
        is_open = self.timetable.opens_at <= self.at < max(self.timetable.closings)
        owner = self.owners[training.structure_id]
        if self.act(is_open and not lives, starting.start_application, self.call, training, by=owner):
            self.stories.append(Story(self.given, training.structure))

    @turn(who=WHO)
    def fill(self, who):
        """Every answer but those written by two, with a place, by an editor who sees the dossier as it is."""
        story = self.story(who)
        editor, values = self.editors[story.structure.pk][0], self.answers[story.structure.pk]
        fresh = Application.objects.get(pk=story.application.pk)
        seen = {name: fingerprint(stored_value(fresh, name)) for name in values}
        if self.act(story.is_writable, answers.save_answers, story.application, values, seen=seen, by=editor):
            story.is_filled = True

    def make_ready(self, who):
        """All that a filing asks, in one go."""
        self.fill(who)
        self.look(who, 0)
        self.write(who, 0, {"pedagogy": "un"})
        self.attach(who, 0, True)

    @turn(who=WHO, editor=EDITOR)
    def look(self, who, editor):
        story = self.story(who)
        self.eyes[story.application.pk, editor] = {name: story.written[name][-1] for name in WRITTEN}

    @turn(who=WHO, editor=EDITOR, values=TEXTS)
    def write(self, who, editor, values):
        """On what this editor last saw; what somebody else wrote meanwhile waits for a choice, the rest is kept."""
        story = self.story(who)
        eyes = self.eyes.setdefault((story.application.pk, editor), dict.fromkeys(WRITTEN, ""))
        present = {name: story.written[name][-1] for name in WRITTEN}
        wanted = {name: text for name, text in values.items() if text not in (eyes[name], present[name])}
        kept = {name: text for name, text in wanted.items() if present[name] == eyes[name]}
        seen, by = {name: fingerprint(eyes[name]) for name in values}, self.editors[story.structure.pk][editor]
        if self.act(story.is_writable, answers.save_answers, story.application, values, seen=seen, by=by):
            assert set(self.given.names) == set(kept)
            assert {conflict.name for conflict in self.given.conflicts} == set(wanted) - set(kept)
            for name, text in kept.items():
                story.written[name].append(text)
                eyes[name] = text

    @turn(who=WHO, content=st.integers(0, 2), is_asked=st.booleans())
    def attach(self, who, content, is_asked):
        story = self.story(who)
        upload = pdf(f"piece-{content}.pdf", corpus.a_pdf(content + 1))
        document, editor = self.document if is_asked else None, self.editors[story.structure.pk][1]
        joined = story.slot if is_asked else story.beside
        is_allowed = story.is_writable and content not in joined
        if self.act(is_allowed, pieces.attach_file, story.application, upload=upload, document=document, by=editor):
            if is_asked:
                joined.clear()
            joined[content] = self.given.pk

    @turn(weight=1, who=WHO)
    def take_out(self, who):
        story = self.story(who)
        if not story.slot:
            return
        attachment = story.application.attachments.current().get(document=self.document)
        if self.act(story.is_writable, pieces.remove_file, attachment, by=self.owners[story.structure.pk]):
            story.slot.clear()

    @turn(who=WHO)
    def open_the_page_of_filing(self, who):
        story = self.story(who)
        ledger.opened(story.application, by=self.owners[story.structure.pk])
        story.tried.append(self.at)

    @turn(
        weight=12,
        who=WHO,
        is_ready=st.sampled_from([True, True, False]),
        key=KEYS,
        is_signed=st.sampled_from([True, True, False]),
        times=st.integers(1, 3),
    )
    def submit(self, who, is_ready, key, is_signed, times):
        """Once, or again and again: the same number each time."""
        if is_ready:
            self.make_ready(who)
        story = self.story(who)
        for _ in range(times):
            self.submit_once(story, key, is_signed)

    def submit_once(self, story, key, is_signed):
        made = self.made_before(story, key)
        term = self.term(story)
        is_new = made is None and story.is_writable and term is not None and story.is_complete
        by = self.owners[story.structure.pk]
        is_allowed = made is not None or (is_new and (is_signed or story.said in story.signed))
        was_accepted = self.act(is_allowed, transitions.submit, story.application, by=by, key=key, signs=is_signed)
        story.tried.append(self.at)
        if was_accepted and made is not None:
            assert self.given.number == made
        elif was_accepted:
            self.keep(story, key, term)

    def made_before(self, story, key):
        """The number a second click must show, None for a filing that would be new."""
        if key in story.filings:
            return story.filings[key]
        is_out_of_hand = story.filings and story.state not in (*WRITABLE, "withdrawn")
        return list(story.filings.values())[-1] if is_out_of_hand else None

    def term(self, story):
        if story.state == "returned":
            return (story.cut_off, "completion") if self.at < story.due_until else None
        return self.timetable.entry(story.structure, story.tried, self.at)

    def keep(self, story, key, term):
        counted["filings"] += 1
        number, basis = term
        assert (self.given.cut_off_id, self.given.basis) == (self.cut_offs[number].pk, basis)
        assert self.given.filed_at == self.at
        story.filings[key], story.seals[self.given.number] = self.given.number, self.given.sha256
        story.state, story.cut_off = "submitted", number
        story.signed.add(story.said)

    @turn(weight=1, who=WHO)
    def withdraw(self, who):
        story = self.story(who)
        is_filed = story.state not in (*ENDED, "draft")
        is_allowed = story.state == "draft" or (
            is_filed and self.at < self.timetable.end(story.structure, story.cut_off)
        )
        by = self.owners[story.structure.pk]
        if self.act(is_allowed, transitions.withdraw, story.application, by=by):
            story.state = "withdrawn"

    @turn(weight=3, who=WHO)
    def reopen(self, who):
        story = self.story(who)
        training = story.application.training_id
        lives = [other for other in self.stories if other.application.training_id == training and other.is_live]
        may_enter = self.timetable.entry(story.structure, story.tried, self.at) is not None
        is_allowed = story.state == "withdrawn" and may_enter and not story.was_judged and not lives
        by = self.owners[story.structure.pk]
        if self.act(is_allowed, transitions.reopen, story.application, by=by):
            story.state, story.cut_off = "draft", None

    # --- The officers and the clock ---------------------------------------------------------------------------------

    @turn(weight=3, who=WHO, days=st.integers(-1, 5))
    def ask_for_a_completion(self, who, days):
        story, due_on = self.story(who), clock.day_of(self.at) + timedelta(days=days)
        asked = {"request": "Le budget, signé.", "due_on": due_on, "by": self.officer}
        is_allowed = story.state == "submitted" and days >= 0
        if self.act(is_allowed, transitions.return_for_completion, story.application, **asked):
            story.state, story.due_until = "returned", clock.start_of(due_on + timedelta(days=1))

    @turn(who=WHO, is_admissible=st.sampled_from([True, True, False]))
    def judge(self, who, is_admissible):
        story = self.story(who)
        declare = transitions.declare_admissible if is_admissible else transitions.declare_inadmissible
        words = {} if is_admissible else {"reason": "La formation est payante."}
        if self.act(story.state == "submitted", declare, story.application, by=self.officer, **words):
            story.state = "admissible" if is_admissible else "inadmissible"

    @turn(who=WHO)
    def begin_the_review(self, who):
        story = self.story(who)
        if self.act(story.state == "admissible", transitions.start_review, story.application, by=self.officer):
            story.state, story.was_judged = "under_review", True

    @turn(who=WHO, number=CUT_OFFS, hours=HOURS)
    def extend(self, who, number, hours):
        """More time for one structure."""
        structure = self.story(who).structure
        until_at = self.timetable.end(structure, number) + timedelta(hours=hours)
        given = {"until_at": until_at, "reason": "Panne de réseau", "by": self.officer}
        if self.act(until_at > self.at, deadlines.grant_extension, self.cut_offs[number], structure, **given):
            self.timetable.extend(structure, number, until_at)

    @turn(number=CUT_OFFS, hours=st.sampled_from([2, 48]))
    def report_an_incident(self, number, hours):
        """More time for everybody, proposed by one person and signed by another."""
        longer = timedelta(hours=hours)
        until_at = self.timetable.closings[number] + longer

        def sign():
            cut_off = self.call.cut_offs.get(pk=self.cut_offs[number].pk)
            incident = deadlines.propose_incident(cut_off, until_at=until_at, reason="Panne", by=self.officer)
            return deadlines.sign_incident(incident, by=self.signatory)

        if self.act(until_at > self.at, sign):
            self.timetable.shift(number, longer)

    @turn(minutes=st.sampled_from([1, 50, 24 * 60]))
    def wait(self, minutes):
        self.set_clock(self.at + timedelta(minutes=minutes))

    @turn(weight=3, number=st.integers(0, 5))
    def wait_for_an_edge(self, number):
        """One microsecond before, at, or after the next instants at which a term ends."""
        dues = [story.due_until for story in self.stories if story.due_until]
        before = [due - MICROSECOND for due in dues]
        coming = sorted(edge for edge in [*self.timetable.edges(), *dues, *before] if edge > self.at)
        if coming:
            self.set_clock(coming[number % min(len(coming), 6)])

    @rule(drawn=st.sampled_from(NAMES).flatmap(with_arguments))
    def take(self, drawn):
        """One of them all: rules of their own would be switched off at random, and few lives would reach a filing."""
        name, values = drawn
        getattr(self, name)(**values)

    # --- After every act --------------------------------------------------------------------------------------------

    @invariant()
    def the_database_tells_the_same_stories(self):
        counted["steps"] += 1
        assert [fault for story in self.stories for fault in story.faults()] == []
        filings = sum(len(story.seals) for story in self.stories)
        assert OutgoingEmail.objects.filter(kind="application_submitted").count() == filings

    @invariant()
    def what_must_hold_holds(self):
        assert [*invariants.broken(), *core_invariants.broken_chains()] == []


def _editor_of(structure):
    return MembershipFactory(structure=structure, role="editor").user


def _complete_answers(owner, structure):
    """Every answer of a complete dossier but those that two people write: those of a dossier in another call."""
    training, starts_on = TrainingFactory(structure=structure), BEGINNING.date() + timedelta(days=300)
    model = ApplicationFactory(complete=True, training=training, started_by=owner, first_start_on=starts_on)
    names = {*ANSWERS, "first_start_on", "planned_sessions", "expenses", "resources"} - {*WRITTEN, "total_budget_euros"}
    return {name: getattr(model, name) for name in sorted(names)} | {SITES: list(model.sites.all())}


def test_any_life_of_dossiers_keeps_every_promise():
    run_state_machine_as_test(
        DossierLife,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=ACTS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
    print(f"{counted['steps']} steps, {counted['filings']} filings, {counted['refusals']} refusals")
    assert min(counted.values()) > LIVES // 3  # it filed, and was refused
