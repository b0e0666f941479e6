"""The foundation's tasks: deliver the outbox, run a job, scan files. Each takes ids and may run any number of times."""

import logging

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from gen_portal.core import clock, delivery, jobs, merging, outbox, reading, workflow
from gen_portal.core.files import scanning

logger = logging.getLogger(__name__)

#: A job gives its turn up long before; what it cannot cut, as putting an archive of gigabytes together, may last so long.
JOB_SECONDS = 1800


@shared_task
def deliver_pending():
    """Send every mail that is due."""
    return delivery.deliver()


@shared_task(soft_time_limit=JOB_SECONDS, time_limit=JOB_SECONDS + 60)
def run_job(job_id):
    """Run one background job, unless another worker holds it; one that gave its turn up comes behind what waits."""
    if jobs.run(job_id):
        enqueue(run_job, job_id)


@shared_task
def scan_files():
    """Have the antivirus judge what waits for it."""
    return scanning.scan_waiting()


def scan_soon():
    """Ask a worker to scan now, where there is an antivirus; the minute's sweep asks anyway."""
    if settings.CLAMAV_URL:
        enqueue(scan_files)


def enqueue(task, *args):
    """Ask a worker, if the broker answers: the minute's sweep does it otherwise, so a failure is only slower."""
    try:
        task.delay(*args)
    except (OperationalError, OSError) as error:
        logger.warning("broker unavailable, left to the sweep: %s", type(error).__name__)


def sweep():
    """What nudges may have missed: mails due, jobs whose worker died; and once a day, the seal of the journal and what
    dead jobs left.

    Returns whether it sealed the day: true for one run of each day.
    """
    seal = workflow.seal_journal()
    if seal is not None:
        jobs.bury()
    enqueue(deliver_pending)
    scan_soon()
    for job_id in jobs.abandoned_ids():
        enqueue(run_job, job_id)
    return seal is not None


def forget():
    """Throw away, once a day, what may be made again: pages drawn, results kept for some days, works abandoned."""
    reading.forget_old()
    merging.forget_abandoned()
    jobs.forget_results(clock.now())


outbox.on_nudge(lambda: enqueue(deliver_pending))
