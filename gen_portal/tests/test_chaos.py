"""Workers killed while mails leave: none lost, none twice, counted by the relay (model.md §2, "Mail")."""

import os
import random
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import transaction

from gen_portal.core import clock, delivery, outbox, tasks
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests.troupe import environment, kill, start_celery

pytestmark = [pytest.mark.chaos, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

MAIL_COUNT = 200
KILL_COUNT = 30 if os.environ.get("GEN_FULL") == "1" else 5
PATIENCE_SECONDS = 60


@pytest.fixture
def env(relay):
    """The variables of a worker that shares this test's database, broker and slow relay."""
    if not settings.REDIS_URL.startswith("redis://"):
        pytest.fail("Chaos needs a real Redis: give it by REDIS_URL (python -m gen_portal.tests.servers does).")
    relay.seconds_per_message = 0.03
    return environment(relay)


@contextmanager
def worker(env):
    """A Celery worker with two processes, killed whole at the end, whatever it is doing."""
    process = start_celery(env, "gen_portal", "worker", "--concurrency=2", "--without-gossip")
    try:
        yield
    finally:
        kill(process)


def post_all():
    with transaction.atomic():
        for number in range(MAIL_COUNT):
            outbox.post(
                key=f"relance:{number}",
                kind="follow_up_reminder",
                to=f"personne{number}@exemple.fr",
                subject_line="Suivi trimestriel",
                markdown="Bonjour,\n\nil nous manque un relevé.",
            )


class Rehearsal:
    """Workers started and killed, one after the other, until everything has arrived."""

    def __init__(self, relay, env):
        self.relay, self.env, self.round = relay, env, 0

    def next_round(self):
        """The leases of those killed before have run out, and so have the delays before another try."""
        self.round += 1
        clock.move(2 * clock.ONE_DAY / 24 * self.round)

    def kill_one_at(self, count):
        """Let a worker send until the relay has so many, then kill it; returns how many arrived."""
        self.next_round()
        for _ in range(2):
            tasks.deliver_pending.delay()
        with worker(self.env):
            return self.relay.wait_for(count, PATIENCE_SECONDS)

    def settle(self):
        """What the last one killed did not mark is settled by the next runs."""
        while OutgoingEmail.objects.waiting().exists() and self.round < 2 * KILL_COUNT + 5:
            self.next_round()
            delivery.deliver()


def test_none_lost_none_twice_when_workers_are_killed(relay, env):
    post_all()
    rehearsal, arrived = Rehearsal(relay, env), 0
    for _ in range(KILL_COUNT):
        wanted = min(arrived + random.randint(1, 2 * MAIL_COUNT // KILL_COUNT), MAIL_COUNT - 1)
        arrived = rehearsal.kill_one_at(wanted)
    rehearsal.kill_one_at(MAIL_COUNT)
    rehearsal.settle()
    rows = OutgoingEmail.objects.all()
    assert relay.counts == {row.message_id: 1 for row in rows}
    assert {row.state for row in rows} == {"sent"}
