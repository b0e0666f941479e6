"""The last minute of a call: who files, seen from inside Django. The sending itself is `crowd`."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.urls import reverse

from applications import ledger
from applications.models import AttemptStep, FilingAttempt, Submission
from gen_portal.bench.rush import ready
from gen_portal.bench.targets import cookie_of

GRACE_MINUTES = 5
KEY = "last-minute-"  # of the filings of this rush


def prepare(count, unbegun):
    """What `count` structures send; the last `unbegun` of them never opened the page of filing."""
    rows = ready(count)
    begun = rows[: count - unbegun]
    for row in begun:
        ledger.opened(row, by=row.started_by)
    return [
        {
            "reference": row.reference,
            "path": reverse("application_submit", args=[row.reference]),
            "cookie": cookie_of(row.started_by.email),
            "form": {"key": f"{KEY}{row.reference}", "signature": "on"},
        }
        for row in rows
    ]


def close_in(seconds):
    """Make the call close so soon, for good, with a few minutes of grace; the instant, in seconds since 1970."""
    call = ready(1)[0].call
    closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
    *earlier, last = call.timetable
    for cut_off in earlier:
        call.cut_offs.filter(pk=cut_off.pk).update(closes_at=closes_at - timedelta(days=last.number - cut_off.number))
    call.cut_offs.filter(pk=last.pk).update(closes_at=closes_at)
    type(call).objects.filter(pk=call.pk).update(grace_minutes=GRACE_MINUTES)
    return closes_at.timestamp()


def kept():
    """What the database holds: bases of the filings of each dossier, filings at or after their end, results of attempts."""
    filings = Submission.objects.filter(idempotency_key__startswith=KEY).order_by("pk")
    bases = {}
    for reference, basis in filings.values_list("application__reference", "basis"):
        bases.setdefault(reference, []).append(basis)
    attempts = FilingAttempt.objects.filter(step=AttemptStep.SUBMIT, application__reference__in=list(bases))
    return {
        "bases": bases,
        "late": filings.filter(filed_at__gte=F("term_ends_at")).count(),
        "results": Counter(attempts.values_list("result", flat=True)),
    }


def main(what, *numbers):
    """`prepare <count> <unbegun>`, `close_in <seconds>`, `kept`."""
    return ACTS[what](*map(int, numbers))


ACTS = {"prepare": prepare, "close_in": close_in, "kept": kept}
