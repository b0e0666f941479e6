"""The follow-up played by real workers, beats, broker and relay, all of which fail: none lost, none twice, none wrong.

What must leave, and when, is told by the second opinion of `fabriques.tests.history`. GEN_FULL=1 plays 410 labels over
eight quarters; the usual run plays the first ten months.
"""

import os
import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import cycle

import pytest
from django.db.models import Count

from fabriques.models import FuseTrip, Reminder
from fabriques.planning import planned_mails
from fabriques.tests import history
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests import servers, sink
from gen_portal.tests.doomed import POINTS
from gen_portal.tests.troupe import STEP

pytestmark = [pytest.mark.thorough, pytest.mark.chaos, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

FULL = os.environ.get("GEN_FULL") == "1"
LABEL_COUNT, LAST_DAY = (410, history.LAST_DAY) if FULL else (24, date(2022, 2, 8))
#: Steps that leave a day late: everything was off from three in the morning of their day to the afternoon of the next.
LATE = {("2021-T1", "j-3"): "2021-04-28", ("2022-T3", "j+21"): "2022-11-22"}
#: Sundays on which an hour is lived twice or not at all.
NIGHTS = [date(2021, 10, 31), date(2022, 3, 27), date(2022, 10, 30)]
OPENING_POINTS = [point for point in POINTS if "campaign" in point]
OTHER_POINTS = [point for point in POINTS if "campaign" not in point]


def noon(day):
    return datetime.combine(day, history.NOON, clock.PARIS)


def night_before(day):
    """The eve at three in the morning, when nobody is at work from Pointe-à-Pitre to Saint-Denis."""
    return datetime.combine(day - clock.ONE_DAY, time(3), clock.PARIS)


# --- What goes wrong, once a day ------------------------------------------------------------------------------------
def dying(point, dies="worker"):
    """The worker dies at a point, and must have."""

    def died(company, day):
        company.kill_worker()
        company.start_worker(GEN_DIES_AT=point, GEN_DIES=dies)
        company.settle(noon(day))
        assert company.has_died, f"On {day} nobody died where {point}."

    died.__name__ = f"{dies}: {point}"
    return died


def flushed(company, day):
    """The broker forgets everything while the relay takes the mails slowly."""
    company.relay.seconds_per_message = 0.1
    clock.freeze(noon(day))
    count = len(company.relay.messages)
    company.relay.wait_for(count + 1, seconds=20)
    company.broker.flush()
    company.settle(noon(day))
    company.relay.seconds_per_message = 0


def without_broker(company, day):
    """The broker is away for a while; worker and beats wait for it."""
    company.broker.stop()
    clock.freeze(noon(day))
    before = company.tick_count
    for _ in range(20):
        servers.pause()
    assert company.tick_count <= before + 2  # two processes may have been at it
    company.broker.start()
    company.settle(noon(day))


def outage(company, day):
    """Nothing runs for 35 hours; what was due meanwhile leaves at the return, once."""
    company.kill_beats()
    company.kill_worker()
    clock.freeze(noon(day))
    company.start_worker()
    company.settle(noon(day))


def three_beats(company, day):
    company.start_beats(3)
    company.settle(noon(day))
    assert len(company.beats) == 3
    company.kill_beats(but=1)


def slow_relay(company, day):
    company.relay.seconds_per_message = 0.05 if FULL else 0.3
    company.settle(noon(day))
    company.relay.seconds_per_message = 0


def refusing(*answers):
    """The relay refuses, or cuts the line before or after taking a mail; three times at most, so that the day suffices."""

    def refused(company, day):
        company.relay.script += answers
        company.settle(noon(day))
        assert len(company.relay.script) < len(answers)
        company.relay.script.clear()

    refused.__name__ = " / ".join(answers)
    return refused


def filed_meanwhile(company, day):
    """The relay refuses everything; a structure files before it takes mails again: nobody reminds it any more."""
    company.relay.script += [sink.BUSY] * 2000
    clock.freeze(noon(day))
    company.wait_until(lambda: _all_refused(clock.now()))
    alone = Reminder.objects.values("email").annotate(count=Count("pk")).filter(count=1).values("email")
    asked = Reminder.objects.filter(email__in=alone, email__sent_at=None, email__cancelled_at=None).order_by("pk")
    report = asked[0].report
    quarter = history.code_of(report.campaign.starts_on)
    company.stories.file(report.label.title, quarter, day)
    history.file_by_owner(report)
    company.relay.script.clear()
    company.settle(noon(day) + STEP)
    assert {row.state for row in OutgoingEmail.objects.filter(reminders__report=report, created_at__gte=noon(day))} == {
        "cancelled"
    }


def _all_refused(now):
    """Whether every mail of the day is posted and was refused once."""
    waiting = OutgoingEmail.objects.waiting()
    return waiting.exists() and not waiting.filter(last_error="").exists() and not planned_mails(now)


OPENING_TROUBLES = [*map(dying, OPENING_POINTS), three_beats]
TROUBLES = [
    filed_meanwhile, *map(dying, OTHER_POINTS), flushed, without_broker, three_beats, slow_relay,
    refusing(sink.BUSY, sink.GREYLISTED, sink.BUSY), refusing(sink.CUT_AFTER, sink.CUT_BEFORE, sink.CUT_AFTER),
    dying("mails have started", "child"), dying("reminders are being posted", "child"),
]  # fmt: skip


# --- The days -------------------------------------------------------------------------------------------------------
def days_to_play():
    """The days on which a campaign opens or something leaves."""
    days = {day for town in history.TOWNS for day in history.step_days(town, LATE).values()} | opening_days()
    return sorted(day for day in days if day <= LAST_DAY)


def opening_days():
    return {last + clock.ONE_DAY for _, last in history.quarters().values()}


def play_night(company, sunday):
    """Nothing leaves while the hour changes; both sides of it are lived, half an hour at a time."""
    first = datetime.combine(sunday - clock.ONE_DAY, datetime.max.time(), clock.PARIS).replace(microsecond=0)
    count = len(company.relay.messages)
    for half_hour in range(8):
        company.settle(first.astimezone(clock.UTC) + half_hour * timedelta(minutes=30))
    assert len(company.relay.messages) == count


def play(company, stories):
    """Each day: what is learnt and filed, then one trouble while the processes do what is due; returns the troubles met."""
    troubles, met, after = _Troubles(stories), Counter(), date.min
    for day in days_to_play():
        for sunday in NIGHTS:
            if after < sunday < day:
                play_night(company, sunday)
        company.settle(max(clock.now() + timedelta(hours=1), night_before(day)))
        history.tell(stories, after, day)
        history.file_reports(stories, after, day)
        if (trouble := troubles.of(day)) is None:
            company.settle(noon(day))
        else:
            trouble(company, day)
            met[trouble.__name__] += 1
        after = day
    return met


class _Troubles:
    """Each kind in its turn, on days when mails leave; those of an opening on the first of a quarter."""

    def __init__(self, stories):
        self.days = {date.fromisoformat(line.split()[2]) for line in stories.mails}
        self.opening, self.other = cycle(OPENING_TROUBLES), cycle(TROUBLES)

    def of(self, day):
        if day in opening_days():
            return next(self.opening)
        if day.isoformat() in LATE.values():
            return outage
        return next(self.other) if day in self.days else None


# --- The proof ------------------------------------------------------------------------------------------------------
class Stories(list):
    """Stories with the mails that they must give, up to the last day played."""

    def __init__(self, seed, count):
        found, self.houses = history.generate(seed, count)
        super().__init__(found)
        self.foresee()

    def foresee(self):
        everything = history.expected_mails(self, self.houses, LATE)
        self.mails = [line for line in everything if date.fromisoformat(line.split()[2]) <= LAST_DAY]

    def file(self, name, quarter, day):
        """A report is filed sooner than it would have been."""
        next(story for story in self if story.name == name).filed_on[quarter] = day
        self.foresee()


def test_two_years_with_everything_failing(company, relay):
    seed = random.randrange(10**6)
    print(f"\ngraine {seed}", end="")
    stories = company.stories = Stories(seed, LABEL_COUNT)
    history.build(stories, stories.houses)
    company.start_worker()
    company.start_beats(1)

    met = play(company, stories)

    posted = OutgoingEmail.objects.filter(kind="follow_up_reminder")
    print(f"\n{LABEL_COUNT} labels, {len(relay.messages)} courriels, {sum(met.values())} incidents")
    assert history.seen_mails() == stories.mails
    assert relay.counts == {row.message_id: 1 for row in OutgoingEmail.objects.filter(sent_at__isnull=False)}
    assert {row.state for row in posted} == {"sent", "cancelled"}
    assert FuseTrip.objects.count() == 0
    assert set(met) == {trouble.__name__ for trouble in (*TROUBLES, *OPENING_TROUBLES, outage)}
