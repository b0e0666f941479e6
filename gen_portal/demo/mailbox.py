"""The demonstration's mailbox: a mail backend that keeps one file per message, and what reads them back."""

import email
import email.policy
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from gen_portal.core.references import new_reference

SHOWN = 200  # the latest messages: enough for a demonstration


class MailboxBackend(BaseEmailBackend):
    """Writes each message to DEMO_MAILBOX; nothing leaves the machine."""

    def send_messages(self, messages):
        settings.DEMO_MAILBOX.mkdir(parents=True, exist_ok=True)
        for message in messages:
            path = settings.DEMO_MAILBOX / f"{time.time_ns()}-{new_reference(6)}.eml"
            path.write_bytes(message.message().as_bytes())
        return len(messages)


@dataclass(frozen=True)
class ReceivedMail:
    """A message as its reader sees it."""

    name: str
    subject: str
    to: str
    received_at: object
    text: str


def received(to=""):
    """The latest messages, newest first; of one address when given."""
    paths = sorted(settings.DEMO_MAILBOX.glob("*.eml"), reverse=True)[:SHOWN]
    mails = [_read(path) for path in paths]
    return [mail for mail in mails if to in mail.to] if to else mails


def received_mail(name):
    """One message by its name, None if there is none."""
    path = settings.DEMO_MAILBOX / f"{name}.eml"
    return _read(path) if path.exists() else None


def _read(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(preferencelist=("plain",))
    return ReceivedMail(
        name=path.stem,
        subject=str(message["Subject"]),
        to=str(message["To"]),
        received_at=parsedate_to_datetime(message["Date"]),
        text=body.get_content() if body else "",
    )
