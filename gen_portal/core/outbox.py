"""E-mail as a row: `post()` writes it in the caller's transaction, `deliver()` sends what is due, once.

A row is claimed with a lease, started (its guard asked again in that transaction), sent over one connection, then
marked. A lease that ran out after a start is ambiguous: the relay is asked by Message-ID when it can answer; else a legal
letter leaves again with the same Message-ID and an ordinary mail waits for staff.
"""

import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection as database
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.text import safe_html

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 12
BATCH = 50

_guards = {}


def register_guard(name, still_wanted):
    """Name a condition `still_wanted(email) -> bool`, asked again in the transaction that starts the sending."""
    _guards[name] = still_wanted


def post(*, key, kind, to, subject_line, markdown, about=None, guard="", is_secret=False, is_legal=False,
         headers=None, at=None, not_before_at=None):  # fmt: skip
    """Write one e-mail (text, and its HTML made from the same Markdown); the same `key` is never posted twice.

    Returns the row, an earlier one if the key is known. Must run inside a transaction: a mail exists with its reason.
    """
    if not database.in_atomic_block:
        raise RuntimeError("An e-mail is posted inside the transaction that gives it its reason.")
    at = at or clock.now()
    subject_line = " ".join(subject_line.split())[:200]
    row, is_new = OutgoingEmail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "to_address": to,
            "subject_line": subject_line,
            "text_body": markdown.strip() + "\n",
            "html_body": render_to_string(
                "emails/_layout.html", {"subject_line": subject_line, "body": safe_html(markdown)}
            ),
            "headers": headers or {},
            "subject_type": about._meta.label_lower if about is not None else "",
            "subject_id": about.pk if about is not None else None,
            "guard": guard,
            "is_secret": is_secret,
            "is_legal": is_legal,
            "created_at": at,
            "not_before_at": not_before_at or at,
        },
    )
    if is_new:
        _nudge_after_commit()
    return row


def render(template, context):
    """Subject and Markdown of `templates/emails/<template>.md`: first line the subject, the rest the text."""
    text = render_to_string(f"emails/{template}.md", context)
    subject_line, _, markdown = text.strip().partition("\n")
    return subject_line.strip(), markdown.strip()


def _nudge_after_commit():
    if not any(_nudge in entry for entry in database.run_on_commit):
        transaction.on_commit(_nudge)


_nudge_task = []


def on_nudge(callback):
    """`tasks` says here how a delivery is asked for after a commit; the sweep catches up if it fails."""
    _nudge_task[:] = [callback]


def _nudge():
    for callback in _nudge_task:
        callback()


# --- Delivery -----------------------------------------------------------------------------------------------------


def deliver():
    """Send everything due; returns how many left. Safe to run any number of times, by any number of workers."""
    sent_count = 0
    while claimed := _claim():
        sent_count += _send_batch(claimed)
    return sent_count


@transaction.atomic
def _claim():
    """Lease the next rows to this run; two runs never hold the same one."""
    now, token = clock.now(), secrets.token_hex(16)
    rows = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
    ids = list(rows.order_by("not_before_at", "pk").values_list("pk", flat=True)[:BATCH])
    OutgoingEmail.objects.filter(pk__in=ids).update(leased_until=now + LEASE, lease_token=token)
    return list(OutgoingEmail.objects.filter(pk__in=ids, lease_token=token).order_by("not_before_at", "pk"))


def _send_batch(rows):
    sent_count, connection = 0, get_connection()
    try:
        for row in rows:
            if _start(row):
                sent_count += _send_one(row, connection)
    finally:
        _close(connection)
    return sent_count


@transaction.atomic
def _start(row):
    """Whether the row may leave now: still ours, not in doubt, and its guard still says yes. Marks the start."""
    fresh = OutgoingEmail.objects.select_for_update(of=("self",)).waiting().filter(
        pk=row.pk, lease_token=row.lease_token
    ).first()  # fmt: skip
    if fresh is None:
        return False
    now = clock.now()
    if fresh.started_at is not None and not _settle_doubt(fresh, now):
        return False
    if fresh.guard and not _guards[fresh.guard](fresh):
        fresh.cancelled_at, fresh.last_error = now, "La condition d'envoi n'est plus remplie."
        fresh.save(update_fields=["cancelled_at", "last_error"])
        return False
    fresh.started_at, fresh.attempts, fresh.leased_until = now, fresh.attempts + 1, now + LEASE
    fresh.save(update_fields=["started_at", "attempts", "leased_until"])
    return True


