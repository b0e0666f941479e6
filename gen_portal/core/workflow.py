"""The tools of every transition: lock – check – change – save – record – announce."""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from gen_portal.core import clock, invariants
from gen_portal.core.models import CoreAction, JournalEntry


class Refused(Exception):
    """An action that cannot be done now; the message is a French sentence for the person who asked."""


def lock(instance, *states):
    """Re-read the row under lock and return it; refuse if it has left the given states.

    Rows that point at it may still be inserted (`no_key`). On SQLite the transaction itself is the lock.
    """
    fresh = type(instance)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=instance.pk)
    if states:
        refuse_unless(fresh, *states)
    return fresh


def lock_rows(rows):
    """Lock the rows of a set in the order of their keys, without reading them: two acts on many never wait in a circle."""
    list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


def refuse_unless(locked, *states):
    """Refuse if a row, already locked, has left the given states."""
    if locked.state not in states:
        raise Refused(
            f"Ce n'est plus possible : l'état est maintenant « {locked.get_state_display()} ». "
            "Rechargez la page pour voir ce qui a changé."
        )


def record(subject, action, *, by, at=None, note=""):
    """Add an entry to the journal of a locked subject, in the caller's transaction; `by=None` is the clock."""
    label = subject._meta.label_lower
    rows = JournalEntry.objects.filter(subject_type=label, subject_id=subject.pk).order_by("-number")
    heads = {subject.pk: head for head in rows.values_list("number", "hash")[:1]}  # noqa: B035 – one or none
    return _add([subject], heads, action, by=by, at=at or clock.now(), notes={subject.pk: note})[0]


def record_many(subjects, action, *, by, at=None, notes=None):
    """The same entry for many locked subjects of one model, in three queries; `notes` maps a pk to its note."""
    subjects = list(subjects)
    if not subjects:
        return []
    heads = _heads(subjects[0]._meta.label_lower, [subject.pk for subject in subjects])
    return _add(subjects, heads, action, by=by, at=at or clock.now(), notes=notes or {})


def _add(subjects, heads, action, *, by, at, notes):
    """One entry each, behind its head."""
    entries = []
    for subject in subjects:
        number, previous = heads.get(subject.pk, (0, ""))
        entry = JournalEntry(
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            number=number + 1,
            action=str(action),
            by=by,
            at=at,
            note=notes.get(subject.pk, ""),
            salt=secrets.token_hex(16),
            previous_hash=previous,
        )
        entry.note_digest = entry.computed_note_digest()
        entry.hash = entry.computed_hash()
        entries.append(entry)
    return JournalEntry.objects.bulk_create(entries, batch_size=500)


def _heads(label, ids):
    """Number and hash of the last entry of each subject."""
    heads = {}
    for start in range(0, len(ids), 500):
        rows = JournalEntry.objects.filter(subject_type=label, subject_id__in=ids[start : start + 500])
        last = rows.values("subject_id").annotate(last=Max("number")).values_list("subject_id", "last")
        wanted = dict(last)
        for entry in rows.filter(number__in=set(wanted.values())):
            if wanted[entry.subject_id] == entry.number:
                heads[entry.subject_id] = (entry.number, entry.hash)
    return heads


def seal_journal():
    """Once a day (legal time), record a digest over the heads of all chains, so that a chain removed whole is noticed.

    Any number of runs seal the day once; returns the seal, None when it was already there.
    """
    try:
        return _seal_today(clock.now())
    except IntegrityError:  # two runs made the very first seal
        return None


@transaction.atomic
def _seal_today(now):
    seals = JournalEntry.objects.filter(subject_type=invariants.SEAL_TYPE)
    seals.select_for_update(of=("self",)).filter(number=1).first()  # one run at a time
    last = seals.order_by("-number").first()
    if last is not None and clock.day_of(last.at) >= clock.day_of(now):
        return None
    note = invariants.seal_note(
        until=now - timedelta(hours=1)
    )  # no transaction lasts an hour: what is older is settled
    seal = record(JournalEntry(pk=0), CoreAction.JOURNAL_SEALED, by=None, at=now, note=note)
    if last is None and seal.number > 1:  # the first seal has no row to lock: another run made it meanwhile
        transaction.set_rollback(True)
        return None
    return seal
