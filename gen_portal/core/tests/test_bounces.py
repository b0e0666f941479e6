"""Mails that come back: matched by Message-ID, told on their row, and the end of what is written to a dead address."""

import io
import mailbox
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from gen_portal.core import bounces, delivery, outbox
from gen_portal.core.models import CoreAction, JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
#: Made by hand from RFC 3464: what a relay answers when a mailbox does not exist.
REPORT = """\
From: MAILER-DAEMON@relay.example
To: ne-pas-repondre@gen.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such
 mailbox here

--b
Content-Type: text/rfc822-headers

From: ne-pas-repondre@gen.example
Message-ID: {message_id}
Subject: Suivi trimestriel

--b--
"""


def post(key="cle", to="Disparue@exemple.fr", **values):
    with transaction.atomic():
        return outbox.post(key=key, kind="essai", to=to, subject_line="Objet", markdown="Bonjour", **values)


def report(row, *, address=None, action="failed", status="5.1.1", message_id=None):
    text = REPORT.format(
        address=address or row.to_address, action=action, status=status, message_id=message_id or row.message_id
    )
    return text.encode()


def take_in(content):
    return [bounces.take_in(bounce) for bounce in bounces.read(content)]


@pytest.mark.parametrize(
    ("status", "is_hard"),
    [
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.4.4", True),
        ("5.2.2", False),
        ("5.7.1", False),
        ("4.4.7", False),
    ],
)
def test_only_an_address_that_is_not_there_stops_it(frozen_clock, status, is_hard):
    row = post()

    take_in(report(row, status=status, address="disparue@EXEMPLE.fr"))

    row.refresh_from_db()
    assert (row.bounced_at, row.is_hard_bounce, row.state) == (frozen_clock.at, is_hard, "bounced")
    assert row.bounce_reason == f"{status} 550 5.1.1 no such mailbox here"
    assert OutgoingEmail.objects.stopped_among(["DISPARUE@exemple.fr"]) == (
        {"disparue@exemple.fr"} if is_hard else set()
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "<autre@gen.example>"},
        {"address": "autre@exemple.fr"},
        {"action": "delayed"},
        {"action": "delivered"},
    ],
)
def test_what_is_not_a_return_of_ours_changes_nothing(changes):
    row = post()

    take_in(report(row, **changes))

    row.refresh_from_db()
    assert row.bounced_at is None


@pytest.mark.parametrize("content", [b"", b"Subject: Bonjour\n\nJe reviens lundi.", b"\xff\xfe\x00"])
def test_other_messages_are_no_returns(content):
    assert bounces.read(content) == []


def test_the_same_report_twice_is_once(frozen_clock):
    row = post()
    take_in(report(row))
    frozen_clock.advance(days=1)

    take_in(report(row, status="5.2.2"))

    first = row.bounced_at
    row.refresh_from_db()
    assert (first, row.is_hard_bounce, row.bounce_reason[:5]) == (None, True, "5.1.1")


def test_nothing_more_leaves_to_a_dead_address_until_it_is_lifted(mailoutbox):
    first = post()
    delivery.deliver()
    take_in(report(first))
    second, secret = post("deux"), post("secret", is_secret=True)

    assert delivery.deliver() == 1  # what the person asked for just now
    second.refresh_from_db()
    assert (second.state, second.last_error) == (
        "dead",
        "L'adresse ne reçoit plus : un courriel précédent en est revenu.",
    )
    assert outbox.resend(second) == 0

    officer = UserFactory()
    bounces.lift(first, by=officer)
    assert outbox.resend(second) == 1
    assert delivery.deliver() == 1
    assert JournalEntry.objects.about(first).get().action == CoreAction.BOUNCE_LIFTED
    secret.refresh_from_db()
    assert secret.state == "sent"


def test_lift_is_refused_when_nothing_came_back():
    row = post()
    with pytest.raises(Refused):
        bounces.lift(row, by=None)
    assert JournalEntry.objects.about(row).count() == 0


# --- The command ----------------------------------------------------------------------------------------------------
def read_bounces(*paths):
    out = io.StringIO()
    call_command("read_bounces", *map(str, paths), stdout=out)
    return out.getvalue().strip()


def test_read_from_a_file_and_the_standard_input(tmp_path, monkeypatch):
    one, two = post("un"), post("deux", to="b@exemple.fr")
    (tmp_path / "retour.eml").write_bytes(report(one))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report(two))))

    said = read_bounces(tmp_path / "retour.eml", "-")

    assert said == "2 retours inscrits, 0 d'un courriel inconnu, 0 autres messages."
    assert OutgoingEmail.objects.bounced().count() == 2


def test_read_a_maildir_once(tmp_path):
    row, box = post(), mailbox.Maildir(tmp_path / "boite")
    for content in (report(row), report(row, message_id="<x@y>"), b"Subject: absent\n\nBonjour"):
        box.add(content)

    assert read_bounces(tmp_path / "boite") == "1 retours inscrits, 1 d'un courriel inconnu, 1 autres messages."
    assert read_bounces(tmp_path / "boite") == "0 retours inscrits, 0 d'un courriel inconnu, 0 autres messages."


def test_a_path_that_is_nothing_is_said(tmp_path):
    with pytest.raises(CommandError):
        read_bounces(tmp_path / "absent")
