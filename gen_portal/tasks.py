"""The clock's one entry point: beat calls `tick` every minute; each floor says what is due, and catches up."""

from celery import shared_task

from applications.actions import pieces
from fabriques.actions import follow_up
from gen_portal.core import clock
from gen_portal.core import tasks as core_tasks
from gen_portal.core.workflow import seal_journal
from labelling.actions.review_reminders import remind_reviewers
from labelling.transitions import ties


@shared_task
def tick():
    """Open what must open, post what must be posted, seal the day, deliver what waits. Twice at once equals once."""
    now = clock.now()
    follow_up.run_follow_up(now)
    pieces.tell_viruses()
    ties.take_away_joined()
    remind_reviewers(now)
    if seal_journal() is not None:  # once a day
        ties.take_away_tied()
    core_tasks.sweep()
