"""Tasks: a broker that is away makes things slower, never wrong."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import transaction

from gen_portal.core import jobs, outbox, tasks
from gen_portal.core.models import JobState
from gen_portal.core.tests.factories import UserFactory
from gen_portal.tests.servers import free_port


@pytest.fixture
def nudges(monkeypatch):
    """What is asked of the broker, instead of asking."""
    asked = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, *args: asked.append((task.name, *args)))
    return asked


def post(key):
    outbox.post(key=key, kind="essai", to="a@exemple.fr", subject_line="Objet", markdown="Texte")


DELIVER = ("gen_portal.core.tasks.deliver_pending",)


@pytest.mark.django_db
def test_delivery_is_asked_for_once_after_the_commit(nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        post("a")
        post("b")
        assert nudges == []
    assert nudges == [DELIVER]


@pytest.mark.django_db
def test_a_known_key_asks_for_nothing(nudges, django_capture_on_commit_callbacks):
    post("a")
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        post("a")
    assert (callbacks, nudges) == ([], [])


@pytest.mark.django_db
def test_sweep_asks_for_what_was_missed(nudges):
    job = jobs.ask("essai", by=UserFactory(), parameters={})
    tasks.sweep()
    assert nudges == [DELIVER, ("gen_portal.core.tasks.run_job", job.pk)]


def test_without_a_broker_the_web_goes_on():
    """A process of its own: the broker of the tests is in memory and always there."""
    code = (
        "import django; django.setup(); from gen_portal.core import tasks; tasks.enqueue(tasks.run_job, 1); print('ok')"
    )
    variables = {"DJANGO_SETTINGS_MODULE": "gen_portal.settings", "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (answer.returncode, answer.stdout) == (0, "ok\n")
    assert "broker unavailable, left to the sweep" in answer.stderr


@pytest.mark.django_db
def test_tasks_run_what_they_are_named_after(relay, mails):
    post("a")
    assert tasks.deliver_pending() == 1
    job = jobs.ask("inconnue", by=UserFactory(), parameters={})
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, [mail.state for mail in mails()]) == (JobState.FAILED, ["sent"])
