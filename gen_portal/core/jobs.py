"""Background jobs: a kind is registered by the floor that owns it; a page follows the row; a dead worker is replaced.

A run that lasts gives its turn up and goes on later; what it made so far lies in its `pieces`, which are gone once the job
is over.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from gen_portal.core import clock, files, pieces
from gen_portal.core.models import BackgroundJob, JobState
from gen_portal.core.models.jobs import KIND_LABELS

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
#: Without a sign of life for so long, a job is dead for good.
LIFE = timedelta(days=1)
#: A run gives its turn up after so many seconds (a task is stopped later), and writes its progress no more often than that.
TURN_SECONDS, STEP_SECONDS = 200, 1
_FAILED = "La tâche a échoué. Relancez-la ; si cela se reproduit, prévenez l'équipe."
_DEAD = (
    "La tâche s'est arrêtée et n'a pas repris en une journée. Relancez-la ; si cela se reproduit, prévenez l'équipe."
)
_kinds = {}


@dataclass(frozen=True)
class Kind:
    """What is registered of a kind of job (`register`)."""

    function: Callable
    may_read: Callable
    kept_for: timedelta | None


class Cancelled(Exception):
    """Raised out of `Progress.tell` when the person who asked for the job changed their mind."""


class Paused(Exception):
    """Raised out of `Progress.take_turns`: the job goes on in another run."""


class Progress:
    """What a job's function receives: it tells how far it is, which also renews its lease; `pieces` outlive the run."""

    def __init__(self, job):
        self.job, self.pieces = job, pieces.Pieces(job)
        self.begun = self.told = time.monotonic()

    @property
    def taken_at(self):
        """The instant at which this run began."""
        return self.job.leased_until - LEASE

    def tell(self, done_count, total_count):
        """Store the progress; raises Cancelled if that was asked for, or if another worker took the job over."""
        self._hold(done_count=done_count, total_count=total_count)

    def renew(self, lease=LEASE):
        """The same while nothing more is done that one could count; `lease`: for how long nothing will be told."""
        self._hold(lease)

    def _hold(self, lease=LEASE, **counts):
        self.told = time.monotonic()
        held = BackgroundJob.objects.held_by(self.job).filter(is_cancel_requested=False)
        if not held.update(leased_until=clock.now() + lease, **counts):
            raise Cancelled

    def tell_at_times(self, done_count, total_count):
        """The same for quick steps: writes nothing less than a second after it last did."""
        if time.monotonic() - self.told >= STEP_SECONDS:
            self.tell(done_count, total_count)

    def take_turns(self):
        """Let other jobs through when this run has lasted: raises Paused. The next run finds the pieces of this one."""
        if time.monotonic() - self.begun > TURN_SECONDS:
            raise Paused

    def note(self, **values):
        """Write down among the job's parameters what it came to know; raises Cancelled if it was taken over."""
        self.job.parameters |= values
        if not BackgroundJob.objects.held_by(self.job).update(parameters=self.job.parameters):
            raise Cancelled


def _by_whoever_asked(job, user):
    return True


def register(kind, function, *, label, may_read=_by_whoever_asked, kept_for=None):
    """Name a kind of job: `function(job, progress) -> StoredFile or None`; running it twice equals running it once, and a
    result that comes too late is taken away.

    `label` is what its page is called in French. `may_read(job, user)`, asked at each reading, says whether whoever asked
    for it may still have what it made. `kept_for` is how long that is kept (a timedelta; None: always).
    """
    _kinds[kind] = Kind(function, may_read, kept_for)
    KIND_LABELS[kind] = label


@transaction.atomic
def ask(kind, *, by, parameters):
    """Create the job; the view that calls this enqueues it, and the sweep does if the broker is away."""
    return BackgroundJob.objects.create(kind=kind, requested_by=by, requested_at=clock.now(), parameters=parameters)


def ask_again(job, *, by):
    """The same as a job that failed or was cancelled, as a new one; None when there is nothing to ask again."""
    if not job.may_be_asked_again:
        return None
    return ask(job.kind, by=by, parameters=job.parameters)


def is_readable(job, user):
    """Whether there is a result, which this person, who asked for it, may have today."""
    kind = _kinds.get(job.kind)
    return job.result_id is not None and kind is not None and kind.may_read(job, user)


def forget_results(now):
    """Throw away what was made longer ago than its kind is kept; how many files."""
    count = 0
    for name, kind in _kinds.items():
        if kind.kept_for is None:
            continue
        for job in BackgroundJob.objects.made_before(name, now - kind.kept_for):
            stored, job.result = job.result, None
            job.save(update_fields=["result"])
            files.forget(stored)
            count += 1
    return count


def abandoned_ids():
    return list(BackgroundJob.objects.abandoned(clock.now()).values_list("pk", flat=True))


def request_cancel(job):
    """Ask a job to stop; one that no worker holds stops at once."""
    asked = BackgroundJob.objects.filter(pk=job.pk)
    asked.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).update(is_cancel_requested=True)
    if asked.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=clock.now()):
        pieces.remove([job.reference])


def run(job_id):
    """Take the job if it is free, do it, store how it ended. True when it gave its turn up and is to be run again."""
    job = _take(job_id)
    if job is None:
        return False
    try:
        result = _kinds[job.kind].function(job, Progress(job))
    except Paused:
        return _release(job)
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except Exception:  # the page must say that it failed, whatever failed; the log keeps the trace
        logger.exception("job %s failed", job.pk)
        _end(job, JobState.FAILED, message=_FAILED)
    else:
        if not _end(job, JobState.DONE, result=result) and result is not None:
            files.forget(result)
    return False


@transaction.atomic
def _take(job_id):
    now = clock.now()
    free = BackgroundJob.objects.select_related("requested_by").select_for_update(of=("self",), skip_locked=True)
    job = free.abandoned(now).filter(pk=job_id).first()
    if job is None:
        return None
    job.state, job.leased_until, job.lease_token = JobState.RUNNING, now + LEASE, secrets.token_hex(16)
    job.save(update_fields=["state", "leased_until", "lease_token"])
    return job


def _release(job):
    """Back among those that wait; whether it was still this run's."""
    return bool(BackgroundJob.objects.held_by(job).update(state=JobState.QUEUED, leased_until=None, lease_token=""))


def _end(job, state, **values):
    """Only the run that still holds the job says how it ended: one that outlived its lease says nothing (False)."""
    held = BackgroundJob.objects.held_by(job)
    if not held.update(state=state, ended_at=clock.now(), leased_until=None, **values):
        return False
    pieces.remove([job.reference])
    return True


def bury():
    """Fail the jobs that are dead for good, and take away the pieces of those that are over: once a day is enough."""
    now = clock.now()
    dead = BackgroundJob.objects.dead(now - LIFE)
    for job in dead:
        logger.error("job %s is dead since %s", job.pk, job.leased_until)
    dead.update(state=JobState.FAILED, ended_at=now, leased_until=None, message=_DEAD)
    left = set(pieces.folders())
    going_on = BackgroundJob.objects.going_on().filter(reference__in=left).values_list("reference", flat=True)
    pieces.remove(left - set(going_on))
