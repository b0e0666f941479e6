"""E-mail as a row: `post()` writes it in the caller's transaction, `deliver()` sends what is due, once.

A row is claimed with a lease, started (its guard asked again in that transaction), sent over one connection, then
marked. A lease that ran out after a start is ambiguous: the relay is asked by Message-ID when it can answer; else a legal
letter leaves again with the same Message-ID and an ordinary mail waits for staff.
"""

import logging
import secrets
import time
from collections import deque
from datetime import timedelta
from http.client import HTTPException
from smtplib import SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
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
from gen_portal.core.text import plain_text, safe_html

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 12
BATCH = 50
RUN_SECONDS = 200  # within the task's soft limit

_guards = {}


class NotYet(Exception):
    """What a guard raises when a mail is still wanted, but not now: it waits until `until`, an instant."""

    def __init__(self, until):
        super().__init__(until)
        self.until = until


def register_guard(name, still_wanted):
    """Name a condition `still_wanted(email) -> bool`, asked again in the transaction that starts the sending.

    It may raise `NotYet`."""
    _guards[name] = still_wanted


def post(*, key, kind, to, subject_line, markdown, about=None, guard="", is_secret=False, is_legal=False,
         headers=None, at=None, not_before_at=None):  # fmt: skip
    """Write one e-mail (text, and its HTML made from the same Markdown); the same `key` is never posted twice.

    Returns the row, an earlier one if the key is known. Must run inside a transaction: a mail exists with its reason.
    """
    _require_reason()
    row, is_new = OutgoingEmail.objects.get_or_create(
        key=key,
        defaults=_columns(
            kind=kind, to=to, subject_line=subject_line, markdown=markdown, about=about, guard=guard,
            is_secret=is_secret, is_legal=is_legal, headers=headers, at=at or clock.now(), not_before_at=not_before_at,
        ),
    )  # fmt: skip
    if is_new:
        _nudge_after_commit()
    return row


def post_many(mails, *, at):
    """The same for many at one instant, in set statements: `mails` are dictionaries of the arguments of `post`."""
    _require_reason()
    rows = [OutgoingEmail(key=mail.pop("key"), **_columns(**mail, at=at)) for mail in map(dict, mails)]
    OutgoingEmail.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    if rows:
        _nudge_after_commit()


def _require_reason():
    if not database.in_atomic_block:
        raise RuntimeError("An e-mail is posted inside the transaction that gives it its reason.")


def _columns(*, kind, to, subject_line, markdown, at, about=None, guard="", is_secret=False, is_legal=False,
             headers=None, not_before_at=None):  # fmt: skip
    subject_line = " ".join(subject_line.split())[:200]
    return {
        "kind": kind,
        "to_address": to,
        "subject_line": subject_line,
        "text_body": markdown.strip() + "\n",
        "html_body": render_to_string(
            "emails/_layout.html", {"subject_line": subject_line, "body": mail_html(markdown)}
        ),
        "headers": headers or {},
        "subject_type": about._meta.label_lower if about is not None else "",
        "subject_id": about.pk if about is not None else None,
        "guard": guard,
        "is_secret": is_secret,
        "is_legal": is_legal,
        "created_at": at,
        "not_before_at": not_before_at or at,
    }


def mail_html(markdown):
    """The formatted text of a mail; its links lead to the portal or to a mail address, nowhere else."""
    return safe_html(markdown, links_to=settings.PORTAL_URL)


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


class RelayAway(Exception):
    """No session with the relay could be opened: nothing left, and no mail is to blame."""


def deliver():
    """Send everything due; returns how many left. Safe to run any number of times, by any number of workers.

    Stops by itself when the relay is away or before the task's time limit: what is left is due at the next sweep.
    """
    sent_count, stop_at = 0, time.monotonic() + RUN_SECONDS
    while time.monotonic() < stop_at and (claimed := _claim()):
        try:
            sent_count += _send_batch(claimed, stop_at)
        except RelayAway as error:
            logger.warning("the relay is away: %s", error)
            break
    return sent_count


