"""Real threads on PostgreSQL: what must happen once happens once."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from gen_portal.core import delivery, invariants, jobs, outbox
from gen_portal.core.models import CoreAction, JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import lock, record, seal_journal

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def together(count, work):
    """Run `work(number)` in as many threads, started at the same moment; returns what each returned."""
    return at_once(*(partial(work, number) for number in range(count)))


def post(count):
    with transaction.atomic():
        for number in range(count):
            outbox.post(key=f"{number}", kind="x", to="a@exemple.fr", subject_line="Objet", markdown="Texte")


def test_two_deliverers_send_each_mail_once(relay, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 5)
    post(60)
    sent = together(2, lambda number: delivery.deliver())
    assert sum(sent) == 60
    assert set(relay.counts.values()) == {1}
    assert len(relay.counts) == 60
    assert OutgoingEmail.objects.filter(sent_at=None).count() == 0


def test_the_same_key_posted_at_once_makes_one_mail():
    def post_one(number):
        with transaction.atomic():
            return outbox.post(key="cle", kind="x", to="a@exemple.fr", subject_line="Objet", markdown="Texte").pk

    assert len(set(together(8, post_one))) == 1


def test_acts_recorded_at_once_make_one_sound_chain():
    user = UserFactory()

    @transaction.atomic
    def act(number):
        return record(lock(user), CoreAction.CAPACITY_GRANTED, by=None, note=str(number)).number

    assert sorted(together(8, act)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert list(invariants.broken_chains()) == []


@pytest.mark.parametrize("earlier_count", [0, 1], ids=["first seal", "later seal"])
def test_the_day_is_sealed_once_by_many(frozen_clock, earlier_count):
    for _ in range(earlier_count):
        seal_journal()
        frozen_clock.set(frozen_clock.at + timedelta(days=1))
    sealed = [seal for seal in together(4, lambda number: seal_journal()) if seal is not None]
    assert len(sealed) == 1
    assert JournalEntry.objects.count() == earlier_count + 1


def test_a_job_is_run_by_one_of_many_workers(monkeypatch):
    runs = []
    monkeypatch.setattr(jobs, "_kinds", {})
    jobs.register("essai", lambda job, progress: runs.append(job.pk), label="Essai")
    job = jobs.ask("essai", by=UserFactory(), parameters={})
    together(8, lambda number: jobs.run(job.pk))
    assert runs == [job.pk]
