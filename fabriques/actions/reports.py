"""Writes about a report that file nothing: its draft and its documents. Each one locks the report first."""

from django.db import transaction
from django.db.models import Max

from fabriques.models import JournalAction, ReportDocument, ReportDraft
from gen_portal.core import clock, files
from gen_portal.core.workflow import Refused, lock, record

MAX_DOCUMENTS = 10
CLOSED = (
    "Ce relevé ne se corrige plus : la campagne suivante est ouverte. Donnez les bons chiffres dans son relevé, "
    "ils sont cumulés depuis le début du label."
)


class Conflict(Refused):
    """Somebody saved or filed the same report meanwhile. `typed`: what is stored now; `version`: its mark."""

    def __init__(self, typed, version):
        super().__init__(
            "Ce relevé a été modifié par une autre personne depuis que vous l'avez ouvert. "
            "Rien n'a été écrasé : comparez les deux saisies, puis enregistrez celle qui convient."
        )
        self.typed, self.version = typed, version


def filing_count(report):
    """How many times a locked report was filed."""
    return report.versions.aggregate(last=Max("number"))["last"] or 0


def mark(count, draft):
    """What tells two states of the writing of a report apart: its filings, and the version of its draft."""
    return f"{count}.{draft.version if draft else 0}"


@transaction.atomic
def save_draft(report, typed, *, by, seen):
    """Keep what is typed, right or wrong; returns the new mark. `seen`: the mark that the writer had before their eyes.

    Raises Conflict when somebody else wrote other values meanwhile, Refused when the report is closed.
    """
    report = lock(report)
    if report.is_closed():
        raise Refused(CLOSED)
    count, draft = filing_count(report), ReportDraft.objects.filter(report=report).first()
    if draft and draft.typed == typed:
        return mark(count, draft)
    if seen != mark(count, draft):
        raise Conflict(draft.typed if draft else report.stored(), mark(count, draft))
    draft = draft or ReportDraft(report=report, version=0)
    draft.typed, draft.version, draft.saved_at, draft.saved_by = typed, draft.version + 1, clock.now(), by
    draft.save()
    return mark(count, draft)


@transaction.atomic
def join_document(report, *, upload, by):
    """Join a checked PDF. Refused beyond ten documents, and once the report is closed."""
    report, now = lock(report), clock.now()
    if report.is_closed():
        raise Refused(CLOSED)
    if report.documents.current().count() >= MAX_DOCUMENTS:
        raise Refused(f"Un relevé porte au plus {MAX_DOCUMENTS} documents : retirez-en un avant d'en joindre un autre.")
    stored = files.store(upload.read(), name=upload.name, content_type="application/pdf", by=by)
    document = ReportDocument.objects.create(report=report, file=stored, joined_at=now, joined_by=by)
    record(report, JournalAction.REPORT_DOCUMENT_JOINED, by=by, at=now, note=stored.name)
    return document


@transaction.atomic
def remove_document(document, *, by):
    """Take a document out; whoever comes second changes nothing."""
    report, now = lock(document.report), clock.now()
    if report.is_closed():
        raise Refused(CLOSED)
    document = lock(document)
    if document.removed_at is None:
        document.removed_at = now
        document.save(update_fields=["removed_at"])
        record(report, JournalAction.REPORT_DOCUMENT_REMOVED, by=by, at=now, note=document.file.name)
    return document