@transaction.atomic
def _claim():
    """Lease the next rows to this run; two runs never hold the same one."""
    now, token = clock.now(), secrets.token_hex(16)
    rows = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
    ids = list(rows.order_by("not_before_at", "pk").values_list("pk", flat=True)[:BATCH])
    OutgoingEmail.objects.filter(pk__in=ids).update(leased_until=now + LEASE, lease_token=token)
    return list(OutgoingEmail.objects.filter(pk__in=ids, lease_token=token).order_by("not_before_at", "pk"))


def _send_batch(rows, stop_at):
    """Send claimed rows over one connection; gives back those it did not come to."""
    sent_count, connection, waiting = 0, get_connection(), deque(rows)
    try:
        while waiting and time.monotonic() < stop_at:
            row = waiting.popleft()
            is_accepted = _relay_has(row.message_id) if row.started_at else None
            if _start(row, is_accepted):
                sent_count += _send_one(row, connection)
    finally:
        _close(connection)
        ids = [row.pk for row in waiting]
        OutgoingEmail.objects.filter(pk__in=ids, lease_token=rows[0].lease_token).update(leased_until=None)
    return sent_count


@transaction.atomic
def _start(row, is_accepted):
    """Whether the row may leave now: still ours, not in doubt, and its guard still says yes. Marks the start.

    `is_accepted` is what the relay says of an earlier start: True, False, or None when it does not say.
    """
    fresh = OutgoingEmail.objects.select_for_update(of=("self",)).waiting().filter(
        pk=row.pk, lease_token=row.lease_token
    ).first()  # fmt: skip
    if fresh is None:
        return False
    now = clock.now()
    if fresh.started_at is not None and not _settle_doubt(fresh, is_accepted, now):
        return False
    if _is_stopped(fresh, now) or (fresh.guard and not _is_still_wanted(fresh, now)):
        return False
    fresh.started_at, fresh.attempts, fresh.leased_until = now, fresh.attempts + 1, now + LEASE
    fresh.save(update_fields=["started_at", "attempts", "leased_until"])
    return True


def _is_stopped(row, now):
    """Whether the address came back as one that receives nothing: staff see the mail and reach the person otherwise.

    A mail with a secret was asked for by the person just now, from that address: it is tried.
    """
    if row.is_secret or not OutgoingEmail.objects.stopped_among([row.to_address]):
        return False
    row.dead_at, row.last_error = now, "L'adresse ne reçoit plus : un courriel précédent en est revenu."
    row.save(update_fields=["dead_at", "last_error"])
    return True


def _is_still_wanted(row, now):
    """What the guard says; one that fails stops its own mail, for staff to see, and never the others."""
    try:
        with transaction.atomic():
            if _guards[row.guard](row):
                return True
        row.cancelled_at, row.last_error = now, "La condition d'envoi n'est plus remplie."
    except NotYet as wait:
        row.not_before_at, row.leased_until, row.started_at = wait.until, None, None
    except Exception:  # whatever the guard of another floor raises
        logger.exception("mail %s: guard %s failed", row.pk, row.guard)
        row.dead_at, row.last_error = now, "La condition d'envoi n'a pas pu être vérifiée."
    row.save(update_fields=["cancelled_at", "dead_at", "last_error", "not_before_at", "leased_until", "started_at"])
    return False


def _settle_doubt(row, is_accepted, now):
    """An earlier run started this row and did not come back: may it leave again?"""
    if is_accepted:
        row.sent_at, row.last_error = now, "Accepté par le relais, qui l'a confirmé."
        _erase_secret(row)
        row.save(update_fields=["sent_at", "last_error", "text_body", "html_body"])
        return False
    if is_accepted is None and not row.is_legal:
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
    except (OSError, HTTPException):
        return None


