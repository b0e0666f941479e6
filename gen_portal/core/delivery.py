"""The delivery of the outbox: what is due leaves once, by any number of workers that may die at any instant.

Rows are claimed with a lease, started by groups (their guards asked again in that transaction), sent over one connection,
then marked. A lease that ran out after a start is ambiguous: the relay is asked by Message-ID when it can answer; else a
legal letter leaves again with the same Message-ID and an ordinary mail waits for staff (docs/decisions/0003).
"""

import logging
import secrets
import select
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
from django.db import OperationalError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.outbox import NotYet, guard_locks, guards
from gen_portal.core.text import plain_text

logger = logging.getLogger(__name__)

#: How long a run holds a row that it does not mark.
LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 12
BATCH = 50
RUN_SECONDS = 200  # within the task's soft limit
#: Mails that one transaction starts where the relay can say which it took: whatever is left in doubt is then settled by
#: itself. Where it cannot, each mail is started alone, so that one at most waits for staff.
GROUP = 10
#: How long a start holds. What was not handed over by then is checked again first: a slow relay makes no stale mail.
FRESH_SECONDS = 1
#: A session without a word for so long is tried before it is used.
IDLE_SECONDS = 5


class RelayAway(Exception):
    """No session with the relay could be opened: nothing left, and no mail is to blame."""


def deliver():
    """Send everything due; returns how many left. Safe to run any number of times, by any number of workers.

    Stops by itself when the relay is away or before the task's time limit: what is left is due at the next sweep.
    """
    sent_count, stop_at = 0, time.monotonic() + RUN_SECONDS
    while time.monotonic() < stop_at and (claimed := _claim()):
        run = _Run(claimed, stop_at)
        try:
            run.send_all()
        except RelayAway as error:
            logger.warning("the relay is away: %s", error)
            break
        finally:
            run.close()
            sent_count += run.sent_count
    return sent_count


@transaction.atomic
def _claim():
    """Lease the next rows to this run, without their bodies; two runs never hold the same one."""
    now, token = clock.now(), secrets.token_hex(16)
    rows = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
    ids = list(rows.order_by("not_before_at", "pk").values_list("pk", flat=True)[:BATCH])
    OutgoingEmail.objects.filter(pk__in=ids).update(leased_until=now + LEASE, lease_token=token)
    claimed = OutgoingEmail.objects.filter(pk__in=ids, lease_token=token).defer("text_body", "html_body")
    return list(claimed.order_by("pk"))  # whoever locks several mails does so in this order


class _Run:
    """One claimed batch over one connection. What left is marked with the start of the next group, or at the end."""

    def __init__(self, rows, stop_at):
        self.waiting, self.token, self.stop_at = deque(rows), rows[0].lease_token, stop_at
        self.connection, self.used_at = get_connection(), 0
        self.started, self.left, self.sent_count = deque(), [], 0

    def send_all(self):
        while self.waiting and time.monotonic() < self.stop_at:
            self.start_group()
            fresh_until = time.monotonic() + FRESH_SECONDS
            while self.started and time.monotonic() < fresh_until:
                self.send_one(self.started.popleft())
            self.take_back()

    def start_group(self):
        size = GROUP if settings.EMAIL_LOOKUP_URL else 1
        rows = [self.waiting.popleft() for _ in range(min(size, len(self.waiting)))]
        if any(row.started_at for row in rows):
            self.mark_left()  # the relay may be slow to answer: nothing waits for it unmarked
        accepted = {row.pk: _relay_has(row.message_id) for row in rows if row.started_at}
        self.started = deque(_start(rows, accepted, self.left))
        self.left = []

    def send_one(self, row):
        """Hand one message to the relay; one that it did not take is marked at once."""
        try:
            self.open()
            _message(row, self.connection).send()
        except RelayAway as error:
            _give_back(row, error)
            raise
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; ValueError: not a message one can write
            _close(self.connection)
            _mark_failed(row, error)
            return
        self.used_at = time.monotonic()
        self.left.append(row)
        self.sent_count += 1

    def open(self):
        """A live session: one that the relay closed between two messages is opened again, so that no doubt arises."""
        session = getattr(self.connection, "connection", None)
        if session is not None and not self.is_alive(session):
            _close(self.connection)
        try:
            self.connection.open()
        except OSError as error:
            raise RelayAway(f"{type(error).__name__} : {error}") from error

    def is_alive(self, session):
        """Nothing came from the relay since its last answer, nor did long pass; else it is asked."""
        try:
            if time.monotonic() - self.used_at > IDLE_SECONDS or select.select([session.sock], [], [], 0)[0]:
                return session.noop()[0] == 250
        except (OSError, ValueError, TypeError):  # cut, or closed on our side: no socket, or one without number
            return False
        return True

    def take_back(self):
        """What was started and not handed over is neither in doubt nor tried: its start is undone."""
        ids = [row.pk for row in self.started]
        if ids:
            ours = OutgoingEmail.objects.filter(pk__in=ids, lease_token=self.token)
            ours.update(started_at=None, attempts=F("attempts") - 1)
        for row in reversed(self.started):
            row.started_at = None
            self.waiting.appendleft(row)
        self.started = deque()

    def mark_left(self):
        if self.left:
            _mark_left(self.left, clock.now())
            self.left = []

    def close(self):
        """Mark what left, and give back what this run did not come to."""
        self.mark_left()
        self.take_back()
        ids = [row.pk for row in self.waiting]
        OutgoingEmail.objects.filter(pk__in=ids, lease_token=self.token).update(leased_until=None)
        _close(self.connection)


