"""`lock`: a transition works on the row as it is, not as it was read."""

import pytest

from gen_portal.core import jobs
from gen_portal.core.models import BackgroundJob, JobState
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused, lock

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return jobs.ask("essai", by=UserFactory(), parameters={})


def test_lock_reads_the_row_again(job):
    BackgroundJob.objects.update(message="changé ailleurs")
    assert (job.message, lock(job).message) == ("", "changé ailleurs")


def test_lock_refuses_a_row_that_left_the_given_states(job):
    assert lock(job, JobState.QUEUED) == job
    jobs.request_cancel(job)
    with pytest.raises(Refused, match="l'état est maintenant « annulée »"):
        lock(job, JobState.QUEUED, JobState.RUNNING)


def test_lock_of_a_row_that_is_gone(job):
    BackgroundJob.objects.all().delete()
    with pytest.raises(BackgroundJob.DoesNotExist):
        lock(job)
