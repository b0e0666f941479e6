"""Real processes for a rehearsal of the follow-up: a worker and beats that a test kills, a broker that it stops."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import connection
from redis import Redis

from fabriques.models import FollowUpCampaign, FuseTrip
from fabriques.planning import owing_labels, planned_mails
from fabriques.schedule import quarters_to_open
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests import servers
from gen_portal.tests.doomed import DEATH, TICK

#: The portal's clock goes on by so much when everything stands still: a little more than the lease of one killed.
STEP = timedelta(minutes=3)
MAX_STEPS = 9  # half an hour after half past two, and the working hours of La Réunion are over in winter
STILL_SECONDS = 2.5
PATIENCE_SECONDS = 180


class Broker:
    """A Redis that can be stopped and started again on the same port."""

    def __init__(self):
        self.port, self._stack = servers.free_port(), ExitStack()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = [servers.program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._stack.enter_context(servers.running(command, self.port, cwd="/"))

    def stop(self):
        self._stack.close()

    def flush(self):
        with Redis(port=self.port) as client:
            client.flushall()


def environment(relay):
    """The variables of a process that shares this test's database, broker and relay."""
    database = connection.settings_dict
    return os.environ | {
        "DATABASE_URL": f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{relay.smtp_port}",
        "EMAIL_LOOKUP_URL": relay.lookup_url,
    }


def start_celery(env, app, *arguments):
    """A silent Celery process with a process group of its own, for `kill`."""
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", app, *arguments], cwd=settings.BASE_DIR, env=env,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def kill(process):
    """SIGKILL to a process and its children, whatever they are doing."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Troupe:
    """A worker and beats on the test's database, started again when they die, and the portal's clock."""

    def __init__(self, relay, broker, folder):
        self.relay, self.broker, self.diary, self.folder = relay, broker, folder / "diary", folder
        self.env = environment(relay) | {"REDIS_URL": broker.url, "GEN_DIARY": str(self.diary)}
        self.worker, self.beats = None, []
        self.diary.touch()

    # --- Processes --------------------------------------------------------------------------------------------------
    def _celery(self, *arguments, **variables):
        return start_celery(self.env | variables, "gen_portal.tests.doomed", *arguments)

    def start_worker(self, **variables):
        """A worker with two processes; `variables` say where it dies, if it does (gen_portal.tests.doomed)."""
        self.diary.write_text("")
        options = ("--concurrency=2", "--without-gossip", "--without-mingle")
        self.worker = self._celery("worker", *options, **variables)

    def start_beats(self, count):
        for number in range(len(self.beats), count):
            schedule = str(self.folder / f"beat-{number}")
            self.beats.append(self._celery("beat", "--pidfile", "", "--schedule", schedule))

    def kill_worker(self):
        kill(self.worker)

    def kill_beats(self, but=0):
        while len(self.beats) > but:
            kill(self.beats.pop())

    def keep_alive(self):
        """What a supervisor does: one that died is started again, and does not die again."""
        if self.worker.poll() is not None:
            is_struck = self.has_died
            self.start_worker()
            self.diary.write_text(DEATH if is_struck else "")
        self.beats = [beat for beat in self.beats if beat.poll() is None]
        self.start_beats(1)

    @property
    def has_died(self):
        return DEATH in self.diary.read_text()

    @property
    def tick_count(self):
        return self.diary.read_text().count(TICK)

    @contextmanager
    def web(self, **variables):
        """A web process on the test's database, at the port given, killed at the end if it still lives."""
        port = servers.free_port()
        self.diary.write_text("")
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "gen_portal.tests.doomed_web", "--bind", f"127.0.0.1:{port}",
             "--workers", "1", "--no-control-socket"],
            cwd=settings.BASE_DIR, env=self.env | variables,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            servers.wait_for_port(port, process)
            yield port
        finally:
            kill(process)

    # --- Time -------------------------------------------------------------------------------------------------------
    def settle(self, at):
        """Let everything be done that is due at an instant or soon after; the processes alone do it."""
        clock.freeze(at)
        begun, steps, still = time.monotonic(), 0, _Stillness(self)
        while not (still.has_ticked and _is_quiet(clock.now())):
            self.keep_alive()
            servers.pause()
            if still.lasts(STILL_SECONDS) and steps < MAX_STEPS:
                steps, still = steps + 1, _Stillness(self)
                clock.freeze(at + steps * STEP)
            if time.monotonic() - begun > PATIENCE_SECONDS:
                raise AssertionError(f"On {at}, after {steps} steps, this still waits: {_waiting(clock.now())}")

    def wait_until(self, is_so):
        """Let the processes work, at this instant of the portal, until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            self.keep_alive()
            servers.pause()
            if time.monotonic() > deadline:
                raise AssertionError(f"Never so: {_waiting(clock.now())}")

    def close(self):
        self.kill_beats()
        if self.worker is not None:
            self.kill_worker()


class _Stillness:
    """Since when a worker that lives and ticks hands nothing to the relay."""

    def __init__(self, company):
        self.company, self.ticks = company, company.tick_count
        self.state, self.since = None, time.monotonic()

    @property
    def has_ticked(self):
        """Of three ticks that ended since, in two processes, one at least also began since."""
        if self.company.tick_count < self.ticks:  # another worker writes a new diary
            self.ticks = 0
        return self.company.tick_count >= self.ticks + 3

    def lasts(self, seconds):
        state = (self.company.worker.pid, len(self.company.relay.messages), self.has_ticked)
        if state != self.state:
            self.state, self.since = state, time.monotonic()
        return self.has_ticked and time.monotonic() - self.since > seconds


def _is_quiet(now):
    """Nothing is left to do; the costly question comes last, since the relay answers in this very process."""
    return not waiting_mails(now).exists() and not any(_waiting(now).values())


def waiting_mails(now):
    """Due, leased, or refused and put off a little."""
    return OutgoingEmail.objects.waiting().filter(not_before_at__lte=now + timedelta(hours=1))


def _waiting(now):
    """What a run would still do now, or soon for what was refused, by kind."""
    soon = waiting_mails(now)
    latest = FollowUpCampaign.objects.latest_start()
    quarters = quarters_to_open(clock.day_of(now), latest)
    return {
        "the fuse": list(FuseTrip.objects.open().values_list("tripped_at", "mails")),
        "campaigns to open": [day for day in quarters if owing_labels(*clock.quarter_of(day))],
        "reminders to post": [mail.key for mail in planned_mails(now)],
        "mails due, leased or put off": list(soon.values_list("key", "not_before_at", "leased_until", "last_error")),
    }


@contextmanager
def troupe(relay, folder):
    """A troupe with its own broker; everything is stopped at the end, whatever it is doing."""
    broker = Broker()
    company = Troupe(relay, broker, folder)
    try:
        yield company
    finally:
        company.close()
        broker.stop()
