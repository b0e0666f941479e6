"""The clock's one entry point: beat calls `tick` every minute; each floor says what is due, and catches up."""

import logging

from celery import shared_task

from applications.actions import pieces
from fabriques.actions import alerts, follow_up
from fabriques.actions.publication import run_due_releases
from fabriques.forms.registry import saved_search
from gen_portal.core import clock
from gen_portal.core import tasks as core_tasks
from labelling.actions.regional_digest import send_digests
from labelling.actions.review_reminders import remind_reviewers
from labelling.transitions import completions, leaving, ties

logger = logging.getLogger(__name__)


@shared_task
def tick():
    """Open what must open, post what must be posted, seal the day, deliver what waits. Twice at once equals once.

    A duty that fails is logged and tried again in a minute; it keeps no other from being done.
    """
    now = clock.now()
    duties = (
        lambda: run_due_releases(now),
        lambda: follow_up.run_follow_up(now),
        pieces.tell_viruses,
        ties.take_away_joined,
        completions.resume_reviews,
        lambda: leaving.hand_over_leavers(now),
        lambda: remind_reviewers(now),
        lambda: send_digests(now),
        lambda: alerts.send_alerts(now, saved_search),
        _sweep_and_compare,
    )
    for duty in duties:
        try:
            duty()
        except Exception:  # whatever a floor raises
            logger.exception("a duty of the clock failed")


def _sweep_and_compare():
    if core_tasks.sweep():  # once a day
        ties.take_away_tied()
        core_tasks.forget()
        alerts.forget_lapsed(clock.now())
