"""The outbox: a row in the caller's transaction, then delivered once, whatever fails on the way."""

import math
import random
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from gen_portal.core import clock, delivery, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.tests import sink

pytestmark = pytest.mark.django_db


def post(key="cle", **values):
    values = {"kind": "essai", "to": "a@exemple.fr", "subject_line": "Objet", "markdown": "Bonjour **vous**."} | values
    with transaction.atomic():
        return outbox.post(key=key, **values)


def fresh(row):
    row.refresh_from_db()
    return row


# --- Posting ------------------------------------------------------------------------------------------------------


def test_post_writes_text_and_html_of_one_markdown():
    row = post(subject_line="Un\nobjet   sur deux lignes", markdown="Bonjour **vous**, <b>brut</b>.")
    assert row.subject_line == "Un objet sur deux lignes"
    assert row.text_body == "Bonjour **vous**, <b>brut</b>.\n"
    assert "<strong>vous</strong>, &lt;b&gt;brut&lt;/b&gt;." in row.html_body


def test_post_remembers_what_it_is_about_and_when(frozen_clock):
    user = UserFactory()
    later = frozen_clock.at + timedelta(days=1)
    row = post(about=user, not_before_at=later, headers={"Reply-To": "b@exemple.fr"})
    assert (row.subject_type, row.subject_id) == ("core.user", user.pk)
    assert (row.created_at, row.not_before_at) == (frozen_clock.at, later)
    assert list(OutgoingEmail.objects.about(user)) == [row]


def test_the_same_key_is_posted_once():
    first = post(subject_line="Un")
    assert post(subject_line="Deux") == first
    assert fresh(first).subject_line == "Un"


@pytest.mark.django_db(transaction=True)
def test_post_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        outbox.post(key="k", kind="x", to="a@exemple.fr", subject_line="x", markdown="x")


@pytest.mark.django_db(transaction=True)
def test_a_mail_disappears_with_its_reason():
    with transaction.atomic():
        outbox.post(key="k", kind="x", to="a@exemple.fr", subject_line="x", markdown="x")
        transaction.set_rollback(True)
    assert OutgoingEmail.objects.count() == 0


def test_message_id_is_the_same_for_every_attempt_and_differs_by_key(settings):
    first, second = post("un"), post("deux")
    assert first.message_id == OutgoingEmail.objects.get(pk=first.pk).message_id
    assert first.message_id != second.message_id
    settings.SECRET_KEY = "another" * 10
    assert second.message_id != OutgoingEmail.objects.get(pk=first.pk).message_id


# --- Delivery -----------------------------------------------------------------------------------------------------


def test_deliver_sends_once(relay, frozen_clock):
    row = post(headers={"Reply-To": "b@exemple.fr"})
    assert (delivery.deliver(), delivery.deliver()) == (1, 0)
    (message,) = relay.messages
    assert message["Message-ID"] == row.message_id
    assert (message["To"], message["Subject"], message["Reply-To"]) == ("a@exemple.fr", "Objet", "b@exemple.fr")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().strip() == "Bonjour vous."
    assert "<strong>vous</strong>" in message.get_body(("html",)).get_content()
    assert (fresh(row).sent_at, row.attempts, row.state) == (frozen_clock.at, 1, "sent")


def test_nothing_leaves_before_its_instant(relay, frozen_clock):
    post(not_before_at=frozen_clock.at + timedelta(minutes=1))
    assert delivery.deliver() == 0
    frozen_clock.advance(minutes=1)
    assert delivery.deliver() == 1