@transaction.atomic
def _start(rows, accepted, left=()):
    """Those of `rows` that may leave now, in order: still ours, not in doubt, wanted by their guards. Marks their start.

    `accepted`: what the relay says of an earlier start, by row key: True, False, or None when it does not say. What
    `left` before is marked in the same transaction.
    """
    now = clock.now()
    if left:
        _mark_left(left, now)
    ours = OutgoingEmail.objects.waiting().filter(pk__in=[row.pk for row in rows], lease_token=rows[0].lease_token)
    fresh = list(ours.select_for_update(of=("self",)).order_by("pk"))
    for name in sorted({row.guard for row in fresh} & guard_locks.keys()):
        guard_locks[name]([row for row in fresh if row.guard == name])
    stopped = OutgoingEmail.objects.stopped_among(row.to_address for row in fresh if not row.is_secret)
    leaving = [row for row in fresh if _may_leave(row, accepted.get(row.pk), stopped, now)]
    values = {"started_at": now, "leased_until": now + LEASE}
    OutgoingEmail.objects.filter(pk__in=[row.pk for row in leaving]).update(attempts=F("attempts") + 1, **values)
    return leaving


def _may_leave(row, is_accepted, stopped, now):
    if row.started_at is not None and not _settle_doubt(row, is_accepted, now):
        return False
    if not row.is_secret and row.to_address.lower() in stopped:
        return _stop(row, now)
    return not row.guard or _is_still_wanted(row, now)


def _stop(row, now):
    """The address came back as one that receives nothing: staff see the mail and reach the person otherwise.

    A mail with a secret was asked for by the person just now, from that address: it is tried.
    """
    row.dead_at, row.last_error = now, "L'adresse ne reçoit plus : un courriel précédent en est revenu."
    row.save(update_fields=["dead_at", "last_error"])
    return False


def _is_still_wanted(row, now):
    """What the guard says; one that fails stops its own mail, for staff to see, and never the others."""
    try:
        with transaction.atomic():
            if guards[row.guard](row):
                return True
        row.cancelled_at, row.last_error = now, "La condition d'envoi n'est plus remplie."
    except NotYet as wait:
        row.not_before_at, row.leased_until, row.started_at = wait.until, None, None
    except OperationalError:  # the database is away or chose another transaction: the mail is not to blame
        raise
    except Exception:  # whatever the guard of another floor raises
        logger.exception("mail %s: guard %s failed", row.pk, row.guard)
        row.dead_at, row.last_error = now, "La condition d'envoi n'a pas pu être vérifiée."
    row.save(update_fields=["cancelled_at", "dead_at", "last_error", "not_before_at", "leased_until", "started_at"])
    return False


def _settle_doubt(row, is_accepted, now):
    """An earlier run started this row and did not come back: may it leave again?"""
    if is_accepted:
        row.sent_at, row.last_error = now, "Accepté par le relais, qui l'a confirmé."
        row.forget_secret()
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


def _message(row, connection):
    message = EmailMultiAlternatives(
        row.subject_line,
        plain_text(row.text_body),
        to=[row.to_address],
        connection=connection,
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated", **row.headers},
    )
    message.attach_alternative(row.html_body, "text/html")
    return message


def _mark_left(rows, now):
    """They left, whatever was decided while they did; secrets are forgotten. The first to say so tells the instant."""
    values = {"cancelled_at": None, "dead_at": None, "doubtful_at": None, "last_error": ""}
    ours = OutgoingEmail.objects.filter(pk__in=[row.pk for row in rows])
    ours.update(sent_at=Coalesce("sent_at", Value(now)), **values)
    if secret := [row.pk for row in rows if row.is_secret]:
        OutgoingEmail.objects.filter(pk__in=secret).update(text_body="", html_body="")


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
