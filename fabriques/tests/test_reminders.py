"""The reminders: what is foreseen is what leaves, a run that passes its forecast stops itself, what is held is kept."""

import random
from datetime import date, datetime, timedelta

import pytest

from applications.models import MemberRole, Membership
from applications.tests.factories import MembershipFactory
from fabriques import planning
from fabriques.actions import follow_up, fuse, holds, reminder_steps, reminders
from fabriques.models import FrozenForecast, FuseTrip, JournalAction, ReminderHold, ReminderStep
from fabriques.schedule import EVERY_STEP
from fabriques.tests.factories import IN_FORCE, FollowUpReportFactory
from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role, User
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.workflow import Refused
from labelling.models import LabelEventKind
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


def at(day, hour=9, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.PARIS)


EVE, STEP_DAY = date(2026, 1, 14), date(2026, 1, 15)  # the step J-15 of a campaign due on 30 January 2026


def posted():
    """Key and instant of each reminder posted so far."""
    rows = OutgoingEmail.objects.filter(kind="follow_up_reminder").values_list("key", "created_at")
    return {key.removeprefix("follow-up:"): instant for key, instant in rows}


@pytest.fixture
def awaited(frozen_clock):
    """Two awaited reports of one structure with an owner, an editor and a reader; due on 30 January 2026."""
    first = FollowUpReportFactory()
    structure = first.label.training.structure
    FollowUpReportFactory(label=LabelFactory(decision__application__training__structure=structure, **IN_FORCE))
    MembershipFactory(structure=structure, role=MemberRole.EDITOR)
    MembershipFactory(structure=structure, role=MemberRole.READER)
    return first


@pytest.fixture
def structure(awaited):
    return awaited.label.training.structure


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER, from_on=date(2015, 1, 1)).user


# --- Forecast -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(3))
def test_what_is_foreseen_is_what_is_sent(frozen_clock, seed):
    """Structures in two territories, some held, some with nobody chosen or filed; a week of runs, every hour."""
    rng = random.Random(seed)
    _people_a_network(rng)
    start = at(
        rng.choice([date(2025, 12, 29), date(2026, 1, 13), date(2026, 2, 4), date(2026, 2, 18)]), rng.randint(0, 23)
    )
    foreseen = {mail.key: mail.leaves_at for mail in planning.forecast(start)}

    now = start
    while now <= start + timedelta(days=7):
        follow_up.run_follow_up(now)
        now += AN_HOUR

    assert posted() == foreseen
    assert FuseTrip.objects.count() == 0


def _people_a_network(rng):
    """Six structures; a campaign that is under way, or that opens while one watches (none exists on 29 December)."""
    for number in range(6):
        where = {"decision__application__training__structure__overseas": number % 2 == 1}
        label = LabelFactory(**IN_FORCE, **where)
        structure = label.training.structure
        for role in rng.sample(MemberRole.values, rng.randint(1, 3)):
            MembershipFactory(structure=structure, role=role)
        if number == 4:
            label.events.create(kind=LabelEventKind.SUSPENDED, effective_on=date(2025, 9, 1), known_at=clock.now())
        if number == 5:
            ReminderHold.objects.create(structure=structure, note="Fusion", held_at=clock.now(), held_by=UserFactory())


def test_the_coming_campaign_is_foreseen_before_it_exists(frozen_clock):
    LabelFactory(**IN_FORCE)

    mails = planning.forecast(at(date(2025, 12, 30)))

    assert [(mail.step, mail.leaves_at) for mail in mails] == [(ReminderStep.OPENING, at(date(2026, 1, 2), 8))]
    assert mails[0].recipient.why == "responsable de la structure"


def test_a_label_found_not_to_owe_is_reminded_no_more(awaited):
    awaited.label.events.create(
        kind=LabelEventKind.GIVEN_UP, effective_on=date(2025, 9, 30), known_at=at(date(2026, 1, 10))
    )

    mails = planning.forecast(at(EVE))

    assert {len(mail.reports) for mail in mails} == {1}