def test_more_than_a_batch_leaves_in_one_run(relay, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    for number in range(5):
        post(f"cle-{number}")
    assert delivery.deliver() == 5
    assert set(relay.counts.values()) == {1}


def test_a_claimed_row_is_not_claimed_again_until_its_lease_runs_out(frozen_clock):
    row = post()
    assert [claimed.pk for claimed in delivery._claim()] == [row.pk]
    frozen_clock.advance(seconds=delivery.LEASE.seconds)
    assert delivery._claim() == []
    frozen_clock.advance(seconds=1)
    assert [claimed.pk for claimed in delivery._claim()] == [row.pk]


def test_a_worker_that_lost_its_lease_does_not_start(frozen_clock):
    post()
    (late,) = delivery._claim()
    frozen_clock.advance(seconds=delivery.LEASE.seconds + 1)
    (current,) = delivery._claim()
    assert (delivery._start([late], {}), delivery._start([current], {})) == ([], [current])


def test_secret_bodies_are_erased_once_sent(relay):
    secret, plain = post("secret", is_secret=True), post("plain")
    delivery.deliver()
    assert (fresh(secret).text_body, secret.html_body) == ("", "")
    assert fresh(plain).text_body == "Bonjour **vous**.\n"


def test_guard_is_asked_at_the_last_moment(relay, monkeypatch):
    wanted = {"cle": True}
    monkeypatch.setitem(outbox.guards, "essai", lambda email: wanted[email.key])
    row = post(guard="essai")
    wanted["cle"] = False
    assert delivery.deliver() == 0
    assert (fresh(row).state, row.last_error) == ("cancelled", "La condition d'envoi n'est plus remplie.")
    assert relay.messages == []


@pytest.mark.parametrize("guard", ["inconnue", "cassee"])
def test_a_guard_that_fails_stops_its_own_mail_only(relay, monkeypatch, guard):
    monkeypatch.setitem(outbox.guards, "cassee", lambda email: 1 / 0)
    poison, sound = post("a", guard=guard), post("b")
    assert delivery.deliver() == 1
    assert (fresh(poison).state, fresh(sound).state) == ("dead", "sent")


def test_a_group_is_checked_again_when_the_relay_is_slow(relay, monkeypatch):
    monkeypatch.setattr(delivery, "FRESH_SECONDS", 0.2)
    relay.seconds_per_message = 0.3
    monkeypatch.setitem(outbox.guards, "premier", lambda email: relay.messages == [])
    first, second = post("a", guard="premier"), post("b", guard="premier")
    assert delivery.deliver() == 1
    assert (fresh(first).state, fresh(second).state, second.attempts) == ("sent", "cancelled", 0)


def test_a_group_shares_its_transactions(relay, django_assert_num_queries):
    few = [post("seul")]
    with CaptureQueriesContext(connection) as alone:
        delivery.deliver()
    many = [post(f"dix-{number}") for number in range(delivery.GROUP)]
    with django_assert_num_queries(len(alone)):
        delivery.deliver()
    assert {fresh(row).state for row in few + many} == {"sent"}


def test_one_mail_at_most_is_in_doubt_where_the_relay_cannot_be_asked(relay, settings, monkeypatch):
    settings.EMAIL_LOOKUP_URL = ""
    rows = [post(f"cle-{number}") for number in range(3)]
    seen = []
    monkeypatch.setattr(delivery._Run, "send_one", lambda run, row: seen.append(started_count(rows)))
    delivery.deliver()
    assert seen == [1, 2, 3]  # each is started when the one before was handed over


def started_count(rows):
    return sum(fresh(row).started_at is not None for row in rows)


# --- Failures of the relay ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [sink.BUSY, sink.GREYLISTED])
def test_a_temporary_refusal_backs_off(relay, frozen_clock, answer):
    relay.script += [answer]
    row = post()
    assert delivery.deliver() == 0
    assert (fresh(row).state, row.not_before_at) == ("waiting", frozen_clock.at + timedelta(minutes=1))
    frozen_clock.advance(minutes=1)
    assert delivery.deliver() == 1
    assert set(relay.counts.values()) == {1}


def test_back_off_doubles_up_to_an_hour_then_gives_up(relay, frozen_clock):
    row, waits = post(), []
    relay.script += [sink.GREYLISTED] * delivery.MAX_ATTEMPTS
    while fresh(row).state == "waiting":
        frozen_clock.set(row.not_before_at)
        delivery.deliver()
        waits.append((fresh(row).not_before_at - frozen_clock.at).seconds // 60)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    assert (row.state, row.attempts) == ("dead", 12)


@pytest.mark.parametrize("answer", [sink.UNKNOWN_ADDRESS, sink.CONTENT_REFUSED])
def test_a_final_refusal_makes_a_dead_letter_and_spares_the_others(relay, answer):
    relay.script += [answer]
    refused, sound = post("a"), post("b")
    assert delivery.deliver() == 1
    assert (fresh(refused).state, fresh(sound).state) == ("dead", "sent")
    assert answer[:3] in refused.last_error


def test_a_mail_that_cannot_be_written_spares_the_others(relay):
    poison, sound = post("a", headers={"Reply-To": "x\ny"}), post("b")
    assert delivery.deliver() == 1
    assert (fresh(poison).state, fresh(sound).state) == ("dead", "sent")


def test_a_relay_that_is_away_costs_no_attempt(relay, settings, frozen_clock):
    first, second = post("a"), post("b")
    settings.EMAIL_PORT = sink.free_port()
    assert delivery.deliver() == 0
    assert [(fresh(row).attempts, row.started_at, row.leased_until) for row in (first, second)] == [(0, None, None)] * 2
    settings.EMAIL_PORT = relay.smtp_port
    frozen_clock.advance(minutes=1)
    assert delivery.deliver() == 2


@pytest.mark.parametrize("idle_seconds", [0, delivery.IDLE_SECONDS + 1])
def test_a_line_cut_between_two_messages_is_opened_again(relay, idle_seconds):
    row = post()
    run = delivery._Run(delivery._claim(), math.inf)
    run.open()
    run.used_at = time.monotonic() - idle_seconds
    relay.cut_lines()
    run.send_all()
    run.close()
    assert (fresh(row).state, row.attempts, len(relay.messages)) == ("sent", 1, 1)


@pytest.mark.parametrize("cut", [sink.CUT_AFTER, sink.CUT_BEFORE, sink.HANG])
def test_doubt_is_settled_by_asking_the_relay(relay, settings, frozen_clock, cut):
    settings.EMAIL_TIMEOUT = 0.5 if cut == sink.HANG else 5
    relay.script += [cut]
    row = post()
    assert delivery.deliver() == 0
    assert fresh(row).started_at == frozen_clock.at
    settings.EMAIL_TIMEOUT = 5
    frozen_clock.advance(minutes=1)
    delivery.deliver()
    assert fresh(row).state == "sent"
    assert set(relay.counts.values()) == {1}


def test_doubt_without_an_answer_waits_for_staff(relay, settings, frozen_clock):
    settings.EMAIL_LOOKUP_URL = ""
    relay.script += [sink.CUT_AFTER]
    row = post()
    delivery.deliver()
    frozen_clock.advance(minutes=1)
    assert (delivery.deliver(), fresh(row).state) == (0, "doubtful")
    assert list(OutgoingEmail.objects.needing_staff()) == [row]


@pytest.mark.parametrize("status", [500, 302])
def test_an_odd_answer_of_the_relay_settles_nothing(relay, frozen_clock, status):
    relay.script += [sink.CUT_AFTER]
    relay.lookup_status = status
    row = post()
    delivery.deliver()
    frozen_clock.advance(minutes=1)
    assert (delivery.deliver(), fresh(row).state) == (0, "doubtful")


def test_a_legal_letter_in_doubt_leaves_again_with_its_message_id(relay, settings, frozen_clock):
    settings.EMAIL_LOOKUP_URL = ""
    relay.script += [sink.CUT_AFTER]
    row = post(is_legal=True)
    delivery.deliver()
    frozen_clock.advance(minutes=1)
    assert (delivery.deliver(), fresh(row).state) == (1, "sent")
    assert dict(relay.counts) == {row.message_id: 2}


def test_none_lost_none_twice_whatever_the_relay_does(relay, frozen_clock):
    failures = [sink.BUSY, sink.GREYLISTED, sink.CUT_BEFORE, sink.CUT_AFTER, "", ""]
    relay.script += random.choices(failures, k=40)
    rows = [post(f"cle-{number}") for number in range(20)]
    for _ in range(20):
        delivery.deliver()
        frozen_clock.advance(hours=1)
    assert relay.counts == {row.message_id: 1 for row in rows}
    assert {fresh(row).state for row in rows} == {"sent"}


# --- What staff do ------------------------------------------------------------------------------------------------


def test_resend_puts_a_dead_letter_back_with_its_message_id(relay):
    relay.script += [sink.UNKNOWN_ADDRESS]
    row = post()
    delivery.deliver()
    assert outbox.resend(row) == 1
    assert delivery.deliver() == 1
    assert dict(relay.counts) == {row.message_id: 1}


def test_resend_leaves_a_sent_mail_alone(relay):
    row = post()
    delivery.deliver()
    assert (outbox.resend(row), delivery.deliver()) == (0, 0)


def test_cancel_stops_a_waiting_mail_and_forgets_its_secret(relay):
    row = post(is_secret=True)
    assert (outbox.cancel(row), outbox.cancel(row), delivery.deliver()) == (1, 0, 0)
    assert (fresh(row).state, row.text_body) == ("cancelled", "")


def test_cancel_comes_too_late_for_a_mail_that_is_leaving_or_left(relay):
    leaving = post("a")
    delivery._start(delivery._claim(), {})
    assert outbox.cancel(leaving) == 0
    left = post("b")
    delivery.deliver()
    assert outbox.cancel(left) == 0


def test_a_sent_mail_is_never_also_dead_or_cancelled():
    row, now = post(), clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingEmail.objects.filter(pk=row.pk).update(sent_at=now, cancelled_at=now)


def test_a_mail_never_leads_away_from_the_portal(db, settings):
    settings.PORTAL_URL = "https://portail.exemple"
    kept = "[ici](https://portail.exemple/suivi/) [écrire](mailto:a@b.fr)"
    text = f"{kept} [là](https://piege.exemple/) [ou](https://portail.exemple.piege.exemple/)"
    with transaction.atomic():
        row = outbox.post(key="liens", kind="test", to="a@b.fr", subject_line="Liens", markdown=text)

    assert row.html_body.count("href=") == 2
    assert "piege.exemple" not in row.html_body
