"""Writes past acts in bulk: the journal of the demonstration, chained exactly as `record` would have chained it."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from gen_portal.core.models import JournalEntry


@dataclass
class History:
    """Collects acts in any order; `write` sorts them by subject and instant, numbers and chains them."""

    begins_at: datetime
    acts: list = field(default_factory=list)

    def add(self, subject, action, *, by, at, note=""):
        self.acts.append((subject._meta.label_lower, subject.pk, at, len(self.acts), str(action), by, note))

    def write(self):
        """Insert every act collected so far and forget them; the subjects must have no earlier entry."""
        entries = []
        self.acts.sort(key=lambda act: act[:4])
        for (label, pk), acts in groupby(self.acts, key=lambda act: act[:2]):
            entries.extend(_chain(label, pk, acts))
        JournalEntry.objects.bulk_create(entries, batch_size=1000)
        self.acts.clear()


def _chain(label, pk, acts):
    previous = ""
    for number, (_, _, at, _, action, by, note) in enumerate(acts, start=1):
        entry = JournalEntry(
            subject_type=label,
            subject_id=pk,
            number=number,
            action=action,
            by=by,
            at=at,
            note=note,
            salt=secrets.token_hex(16),
            previous_hash=previous,
        )
        entry.note_digest = entry.computed_note_digest()
        entry.hash = previous = entry.computed_hash()
        yield entry
