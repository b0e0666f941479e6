"""Workers killed while they pack an archive: others go on, nothing is packed twice, and the bytes are those of a calm run."""

import os
import random
import time
from contextlib import contextmanager

import pytest
from django.conf import settings

from applications.tests.factories import AttachmentFactory
from gen_portal.core import clock, jobs, tasks
from gen_portal.core.models import JobState, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.tests import servers
from gen_portal.tests.troupe import environment, kill, start_celery
from labelling.tasks import DOSSIERS_EXPORT
from labelling.tests.factories import ReviewFactory

pytestmark = [pytest.mark.chaos, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

DOSSIER_COUNT = 30
KILL_COUNT = 12 if os.environ.get("GEN_FULL") == "1" else 3
PATIENCE_SECONDS = 90


@pytest.fixture
def env(relay):
    """The variables of a worker that shares this test's database, broker and private files."""
    if not settings.REDIS_URL.startswith("redis://"):
        pytest.fail("Chaos needs a real Redis: give it by REDIS_URL (python -m gen_portal.tests.servers does).")
    return environment(relay)


@pytest.fixture
def at():
    """The portal's clock stands still, also for the workers."""
    now = clock.now()
    clock.freeze(now)
    return now


@pytest.fixture
def ask(at):
    """`ask()`: one more job for the archive of the same dossiers, asked at the same instant by the same officer."""
    first = ReviewFactory(submitted=True).assignment.application
    for _ in range(DOSSIER_COUNT - 1):
        review = ReviewFactory(assignment__application__call=first.call, submitted=True)
        AttachmentFactory(application=review.assignment.application)
    officer = CapacityFactory(role=Role.OFFICER).user
    return lambda: jobs.ask(
        DOSSIERS_EXPORT, by=officer, parameters={"slug": first.call.slug, "asked": {}, "sort": ""}
    )


@contextmanager
def worker(env):
    """A Celery worker, killed whole at the end, whatever it is doing."""
    process = start_celery(env, "gen_portal", "worker", "--concurrency=2", "--without-gossip", "--without-mingle")
    try:
        yield
    finally:
        kill(process)


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        servers.pause()
        assert time.monotonic() < deadline, "never so"


def packed(job):
    """The packed dossiers in the storage, and when each was."""
    folder = settings.FILES_ROOT / "taches" / job.reference
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("dossier-*.zip")}


def state_of(job):
    job.refresh_from_db()
    return job.state


def bytes_of(job):
    with job.result.content.open("rb") as content:
        return content.read()


def left():
    return [path for path in settings.FILES_ROOT.rglob("*") if path.is_file() and "taches" in path.parts]


def test_an_archive_survives_its_workers(env, at, ask):
    calm, stormy = ask(), ask()
    jobs.run(calm.pk)
    assert state_of(calm) == JobState.DONE
    before = {}
    for number in range(1, KILL_COUNT + 1):
        wanted = random.randint(len(before) + 1, number * (DOSSIER_COUNT - 2) // KILL_COUNT)
        with worker(env):
            tasks.run_job.delay(stormy.pk)
            wait_until(lambda wanted=wanted: len(packed(stormy)) >= wanted)
        after = packed(stormy)
        assert before.items() <= after.items()  # not one of them was packed anew
        assert state_of(stormy) == JobState.RUNNING
        before = after
        clock.freeze(at + 2 * number * jobs.LEASE)
    with worker(env):
        tasks.run_job.delay(stormy.pk)
        wait_until(lambda: state_of(stormy) == JobState.DONE and not left())
    assert (bytes_of(stormy) == bytes_of(calm), stormy.done_count) == (True, DOSSIER_COUNT)


def test_a_cancelled_archive_stops_in_the_worker(env, ask):
    job = ask()
    files_before = {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}
    with worker(env):
        tasks.run_job.delay(job.pk)
        wait_until(lambda: len(packed(job)) >= 2)
        jobs.request_cancel(job)
        asked_at = time.monotonic()
        wait_until(lambda: state_of(job) == JobState.CANCELLED)
        wait_until(lambda: not left())
        assert time.monotonic() - asked_at < 5
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == files_before
    assert job.done_count < DOSSIER_COUNT
