"""Background jobs: told, cancelled, failed, and taken over from a worker that died."""

from datetime import timedelta

import pytest

from gen_portal.core import files, jobs
from gen_portal.core.models import BackgroundJob, JobState
from gen_portal.core.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ended(job):
    job.refresh_from_db()
    return job


def test_a_job_tells_its_progress_and_keeps_its_result(job_of, frozen_clock):
    def export(job, progress):
        progress.tell(job.parameters["rang"], 10)
        assert BackgroundJob.objects.get().done_count == 3
        return files.store(b"resultat", name="r.csv", content_type="text/csv", by=job.requested_by)

    job = job_of(export)
    assert (str(job), job.is_over) == ("Essai (en attente)", False)
    jobs.run(job.pk)
    assert (ended(job).state, job.ended_at, job.result.name) == (JobState.DONE, frozen_clock.at, "r.csv")


def test_a_finished_job_does_not_run_again(job_of):
    runs = []
    job = job_of(lambda job, progress: runs.append(job.pk))
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert runs == [job.pk]


def test_a_queued_job_is_cancelled_at_once(job_of):
    job = job_of(lambda job, progress: 1 / 0)
    jobs.request_cancel(job)
    jobs.run(job.pk)
    assert ended(job).state == JobState.CANCELLED


def test_a_running_job_stops_where_it_tells_its_progress(job_of):
    steps = []

    def long_work(job, progress):
        for step in range(10):
            steps.append(step)
            progress.tell(step, 10)
            jobs.request_cancel(job)

    job = job_of(long_work)
    jobs.run(job.pk)
    assert (ended(job).state, steps) == (JobState.CANCELLED, [0, 1])


@pytest.mark.parametrize("known", [True, False])
def test_a_failure_is_said_to_the_person(job_of, known):
    job = job_of(lambda job, progress: 1 / 0)
    if not known:
        jobs._kinds.clear()
    jobs.run(job.pk)
    assert ended(job).state == JobState.FAILED
    assert job.message == "La tâche a échoué. Relancez-la ; si cela se reproduit, prévenez l'équipe."


def test_a_dead_worker_is_replaced_after_its_lease(job_of, frozen_clock):
    runs = []
    job = job_of(lambda job, progress: runs.append(job.pk))
    assert jobs.abandoned_ids() == [job.pk]
    jobs._take(job.pk)  # this worker dies
    jobs.run(job.pk)
    assert (runs, jobs.abandoned_ids()) == ([], [])
    frozen_clock.set(frozen_clock.at + jobs.LEASE + timedelta(seconds=1))
    assert jobs.abandoned_ids() == [job.pk]
    jobs.run(job.pk)
    assert (runs, ended(job).state) == ([job.pk], JobState.DONE)


def test_a_run_that_outlived_its_lease_says_nothing_of_the_one_that_replaced_it(job_of, frozen_clock):
    """The slow run comes back after another worker has done the job, tells its progress, and fails."""
    runs, ends = [], []

    def slow_then_quick(job, progress):
        runs.append(job.pk)
        if len(runs) == 1:
            frozen_clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
            jobs.run(job.pk)
            ends.append(ended(job).state)
            raise ValueError("the slow run fails")

    job = job_of(slow_then_quick)
    jobs.run(job.pk)
    assert (len(runs), ends, ended(job).state, job.message) == (2, [JobState.DONE], JobState.DONE, "")


def test_a_replaced_run_stops_where_it_tells_its_progress(job_of, frozen_clock):
    told = []

    def slow(job, progress):
        if told:
            return
        frozen_clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
        taken = jobs._take(job.pk)
        told.append(taken.lease_token)
        progress.tell(1, 1)
        told.append("went on")

    job = job_of(slow)
    jobs.run(job.pk)
    assert (told, ended(job).state) == ([job.lease_token], JobState.RUNNING)


def test_telling_renews_the_lease(job_of, frozen_clock):
    def slow(job, progress):
        frozen_clock.set(frozen_clock.at + jobs.LEASE)
        progress.tell(1, 2)
        assert jobs.abandoned_ids() == []
        frozen_clock.set(frozen_clock.at + jobs.LEASE)
        assert jobs.abandoned_ids() == []

    job = job_of(slow)
    jobs.run(job.pk)
    assert ended(job).state == JobState.DONE


def test_only_the_person_who_asked_sees_it(job_of):
    job = job_of(lambda job, progress: None)
    assert list(BackgroundJob.objects.visible_to(job.requested_by)) == [job]
    assert list(BackgroundJob.objects.visible_to(UserFactory())) == []