def _send_one(row, connection):
    """Hand one message to the relay and mark the row; returns 1 when it left."""
    message = EmailMultiAlternatives(
        row.subject_line,
        plain_text(row.text_body),
        to=[row.to_address],
        connection=connection,
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated", **row.headers},
    )
    message.attach_alternative(row.html_body, "text/html")
    try:
        _open(connection)
        message.send()
    except RelayAway as error:
        _give_back(row, error)
        raise
    except (
        OSError,
        ValueError,
    ) as error:  # smtplib's errors are OSErrors; ValueError: no message can be made of this row
        _close(connection)
        _mark_failed(row, error)
        return 0
    _erase_secret(row)
    OutgoingEmail.objects.filter(pk=row.pk).update(  # it left, whatever was decided while it did
        sent_at=clock.now(),
        cancelled_at=None,
        dead_at=None,
        doubtful_at=None,
        text_body=row.text_body,
        html_body=row.html_body,
        last_error="",
    )
    return 1


def _open(connection):
    """A live session: one that the relay closed between two messages is opened again, so that no doubt arises."""
    session = getattr(connection, "connection", None)
    try:
        if session is not None:
            session.noop()
    except OSError:
        _close(connection)
    try:
        connection.open()
    except OSError as error:
        raise RelayAway(f"{type(error).__name__} : {error}") from error


def _erase_secret(row):
    if row.is_secret:
        row.text_body = row.html_body = ""


def _give_back(row, error):
    """The relay is away: try again in a minute, without counting this try."""
    OutgoingEmail.objects.filter(pk=row.pk, lease_token=row.lease_token).update(
        attempts=F("attempts") - 1,
        started_at=None,
        leased_until=None,
        not_before_at=clock.now() + timedelta(minutes=1),
        last_error=str(error)[:500],
    )


def _mark_failed(row, error):
    """Back off (1, 2, 4… minutes, at most an hour); refused for good or tried too often, it becomes a dead letter.

    After an error that is no answer of the relay (cut, silence), the start stays: the next run settles the doubt.
    """
    logger.warning("mail %s not sent: %s", row.pk, type(error).__name__)
    now, attempts = clock.now(), OutgoingEmail.objects.values_list("attempts", flat=True).get(pk=row.pk)
    is_dead = _is_final(error) or attempts >= MAX_ATTEMPTS
    OutgoingEmail.objects.filter(pk=row.pk, sent_at=None, lease_token=row.lease_token).update(
        last_error=f"{type(error).__name__} : {error}"[:500],
        started_at=None if _is_answer(error) else F("started_at"),
        dead_at=now if is_dead else None,
        not_before_at=now + timedelta(minutes=min(2 ** (attempts - 1), 60)),
        leased_until=None,
        lease_token="",
    )


def _is_answer(error):
    """Whether the relay said no, or was never asked: then the message did not leave."""
    return isinstance(error, SMTPResponseException | SMTPRecipientsRefused | SMTPNotSupportedError | ValueError)


def _is_final(error):
    """Refused with a code that trying again will not change, or impossible to write."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, ValueError) or (isinstance(error, SMTPDataError) and error.smtp_code >= 500)


def _close(connection):
    try:
        connection.close()
    except OSError:
        logger.info("the relay closed the connection first")


# --- What staff do ------------------------------------------------------------------------------------------------


@transaction.atomic
def resend(row):
    """Put a dead or doubtful mail back in the queue, with its Message-ID; a sent or cancelled one stays as it is.

    Nor one to an address that receives nothing: it would come back; staff first say that the address works again.
    """
    if OutgoingEmail.objects.stopped_among([row.to_address]):
        return 0
    return (
        OutgoingEmail.objects.needing_staff()
        .filter(pk=row.pk)
        .update(
            dead_at=None, doubtful_at=None, started_at=None, attempts=0, leased_until=None, not_before_at=clock.now()
        )
    )


@transaction.atomic
def cancel(row):
    """Never send this mail, and forget its secret; one that left, or is leaving right now, stays as it is."""
    fresh = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    now = clock.now()
    is_leaving = fresh.started_at is not None and fresh.leased_until is not None and fresh.leased_until > now
    if fresh.sent_at or fresh.cancelled_at or is_leaving:
        return 0
    fresh.cancelled_at, fresh.dead_at, fresh.doubtful_at = now, None, None
    _erase_secret(fresh)
    fresh.save(update_fields=["cancelled_at", "dead_at", "doubtful_at", "text_body", "html_body"])
    return 1