# --- Fuse ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def foreseen_twenty(frozen_clock):
    """A campaign under way with twenty people to write to, all of them foreseen the day before."""
    report = FollowUpReportFactory()
    structure = report.label.training.structure
    missing = 20 - Membership.objects.filter(structure=structure).count()
    MembershipFactory.create_batch(missing, structure=structure, role=MemberRole.EDITOR)
    reminders.post_due_reminders(at(EVE))
    return structure


@pytest.mark.parametrize(("newcomers", "sent"), [(0, 20), (1, 21), (2, 0)])
def test_five_percent_more_than_foreseen_stops_everything(foreseen_twenty, newcomers, sent):
    MembershipFactory.create_batch(newcomers, structure=foreseen_twenty)

    reminders.post_due_reminders(at(STEP_DAY))

    assert len(posted()) == sent
    assert FuseTrip.objects.count() == (0 if sent else 1)


def test_a_trickle_counts_over_the_day(foreseen_twenty):
    for hour in range(8, 17):
        MembershipFactory(structure=foreseen_twenty)
        reminders.post_due_reminders(at(STEP_DAY, hour))

    assert len(posted()) == 21
    assert FuseTrip.objects.get().foreseen_count == 20


def blow(structure):
    MembershipFactory.create_batch(2, structure=structure)
    reminders.post_due_reminders(at(STEP_DAY))
    return FuseTrip.objects.get()


def test_a_blown_fuse_is_told_and_kept(foreseen_twenty, officer, mails):
    trip = blow(foreseen_twenty)
    reminders.post_due_reminders(at(STEP_DAY, 10))

    assert (trip.foreseen_count, trip.planned_count, len(trip.mails)) == (20, 22, 2)
    told = [mail.to_address for mail in mails(kind="follow_up_fuse")]
    assert officer.email in told
    assert sorted(told) == sorted(
        User.objects.in_capacity(Role.OFFICER, today=STEP_DAY).values_list("email", flat=True)
    )
    assert JournalEntry.objects.about(trip).get().action == JournalAction.FUSE_BLOWN
    assert posted() == {}


def test_released_everything_leaves_once(foreseen_twenty, officer, frozen_clock):
    trip = blow(foreseen_twenty)
    frozen_clock.set(at(STEP_DAY, 11))
    fuse.release_fuse(trip, by=officer)

    counts = [reminders.post_due_reminders(at(STEP_DAY, hour)) for hour in (11, 12)]

    assert counts == [22, 0]
    assert len(posted()) == 22


def test_set_aside_the_foreseen_leave_and_the_others_never(foreseen_twenty, officer, frozen_clock):
    trip = blow(foreseen_twenty)
    frozen_clock.set(at(STEP_DAY, 11))
    fuse.set_aside_unforeseen(trip, by=officer)

    counts = [reminders.post_due_reminders(at(STEP_DAY, hour)) for hour in (11, 12)]

    assert counts == [20, 0]
    assert posted().keys().isdisjoint(mail["key"] for mail in trip.mails)


@pytest.mark.parametrize("act", [fuse.release_fuse, fuse.set_aside_unforeseen])
def test_a_fuse_is_settled_once(foreseen_twenty, officer, act):
    trip = blow(foreseen_twenty)
    fuse.set_aside_unforeseen(trip, by=officer)

    with pytest.raises(Refused):
        act(trip, by=officer)
    assert JournalEntry.objects.about(trip).count() == 2


def test_after_an_outage_of_26_hours_what_was_foreseen_leaves(foreseen_twenty):
    assert reminders.post_due_reminders(at(date(2026, 1, 16), 11)) == 20
    assert FrozenForecast.objects.count() == 2


