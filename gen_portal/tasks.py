"""The clock's one entry point: beat calls `tick` every minute; each floor says what is due, and catches up."""

import logging

from celery import shared_task

from applications.actions import pieces
from fabriques.actions import follow_up
from gen_portal.core import clock
from gen_portal.core import tasks as core_tasks
from gen_portal.core.workflow import seal_journal
from labelling.actions.review_reminders import remind_reviewers
from labelling.transitions import ties

logger = logging.getLogger(__name__)


@shared_task
def tick():
    """Open what must open, post what must be posted, seal the day, deliver what waits. Twice at once equals once.

    A duty that fails is logged and tried again in a minute; it keeps no other from being done.
    """
    now = clock.now()
    duties = (
        lambda: follow_up.run_follow_up(now),
        pieces.tell_viruses,
        ties.take_away_joined,
        lambda: remind_reviewers(now),
        _seal_and_compare,
        core_tasks.sweep,
    )
    for duty in duties:
        try:
            duty()
        except Exception:  # whatever a floor raises
            logger.exception("a duty of the clock failed")


def _seal_and_compare():
    """Once a day."""
    if seal_journal() is not None:
        ties.take_away_tied()
