"""A thousand decisions by the code of the pages – prepared, signed, countersigned, published with their letters – beside the
same rows written in set statements and nothing else. Each round writes in a copy of its own."""

import secrets
import time

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, CutOff
from fabriques.actions.publication import publish_cut_off
from gen_portal.bench.targets import CALL, OFFICER
from gen_portal.core import clock, outbox
from gen_portal.core.models import JournalEntry, OutgoingEmail, User
from labelling.actions.preparing import effects_of, prepare_many
from labelling.models import Decision, Label, Letter, Outcome
from labelling.transitions.signing_many import countersign_many, countersigning_sheet, sign_many, signing_sheet

DIRECTOR, SECOND = "directeur@gen.example", "signataire@gen.example"
REASONS = "Le comité a suivi l'avis des instructeurs : projet solide, public visé, débouchés montrés."


def main(count):
    """Seconds of each act and of the floor, queries of the publication, and what it left."""
    count, seconds = int(count), {}
    reverse("desk")  # a worker of the portal knows its addresses already
    dossiers = _dossiers()
    ours, theirs = dossiers[:count], dossiers[count : 2 * count]
    acts = {"prepare": _prepare, "sign": _sign, "countersign": _countersign}
    cut_off, officer = _cut_off(), _person(OFFICER)
    for name, act in acts.items():
        seconds[name], _ = _timed(act, ours)
    seconds["publish"], queries = _timed(lambda keys: _publish(keys, cut_off, officer), ours)
    left = {"labels": Label.objects.filter(decision__application__in=ours).count(), **_left(ours)}
    _prepare(theirs)
    _sign(theirs)
    _countersign(theirs)
    seconds["floor"], floor_queries = _timed(_write, list(Decision.objects.filter(application__in=theirs)))
    return {"count": count, "seconds": seconds, "queries": queries, "floor_queries": floor_queries, **left}


def _dossiers():
    """Keys of the reviewed dossiers of the large call, at its present cut-off, that nobody has decided and no disagreement
    holds back."""
    found = Application.objects.filter(call__slug=CALL, figures__review_count=4, decisions=None, disagreements=None)
    return list(found.order_by("-pk").values_list("pk", flat=True))


def _timed(act, subject):
    """Seconds of an act, then its queries: `BEGIN`, `COMMIT` and savepoints left out."""
    with CaptureQueriesContext(connection) as asked:
        begun = time.perf_counter()
        act(subject)
        seconds = time.perf_counter() - begun
    return seconds, sum(not _is_of_the_transaction(query["sql"]) for query in asked)


def _is_of_the_transaction(statement):
    return statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))


# --- By the code of the pages ------------------------------------------------------------------------------------------


def _prepare(keys):
    """Three labels out of four, what is asked for as a grant within the rule; one in four refused."""
    proposals = {key: ((Outcome.REFUSED, 0) if key % 4 == 0 else (Outcome.LABELLED, None)) for key in keys}
    by = _person(DIRECTOR)
    seen = effects_of(proposals, by=by, at=clock.now(), reasons=REASONS).seal
    done = prepare_many(proposals, by=by, reasons=REASONS, seen=seen)
    _require(len(done.accepted), len(keys))


def _sign(keys):
    by = _person(DIRECTOR)
    seen = signing_sheet(_cut_off(), keys, by=by, at=clock.now()).seal
    _require(len(sign_many(_cut_off(), keys, by=by, seen=seen)), len(keys))


def _countersign(keys):
    by = _person(SECOND)
    seen = countersigning_sheet(_cut_off(), keys, by=by, at=clock.now()).seal
    _require(len(countersign_many(_cut_off(), keys, by=by, seen=seen)), len(keys))


def _publish(keys, cut_off, officer):
    counts = publish_cut_off(cut_off, by=officer)
    _require(counts.decision_count, len(keys))


def _person(email):
    return User.objects.get(email=email)


def _cut_off():
    return CutOff.objects.select_related("call").get(call__slug=CALL, number=1)


def _require(done, expected):
    if done != expected:
        raise RuntimeError(f"{done} decisions of {expected}: this would not be a measure.")


def _left(keys):
    return {
        "letters": Letter.objects.filter(decision__application__in=keys).count(),
        "mails": OutgoingEmail.objects.filter(
            subject_type="applications.application", subject_id__in=keys, kind__startswith="decision_"
        ).count(),
    }


# --- The floor ---------------------------------------------------------------------------------------------------------


def _write(decisions):
    """The bare writes: the decisions, one row of audit and one rendered mail each."""
    now = clock.now()
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


def _letter(decision):
    to, key = "personne@structure.example", f"bench:letter:{decision.pk}"
    return {"key": key, "kind": "bench", "to": to, "subject_line": "Décision", "markdown": decision.reasons}
