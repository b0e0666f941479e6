"""E-mail as a row: `post()` writes it in the caller's transaction, `delivery.deliver()` sends what is due, once."""

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.text import safe_html

#: What `register_guard` named: the conditions, and how what they ask about is locked.
guards, guard_locks = {}, {}


class NotYet(Exception):
    """What a guard raises when a mail is still wanted, but not now: it waits until `until`, an instant."""

    def __init__(self, until):
        super().__init__(until)
        self.until = until


def register_guard(name, still_wanted, lock_all):
    """Name a condition `still_wanted(email) -> bool`, asked again in the transaction that starts the sending.

    It may raise `NotYet`. `lock_all(emails)` locks beforehand, in one order, the rows that it asks about for these mails:
    two groups that start at once wait for each other, and never in a circle.
    """
    guards[name], guard_locks[name] = still_wanted, lock_all


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
    OutgoingEmail.objects.bulk_create(rows_of(mails, at=at), batch_size=500, ignore_conflicts=True)


def rows_of(mails, *, at):
    """The rows of these mails, for a caller that inserts them with others in its transaction, but for those of known keys."""
    _require_reason()
    rows = [OutgoingEmail(key=mail.pop("key"), **_columns(**mail, at=at)) for mail in map(dict, mails)]
    if rows:
        _nudge_after_commit()
    return rows


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


def url_of(name, *args):
    """The whole address of a page, for a mail."""
    return settings.PORTAL_URL + reverse(name, args=args)


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
    fresh.forget_secret()
    fresh.save(update_fields=["cancelled_at", "dead_at", "doubtful_at", "text_body", "html_body"])
    return 1
