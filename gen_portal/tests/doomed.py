"""The Celery application of rehearsals: beat ticks twice a second, and a worker dies where it is told to.

`celery -A gen_portal.tests.doomed worker` with GEN_DIES_AT naming a point of `POINTS`: the first process that comes there
kills its whole worker, or itself alone with GEN_DIES="child", by SIGKILL. GEN_DIARY names a file where each finished
tick and each death is written down; a worker whose diary tells of a death does not die again.
"""

import os
import signal
from functools import wraps
from pathlib import Path

from celery.signals import task_postrun, worker_process_init
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from gen_portal.celery import app

app.conf.beat_schedule = {"tick": {"task": "gen_portal.tasks.tick", "schedule": 0.5}}
app.conf.beat_max_loop_interval = 0.5

TICK, DEATH = "tick\n", "death\n"
#: Where a worker may die: module, name, and whether that is before the transaction of this function commits.
POINTS = {
    "a campaign is opening": ("fabriques.actions.follow_up", "_create_campaign", True),
    "a campaign has opened": ("fabriques.actions.follow_up", "_create_campaign", False),
    "the forecast is kept": ("fabriques.actions.reminders", "freeze_forecast", False),
    "reminders are being posted": ("fabriques.actions.reminders", "_post_due", True),
    "reminders are posted": ("fabriques.actions.reminders", "_post_due", False),
    "mails are being claimed": ("gen_portal.core.delivery", "_claim", True),
    "mails are claimed": ("gen_portal.core.delivery", "_claim", False),
    "mails are starting": ("gen_portal.core.delivery", "_start", True),
    "mails have started": ("gen_portal.core.delivery", "_start", False),
    "the relay has taken a mail": (None, None, False),
    "mails are being marked": ("gen_portal.core.delivery", "_mark_left", False),
}


#: Where whatever publishes a cut-off may die, a worker or a web process.
PUBLISHING_POINTS = {
    "a cut-off is being published": ("fabriques.actions.publication", "lay_out", True),
    "a release has taken place": ("fabriques.actions.publication", "run_release", False),
}


def _write(word):
    with Path(os.environ["GEN_DIARY"]).open("a") as diary:
        diary.write(word)


def _die():
    if DEATH not in Path(os.environ["GEN_DIARY"]).read_text():
        _write(DEATH)
        if os.environ.get("GEN_DIES") == "child":
            os.kill(os.getpid(), signal.SIGKILL)
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _dying(function):
    """The same, dead once it has done something: an empty claim kills nobody."""

    @wraps(function)
    def run(*args, **kwargs):
        result = function(*args, **kwargs)
        if result != [] and result != 0:
            _die()
        return result

    return run


@worker_process_init.connect
def arm(**kwargs):
    """Make this process one that dies at the point told; `doomed_web` calls it too."""
    point = os.environ.get("GEN_DIES_AT")
    if not point:
        return
    path, name, is_before_commit = (POINTS | PUBLISHING_POINTS)[point]
    if path is None:
        EmailMultiAlternatives.send = _dying(EmailMultiAlternatives.send)
        return
    module = __import__(path, fromlist=[name])
    function = getattr(module, name)
    armed = transaction.atomic(_dying(function.__wrapped__)) if is_before_commit else _dying(function)
    setattr(module, name, armed)


@task_postrun.connect
def note(task=None, **kwargs):
    if task.name == "gen_portal.tasks.tick":
        _write(TICK)
