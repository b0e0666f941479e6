"""The tools of every transition: lock – check – change – save – record – announce."""

import secrets
from collections import defaultdict
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

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
    """Lock the rows of a set in the order of their keys, without reading them: two acts on many never wait in a circle.

    Returns their keys in that order.
    """
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return [key for (key,) in locked.values_list("pk")]


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
    head = rows.values_list("number", "hash").first() or NO_HEAD
    entry = _entry(subject, head, str(action), by, at or clock.now(), note)
    entry.save(force_insert=True)
    return entry


def record_many(subjects, action, *, by, at=None, notes=None):
    """The same entry for many locked subjects of one model, in two queries; `notes` maps a pk to its note."""
    acts = Acts()
    acts.add(subjects, action, by=by, at=at or clock.now(), notes=notes)
    return JournalEntry.objects.bulk_create(acts.entries(), batch_size=500)


class Acts:
    """What one transaction tells of many locked subjects, of any models; its entries are chained all at once."""

    def __init__(self):
        self._told = []

    def add(self, subjects, action, *, by, at, notes=None):
        """An act of each of these subjects; `notes` maps a pk to its note."""
        notes = notes or {}
        self._told += [(subject, str(action), by, at, notes.get(subject.pk, "")) for subject in subjects]

    def entries(self):
        """The entries, unsaved, each behind the last one of its subject, in one query."""
        heads = _heads([subject for subject, *_ in self._told])
        entries = []
        for subject, *told in self._told:
            key = (subject._meta.label_lower, subject.pk)
            entry = _entry(subject, heads.get(key, NO_HEAD), *told)
            heads[key] = (entry.number, entry.hash)
            entries.append(entry)
        return entries


NO_HEAD = (0, "")


def _entry(subject, head, action, by, at, note):
    """The entry that comes behind this head: number and hash of the last one."""
    number, previous = head
    entry = JournalEntry(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        number=number + 1,
        action=action,
        by=by,
        at=at,
        note=note,
        salt=secrets.token_hex(16),
        previous_hash=previous,
    )
    entry.note_digest = entry.computed_note_digest()
    entry.hash = entry.computed_hash()
    return entry


def _heads(subjects):
    """Number and hash of the last entry of each subject that has any, by (type, key)."""
    keys = defaultdict(set)
    for subject in subjects:
        keys[subject._meta.label_lower].add(subject.pk)
    if not keys:
        return {}
    rows = JournalEntry.objects.filter(
        reduce(or_, (Q(subject_type=label, subject_id__in=ids) for label, ids in keys.items()))
    ).order_by("subject_type", "subject_id", "-number")
    if connection.features.can_distinct_on_fields:
        rows = rows.distinct("subject_type", "subject_id")
    heads = {}
    for label, pk, *head in rows.values_list("subject_type", "subject_id", "number", "hash"):
        heads.setdefault((label, pk), tuple(head))
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
