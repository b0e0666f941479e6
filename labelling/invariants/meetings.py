"""What must always hold of meetings: sealed minutes say what the tables say, and what the journal kept of their seal."""

from gen_portal.core.models import JournalEntry
from labelling import minutes
from labelling.models import JournalAction, Minutes


def broken():
    """Every broken invariant of meetings, one sentence each."""
    yield from broken_minutes()


def broken_minutes():
    """Minutes that no longer answer their seal, the tables, or the journal."""
    for sealed in Minutes.objects.select_related("meeting__cut_off__call").order_by("pk"):
        yield from minutes.faults_of(sealed)
        entries = JournalEntry.objects.about(sealed.meeting).filter(action=JournalAction.MINUTES_SEALED)
        if sealed.sha256 not in entries.values_list("note", flat=True):
            yield f"{str(sealed.meeting).capitalize()} : le journal ne connaît pas l'empreinte de ce procès-verbal."
