"""Mails that come back: a delivery report (DSN, RFC 3464) is matched by its Message-ID and told on the mail's row.

An address that does not exist stops what is written to it (`OutgoingEmail.stopped_among`) until staff say it works again.
"""

import email
import email.policy
import re
from dataclasses import dataclass

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.models import CoreAction, OutgoingEmail
from gen_portal.core.workflow import Refused, lock, record

#: Enhanced codes (RFC 3463) that say the address or its domain is not there: trying again changes nothing. A full
#: mailbox (5.2.2), a refused text (5.7.1) or a size (5.3.4) are the business of that mail alone.
_HARD = re.compile(r"5\.(0\.0|1\.\d+|2\.1|4\.4)$")


@dataclass(frozen=True)
class Bounce:
    """What a delivery report says of one mail: its Message-ID, to whom, whether for good, and the relay's words."""

    message_id: str
    address: str
    is_final: bool
    status: str
    reason: str

    @property
    def is_hard(self):
        return self.is_final and bool(_HARD.match(self.status))


def read(content):
    """The bounces of one message (bytes), one per recipient that failed; none if it is no report of a failure."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    if message.get_content_type() != "multipart/report":
        return []
    message_id = _original_id(message)
    if not message_id:
        return []
    return [bounce for part in message.walk() if part.get_content_type() == "message/delivery-status"
            for bounce in _failures(part, message_id)]  # fmt: skip


def _original_id(message):
    """Message-ID of the mail that came back, from its copy or its headers; its copy is the report's last part."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            return str(part.get_payload(0).get("Message-ID", "")).strip()
        if part.get_content_type() == "text/rfc822-headers":
            headers = email.message_from_bytes(part.get_payload(decode=True) or b"", policy=email.policy.compat32)
            return str(headers.get("Message-ID", "")).strip()
    return ""


def _failures(part, message_id):
    """One block of fields per recipient, after the block of the message."""
    blocks = part.get_payload() if part.is_multipart() else []
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        if action != "failed":
            continue
        address = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
        status = str(block.get("Status", "")).split(" ")[0].strip()
        yield Bounce(
            message_id=message_id,
            address=address.rpartition(";")[2].strip().strip("<>"),
            is_final=status.startswith("5"),
            status=status,
            reason=" ".join(str(block.get("Diagnostic-Code", "")).rpartition(";")[2].split())[:500],
        )


@transaction.atomic
def take_in(bounce):
    """Tell a bounce on its mail; returns the row, or None when no mail of ours has this Message-ID and address.

    Reading the same report twice changes nothing.
    """
    row = _mail_of(bounce)
    if row is None:
        return None
    row = lock(row)
    if row.bounced_at is None:
        row.bounced_at, row.is_hard_bounce = clock.now(), bounce.is_hard
        row.bounce_reason = f"{bounce.status} {bounce.reason}".strip()
        row.save(update_fields=["bounced_at", "is_hard_bounce", "bounce_reason"])
    return row


def _mail_of(bounce):
    """The mail with this Message-ID: looked for among those sent to the address, as the Message-ID is computed."""
    rows = OutgoingEmail.objects.filter(to_address__iexact=bounce.address).defer("text_body", "html_body")
    return next((row for row in rows.order_by("-pk") if row.message_id == bounce.message_id), None)


@transaction.atomic
def lift(row, *, by):
    """Staff say that an address works again, or that the return was seen to: mails leave to it from now on.

    Every return of this address is lifted with it. Refused when there is none to lift.
    """
    row = lock(row)
    if row.bounced_at is None or row.bounce_lifted_at is not None:
        raise Refused("Ce courriel n'est pas revenu, ou son retour est déjà traité.")
    now = clock.now()
    OutgoingEmail.objects.bounced().filter(to_address__iexact=row.to_address).update(bounce_lifted_at=now)
    record(row, CoreAction.BOUNCE_LIFTED, by=by, at=now, note=f"Adresse {row.to_address}")
    row.refresh_from_db()
    return row