# --- Holds --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["campaign", "structure"])
def test_held_nothing_is_lost_nor_doubled(awaited, structure, officer, frozen_clock, mailoutbox, what):
    reminders.post_due_reminders(at(EVE))
    frozen_clock.set(at(STEP_DAY))
    target = {"campaign": awaited.campaign} if what == "campaign" else {"structure": structure}
    hold = holds.hold_reminders(by=officer, note="On vérifie", **target)
    assert reminders.post_due_reminders(at(STEP_DAY)) == 0
    frozen_clock.set(at(STEP_DAY, 11))

    holds.release_hold(hold, by=officer)

    assert [reminders.post_due_reminders(at(STEP_DAY, hour)) for hour in (11, 12)] == [2, 0]
    assert delivery.deliver() == 2


def test_released_on_the_eve_the_step_leaves_on_its_day(awaited, officer, frozen_clock):
    frozen_clock.set(at(date(2026, 1, 12)))
    hold = holds.hold_reminders(by=officer, note="On vérifie", campaign=awaited.campaign)
    reminders.post_due_reminders(at(date(2026, 1, 12)))
    reminders.post_due_reminders(at(EVE))
    frozen_clock.set(at(EVE, 11))

    holds.release_hold(hold, by=officer)

    assert reminders.post_due_reminders(at(STEP_DAY)) == 2


def test_a_mail_already_posted_is_held_and_released(awaited, officer, frozen_clock, mailoutbox):
    reminders.post_due_reminders(at(STEP_DAY))
    frozen_clock.set(at(STEP_DAY))
    hold = holds.hold_reminders(by=officer, note="On vérifie", campaign=awaited.campaign)
    assert delivery.deliver() == 0
    frozen_clock.set(at(STEP_DAY, 19))

    holds.release_hold(hold, by=officer)

    assert delivery.deliver() == 0  # nobody is at work
    frozen_clock.set(at(date(2026, 1, 16), 8))
    assert delivery.deliver() == 2
    assert len(mailoutbox) == 2


def test_what_another_hold_covers_stays_held(awaited, structure, officer, frozen_clock, mailoutbox):
    reminders.post_due_reminders(at(STEP_DAY))
    frozen_clock.set(at(STEP_DAY))
    first = holds.hold_reminders(by=officer, note="Campagne", campaign=awaited.campaign)
    frozen_clock.advance(minutes=1)
    holds.hold_reminders(by=officer, note="Structure", structure=structure)

    holds.release_hold(first, by=officer)

    assert delivery.deliver() == 0
    assert OutgoingEmail.objects.held().count() == 2


def test_hold_refusals_change_nothing(awaited, officer, frozen_clock):
    hold = holds.hold_reminders(by=officer, note="Une fois", campaign=awaited.campaign)
    with pytest.raises(Refused):
        holds.hold_reminders(by=officer, note="Deux fois", campaign=awaited.campaign)
    holds.release_hold(hold, by=officer)
    with pytest.raises(Refused):
        holds.release_hold(hold, by=officer)
    acts = list(JournalEntry.objects.about(hold).values_list("action", flat=True))
    assert acts == [JournalAction.REMINDERS_HELD, JournalAction.REMINDERS_RELEASED]


# --- The condition asked again when sending -----------------------------------------------------------------------
def test_a_mail_late_in_the_evening_waits_for_the_morning(awaited, frozen_clock, mailoutbox):
    reminders.post_due_reminders(at(date(2026, 1, 16), 17, 59))
    frozen_clock.set(at(date(2026, 1, 16), 18))  # a Friday
    assert delivery.deliver() == 0

    frozen_clock.set(at(date(2026, 1, 19), 8))

    assert delivery.deliver() == 2


def test_a_step_that_another_replaced_leaves_no_more(awaited, frozen_clock, mailoutbox):
    reminders.post_due_reminders(at(STEP_DAY))
    frozen_clock.set(at(date(2026, 1, 27)))  # the relay was away for twelve days: J-3 has come

    assert delivery.deliver() == 0
    assert {email.state for email in OutgoingEmail.objects.filter(kind="follow_up_reminder")} == {"cancelled"}


