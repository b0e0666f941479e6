"""Publishing two hundred decisions in one transaction, beside the same rows written in set statements and nothing else."""

import random
import secrets
import statistics
import time
from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from fabriques.actions.publication import publish_cut_off
from gen_portal.bench.targets import CALL, OFFICER
from gen_portal.core import clock, outbox
from gen_portal.core.models import JournalEntry, User
from gen_portal.demo.history import History
from gen_portal.demo.judgement import Judge
from labelling.models import Decision, Outcome

ROUNDS = 3


def main(count):
    """Median seconds of each way over a few rounds, in turn, and the queries of the last publication."""
    count, ours, floor, queries = int(count), [], [], 0
    dossiers = list(Application.objects.filter(call__slug=CALL, figures__review_count=4).order_by("-pk"))
    for number in range(ROUNDS):
        first = 2 * number * count
        seconds, queries = published(countersigned(dossiers[first : first + count]))
        ours.append(seconds)
        floor.append(written(countersigned(dossiers[first + count : first + 2 * count])))
    return {"seconds": statistics.median(ours), "floor_seconds": statistics.median(floor), "queries": queries}


def countersigned(dossiers):
    """Decisions ready to be published: three labels out of four, no grant."""
    people = [User.objects.get(email=email) for email in (OFFICER, "directeur@gen.example", "signataire@gen.example")]
    at = clock.now() - timedelta(days=1)
    history = History(begins_at=at)
    outcomes = [Outcome.REFUSED if number % 4 == 0 else Outcome.LABELLED for number in range(len(dossiers))]
    decisions = Judge(random.Random(1), history, {}, *people).decide(dossiers, outcomes, at=at)
    history.write()
    return decisions


def published(decisions):
    """Seconds and queries of the portal's own publication."""
    cut_off, officer = decisions[0].cut_off, User.objects.get(email=OFFICER)
    with CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        counts = publish_cut_off(cut_off, by=officer)
        seconds = time.perf_counter() - begun
    if counts.decision_count != len(decisions):
        raise RuntimeError(f"{counts.decision_count} decisions published, {len(decisions)} expected.")
    return seconds, len(queries)


def written(decisions):
    """Seconds of the bare writes: the decisions, one row of audit and one rendered letter each."""
    begun, now = time.perf_counter(), clock.now()
    with transaction.atomic():
        Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(published_at=now)
        JournalEntry.objects.bulk_create(
            JournalEntry(
                subject_type="bench", subject_id=decision.pk, number=1, action="published", at=now,
                salt="", note_digest="", hash=secrets.token_hex(32),
            )
            for decision in decisions
        )  # fmt: skip
        outbox.post_many([_letter(decision) for decision in decisions], at=now)
    return time.perf_counter() - begun


def _letter(decision):
    to, key = "personne@structure.example", f"bench:letter:{decision.pk}"
    return {"key": key, "kind": "bench", "to": to, "subject_line": "Décision", "markdown": decision.reasons}