def _settle_doubt(row, now):
    """An earlier run started this row and did not come back: may it leave again?"""
    accepted = _relay_has(row.message_id)
    if accepted:
        row.sent_at, row.last_error = now, "Accepté par le relais, qui l'a confirmé."
        _erase_secret(row)
        row.save(update_fields=["sent_at", "last_error", "text_body", "html_body"])
        return False
    if accepted is None and not row.is_legal:
        row.doubtful_at, row.last_error = now, "L'envoi a été interrompu : impossible de savoir s'il est parti."
        row.save(update_fields=["doubtful_at", "last_error"])
        return False
    return True


def _relay_has(message_id):
    """True or False when the relay's log answers for a Message-ID, None when there is none or it does not answer."""
    if not settings.EMAIL_LOOKUP_URL:
        return None
    try:
        with urlopen(settings.EMAIL_LOOKUP_URL + quote(message_id.strip("<>"), safe=""), timeout=10) as answer:  # noqa: S310
            return answer.status == 200
    except HTTPError as error:
        return False if error.code == 404 else None
    except OSError:
        return None


def _send_one(row, connection):
    """Hand one message to the relay and mark the row; returns 1 when it left."""
    message = EmailMultiAlternatives(
        row.subject_line,
        row.text_body,
        to=[row.to_address],
        connection=connection,
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated", **row.headers},
    )
    message.attach_alternative(row.html_body, "text/html")
    try:
        connection.open()
        message.send()
    except (SMTPException, OSError) as error:
        _close(connection)
        _mark_failed(row, error)
        return 0
    row.sent_at = clock.now()
    _erase_secret(row)
    OutgoingEmail.objects.filter(pk=row.pk).update(
        sent_at=row.sent_at, text_body=row.text_body, html_body=row.html_body, last_error=""
    )
    return 1


def _erase_secret(row):
    if row.is_secret:
        row.text_body = row.html_body = ""


def _mark_failed(row, error):
    """Back off (1, 2, 4… minutes, at most an hour); a refused address or too many attempts make a dead letter."""
    now, is_refused = clock.now(), isinstance(error, SMTPRecipientsRefused)
    attempts = OutgoingEmail.objects.values_list("attempts", flat=True).get(pk=row.pk)
    logger.warning("mail %s not sent: %s", row.pk, type(error).__name__)
    OutgoingEmail.objects.filter(pk=row.pk).update(
        last_error=f"{type(error).__name__} : {error}"[:500],
        started_at=None,
        dead_at=now if is_refused or attempts >= MAX_ATTEMPTS else None,
        not_before_at=now + timedelta(minutes=min(2 ** (attempts - 1), 60)),
        leased_until=None,
        lease_token="",
    )


def _close(connection):
    try:
        connection.close()
    except (SMTPException, OSError):
        logger.info("the relay closed the connection first")


# --- What staff do ------------------------------------------------------------------------------------------------


@transaction.atomic
def resend(row):
    """Put a dead or doubtful mail back in the queue, with its Message-ID; a sent or cancelled one stays as it is."""
    return (
        OutgoingEmail.objects.needing_staff()
        .filter(pk=row.pk)
        .update(
            dead_at=None, doubtful_at=None, started_at=None, attempts=0, leased_until=None, not_before_at=clock.now()
        )
    )


@transaction.atomic
def cancel(row):
    """Never send this mail; one that already left stays sent."""
    return OutgoingEmail.objects.filter(pk=row.pk, sent_at=None, cancelled_at=None).update(
        cancelled_at=clock.now(), dead_at=None, doubtful_at=None, attempts=F("attempts")
    )