# --- Steps and texts ----------------------------------------------------------------------------------------------
def plan(**changes):
    return {step: (True, days) for step, days in EVERY_STEP.items()} | changes


def test_a_step_moved_or_left_out_is_followed(awaited, officer, frozen_clock):
    frozen_clock.set(at(date(2026, 1, 12)))
    reminders.post_due_reminders(frozen_clock.at)
    changes = {ReminderStep.FIFTEEN_BEFORE: (True, -17), ReminderStep.THREE_BEFORE: (False, -3)}

    reminder_steps.set_steps(awaited.campaign, plan(**changes), by=officer)

    days = {mail.step: mail.leaves_on for mail in planning.planned_mails(at(EVE, 0), at(date(2026, 2, 28)))}
    assert days == {
        ReminderStep.FIFTEEN_BEFORE: EVE,  # still to come: its day was the thirteenth
        ReminderStep.SEVEN_AFTER: date(2026, 2, 6),
        ReminderStep.TWENTY_ONE_AFTER: date(2026, 2, 20),
    }
    assert reminders.post_due_reminders(at(date(2026, 1, 13))) == 2  # whoever moved it knew: the fuse holds
    assert JournalEntry.objects.about(awaited.campaign).get().action == JournalAction.STEPS_SET


@pytest.mark.parametrize(
    "changes",
    [
        {ReminderStep.FIFTEEN_BEFORE: (True, -2)},  # after J-3
        {ReminderStep.SEVEN_AFTER: (True, 45)},
        {ReminderStep.THIRTY_AFTER: (True, 20)},
        {ReminderStep.OPENING: (True, 3)},
    ],
)
def test_steps_out_of_bounds_or_order_are_refused(awaited, officer, changes):
    with pytest.raises(Refused):
        reminder_steps.set_steps(awaited.campaign, plan(**changes), by=officer)
    assert awaited.campaign.steps.count() == 0


def test_a_step_that_has_left_stays_as_it_was(awaited, officer):
    reminders.post_due_reminders(at(STEP_DAY))
    step = ReminderStep.FIFTEEN_BEFORE

    with pytest.raises(Refused):
        reminder_steps.set_steps(awaited.campaign, plan(**{step: (False, -15)}), by=officer)
    with pytest.raises(Refused):
        reminder_steps.set_text(awaited.campaign, step, subject_line="x", text="{{ releves }}", by=officer)


def test_staff_s_words_leave_with_the_names_in_place(awaited, officer, mails):
    words = {"subject_line": "Suivi de {{ structure }}", "text": "Bonjour {{prenom}},\n\n{{ releves }}"}
    reminder_steps.set_text(awaited.campaign, ReminderStep.FIFTEEN_BEFORE, by=officer, **words)

    reminders.post_due_reminders(at(STEP_DAY))

    email = mails(kind="follow_up_reminder")[0]
    assert email.subject_line == f"Suivi de {awaited.label.training.structure.name}"
    assert f"/suivi/{awaited.reference}/" in email.text_body


def test_a_wrong_placeholder_is_refused(awaited, officer):
    with pytest.raises(Refused, match="n'existe pas"):
        reminder_steps.set_text(
            awaited.campaign, ReminderStep.OPENING, subject_line="x", text="{{ releves }} {{ x }}", by=officer
        )


def test_the_next_campaign_follows_what_was_set(awaited, officer, frozen_clock):
    frozen_clock.set(at(date(2026, 1, 12)))
    reminder_steps.set_steps(awaited.campaign, plan(**{ReminderStep.THREE_BEFORE: (False, -3)}), by=officer)

    opened = follow_up.open_due_campaigns(at(date(2026, 4, 1)))

    assert ReminderStep.THREE_BEFORE not in planning.offsets_of(opened[0])
