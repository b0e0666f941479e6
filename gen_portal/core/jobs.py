"""Background jobs: a kind is registered by the floor that owns it; a page follows the row; a dead worker is replaced."""

import logging
import secrets
from datetime import timedelta

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.models import BackgroundJob, JobState
from gen_portal.core.models.jobs import KIND_LABELS

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
_kinds = {}


class Cancelled(Exception):
    """Raised out of `Progress.tell` when the person who asked for the job changed their mind."""


class Progress:
    """What a job's function receives: it tells how far it is, which also renews its lease."""

    def __init__(self, job):
        self.job = job

    def tell(self, done_count, total_count):
        """Store the progress; raises Cancelled if that was asked for, or if another worker took the job over."""
        held = BackgroundJob.objects.held_by(self.job).filter(is_cancel_requested=False)
        if not held.update(done_count=done_count, total_count=total_count, leased_until=clock.now() + LEASE):
            raise Cancelled


def register(kind, function, *, label):
    """Name a kind of job: `function(job, progress) -> StoredFile or None`; running it twice equals running it once.

    `label` is what its page is called in French.
    """
    _kinds[kind] = function
    KIND_LABELS[kind] = label


@transaction.atomic
def ask(kind, *, by, parameters):
    """Create the job; the view that calls this enqueues it, and the sweep does if the broker is away."""
    return BackgroundJob.objects.create(kind=kind, requested_by=by, requested_at=clock.now(), parameters=parameters)


def abandoned_ids():
    return list(BackgroundJob.objects.abandoned(clock.now()).values_list("pk", flat=True))


def request_cancel(job):
    """Ask a job to stop; one still waiting stops at once."""
    now = clock.now()
    BackgroundJob.objects.filter(pk=job.pk, state=JobState.RUNNING).update(is_cancel_requested=True)
    BackgroundJob.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=now)


def run(job_id):
    """Take the job if it is free, do it, store how it ended."""
    job = _take(job_id)
    if job is None:
        return
    try:
        result = _kinds[job.kind](job, Progress(job))
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except Exception:  # the page must say that it failed, whatever failed; the log keeps the trace
        logger.exception("job %s failed", job.pk)
        _end(job, JobState.FAILED, message="La tâche a échoué. Relancez-la ; si cela se reproduit, prévenez l'équipe.")
    else:
        _end(job, JobState.DONE, result=result)


@transaction.atomic
def _take(job_id):
    now = clock.now()
    job = (
        BackgroundJob.objects.select_for_update(of=("self",), skip_locked=True).abandoned(now).filter(pk=job_id).first()
    )
    if job is None:
        return None
    job.state, job.leased_until, job.lease_token = JobState.RUNNING, now + LEASE, secrets.token_hex(16)
    job.save(update_fields=["state", "leased_until", "lease_token"])
    return job


def _end(job, state, **values):
    """Only the run that still holds the job says how it ended: one that outlived its lease says nothing."""
    BackgroundJob.objects.held_by(job).update(state=state, ended_at=clock.now(), leased_until=None, **values)
