"""Pieces of jobs: a run goes on where another stopped, and nothing is left once a job is over, however it ended."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from gen_portal.core import files, jobs, tasks, workflow
from gen_portal.core.models import BackgroundJob, JobState, StoredFile
from gen_portal.core.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ended(job):
    job.refresh_from_db()
    return job


def left():
    """Names of all that jobs have in the storage."""
    return sorted(path.name for path in (settings.FILES_ROOT / "taches").rglob("*") if path.is_file())


class Counting:
    """Keeps three pieces, then a result made of them; does `between` before each piece, and notes those it made itself."""

    def __init__(self, between=lambda number: None):
        self.between, self.made = between, []

    def __call__(self, job, progress):
        for number in range(3):
            name = f"morceau-{number}"
            if name not in progress.pieces:
                self.between(number)
                progress.pieces.keep(name, lambda out, number=number: out.write(str(number).encode()))
                self.made.append(number)
                progress.tell(number + 1, 3)
                progress.take_turns()
        return progress.pieces.store(self._join(progress), name="r.txt", content_type="text/plain", by=job.requested_by)

    def _join(self, progress):
        def write(out):
            for number in range(3):
                with progress.pieces.open(f"morceau-{number}") as piece:
                    out.write(piece.read())

        return write


def content_of(job):
    with job.result.content.open("rb") as content:
        return content.read()


def test_the_result_is_kept_whole_and_its_pieces_are_gone(job_of):
    job = job_of(Counting())
    jobs.run(job.pk)
    assert (ended(job).state, content_of(job), job.result.size_bytes, left()) == (JobState.DONE, b"012", 3, [])
    assert job.result.sha256 == files.store(b"012", name="r", content_type="text/plain", by=None).sha256


class Killed(BaseException):
    """What a worker that dies tells nobody."""


def test_a_run_takes_up_what_a_dead_one_made(job_of, frozen_clock):
    def die_at_two(number):
        if number == 2 and len(work.made) == 2:
            work.between = lambda number: None
            raise Killed

    work = Counting(die_at_two)
    job = job_of(work)
    with pytest.raises(Killed):
        jobs.run(job.pk)
    assert (ended(job).state, left()) == (JobState.RUNNING, ["morceau-0", "morceau-1"])
    frozen_clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
    jobs.run(job.pk)
    assert (ended(job).state, content_of(job), work.made, left()) == (JobState.DONE, b"012", [0, 1, 2], [])


def test_a_long_run_gives_its_turn_up_and_the_next_goes_on(job_of, monkeypatch):
    monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
    work = Counting()
    job = job_of(work)
    assert [jobs.run(job.pk) for _ in range(2)] == [True, True]
    assert (ended(job).state, job.done_count, work.made) == (JobState.QUEUED, 2, [0, 1])
    monkeypatch.setattr(jobs, "TURN_SECONDS", 60)
    assert jobs.run(job.pk) is False
    assert (ended(job).state, content_of(job), work.made) == (JobState.DONE, b"012", [0, 1, 2])


def test_a_job_that_gave_its_turn_up_is_enqueued_again(job_of, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
    monkeypatch.setattr(tasks.run_job, "delay", asked.append)
    job = job_of(Counting())
    tasks.run_job(job.pk)
    assert asked == [job.pk]
    monkeypatch.setattr(jobs, "TURN_SECONDS", 60)
    tasks.run_job(job.pk)
    assert (asked, ended(job).state) == ([job.pk], JobState.DONE)


def test_a_cancelled_run_stops_at_the_next_step_and_leaves_nothing(job_of):
    work = Counting(lambda number: number == 1 and jobs.request_cancel(job))
    job = job_of(work)
    before = StoredFile.objects.count()
    jobs.run(job.pk)
    assert (ended(job).state, work.made, left(), StoredFile.objects.count()) == (JobState.CANCELLED, [0, 1], [], before)


def test_a_job_cancelled_between_two_turns_leaves_nothing(job_of, monkeypatch):
    monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
    job = job_of(Counting())
    jobs.run(job.pk)
    assert left() == ["morceau-0"]
    jobs.request_cancel(job)
    assert (ended(job).state, left()) == (JobState.CANCELLED, [])


def test_a_failed_run_leaves_nothing(job_of):
    job = job_of(Counting(lambda number: 1 / (1 - number)))
    jobs.run(job.pk)
    assert (ended(job).state, left()) == (JobState.FAILED, [])


def test_a_result_that_fails_half_way_leaves_nothing(job_of):
    def fail(job, progress):
        def write(out):
            out.write(b"moitie")
            raise OSError

        return progress.pieces.store(write, name="r", content_type="text/plain", by=job.requested_by)

    files_before = set(settings.FILES_ROOT.rglob("*"))
    job = job_of(fail)
    jobs.run(job.pk)
    assert ended(job).state == JobState.FAILED
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} <= files_before


def test_a_run_that_was_replaced_removes_no_piece_and_leaves_no_result(job_of, frozen_clock):
    """The slow run comes to its end while another one is at work."""

    def slow(job, progress):
        progress.pieces.keep("morceau", lambda out: out.write(b"1"))
        frozen_clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
        jobs._take(job.pk)
        return progress.pieces.store(lambda out: out.write(b"trop tard"), name="r", content_type="text/plain", by=None)

    files_before = set(settings.FILES_ROOT.rglob("*"))
    job = job_of(slow)
    jobs.run(job.pk)
    assert (ended(job).state, left(), StoredFile.objects.count()) == (JobState.RUNNING, ["morceau"], 0)
    left_on_disk = {path.name for path in settings.FILES_ROOT.rglob("*") if path.is_file() and path not in files_before}
    assert left_on_disk == {"morceau"}


@pytest.fixture
def dead_job(job_of, frozen_clock):
    """Its worker died in the middle of a piece, and no other took it up."""

    def die(number):
        partial = settings.FILES_ROOT / "taches" / job.reference / "morceau-1.x.part"
        if number == 1:
            partial.write_bytes(b"mo")
            raise Killed

    job = job_of(Counting(die))
    with pytest.raises(Killed):
        jobs.run(job.pk)
    return job


def test_a_job_dead_for_good_is_failed_and_its_pieces_removed(dead_job, frozen_clock):
    frozen_clock.advance(hours=23)
    jobs.bury()
    assert (ended(dead_job).state, len(left())) == (JobState.RUNNING, 2)
    frozen_clock.advance(hours=2)
    jobs.bury()
    assert (ended(dead_job).state, dead_job.ended_at, left()) == (JobState.FAILED, frozen_clock.at, [])
    assert "n'a pas repris" in dead_job.message


def test_the_pieces_of_a_job_that_is_over_go_with_the_daily_round(dead_job, frozen_clock):
    """Killed between the last word and the clearing up."""
    BackgroundJob.objects.update(state=JobState.DONE, ended_at=frozen_clock.at, leased_until=None)
    workflow.seal_journal()
    tasks.sweep()
    assert len(left()) == 2  # the day is sealed: not twice a day
    frozen_clock.advance(days=1)
    tasks.sweep()
    assert left() == []


def test_a_cancellation_reaches_a_job_whatever_moves_meanwhile(job_of):
    """It is taken between two statements of the cancellation: the first one has left word."""
    job = job_of(Counting())
    taken = jobs._take(job.pk)
    jobs.request_cancel(job)
    with pytest.raises(jobs.Cancelled):
        jobs.Progress(taken).tell(0, 1)


def test_quick_steps_write_once_a_second(job_of, monkeypatch):
    clock, told = [0.0], []
    monkeypatch.setattr(jobs.time, "monotonic", lambda: clock[0])
    progress = jobs.Progress(jobs._take(job_of(Counting()).pk))
    for step in range(1, 7):
        clock[0] += 0.4
        progress.tell_at_times(step, 6)
        told.append(BackgroundJob.objects.get().done_count)
    assert told == [0, 0, 3, 3, 3, 6]


@pytest.mark.parametrize("state", JobState)
def test_only_what_failed_or_was_cancelled_is_asked_again(job_of, client_for, state, frozen_clock):
    job = job_of(Counting())
    is_over = state not in (JobState.QUEUED, JobState.RUNNING)
    BackgroundJob.objects.update(state=state, ended_at=frozen_clock.at if is_over else None, message="Non.")
    client, url = client_for(job.requested_by), reverse("job_restart", args=[job.reference])
    is_offered = url in client.get(reverse("job_page", args=[job.reference])).text
    answer = client.post(url)
    assert is_offered == (state in (JobState.FAILED, JobState.CANCELLED))
    again = BackgroundJob.objects.latest("pk")
    assert answer.url == reverse("job_page", args=[again.reference])
    assert (again != job, again.state) == (is_offered, JobState.QUEUED if is_offered else state)
    assert (again.kind, again.parameters, again.requested_by) == (job.kind, job.parameters, job.requested_by)


def test_nobody_else_asks_it_again(job_of, client_for):
    job = job_of(Counting())
    jobs.request_cancel(job)
    assert client_for(UserFactory()).post(reverse("job_restart", args=[job.reference])).status_code == 404
    assert BackgroundJob.objects.count() == 1


def test_the_antivirus_is_not_handed_what_nobody_could_send(settings):
    heavy = files.store(b"x", name="a.zip", content_type="application/zip", by=None)
    StoredFile.objects.update(size_bytes=settings.UPLOAD_MAX_BYTES + 1)
    light = files.store(b"x", name="a.pdf", content_type="application/pdf", by=None)
    assert list(StoredFile.objects.waiting()) == [light] != [heavy]


def test_a_lease_is_shorter_than_a_life():
    assert timedelta(seconds=jobs.TURN_SECONDS) < timedelta(seconds=tasks.JOB_SECONDS) < jobs.LIFE
