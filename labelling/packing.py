"""One dossier as a folder of an archive: what was filed, with its proof, and what those who run the call read of it.

<référence>/dossier.pdf, recepisse.pdf, depot.json, pieces/01 - statuts.pdf…, evaluations.csv, PIECES-NON-REMISES.txt
"""

import io
import json
from collections import defaultdict
from dataclasses import dataclass, field

from applications import documents, receipts
from applications.models import Attachment, Submission
from gen_portal.core import files, phrases
from gen_portal.core.archives import safe_name
from gen_portal.core.sheets import Column, Kind, write_csv
from labelling.models.packing import reviews_of

_LOST = "Le contenu de ce fichier est introuvable dans le portail."
_NEVER_TOLD = "Cette pièce n'est plus connue du portail."


@dataclass(frozen=True)
class Dossier:
    """A filing that counts, the documents of its dossier by key, the reviews to read."""

    filing: Submission
    attachments: dict
    reviews: list = field(default_factory=list)

    @property
    def folder(self):
        return self.filing.application.reference


def dossiers_of(application_ids, user):
    """By key, the dossiers to pack, of those the caller may read, in a constant number of queries."""
    filings = Submission.objects.for_receipt().latest_of(application_ids)
    attachments, reviews = defaultdict(dict), defaultdict(list)
    for attachment in Attachment.objects.filter(application__in=application_ids).for_page():
        attachments[attachment.application_id][attachment.pk] = attachment
    for review in reviews_of(application_ids, user):
        reviews[review.assignment.application_id].append(review)
    return {pk: Dossier(filing, attachments[pk], reviews[pk]) for pk, filing in filings.items()}


def pack(dossier, archive):
    """Put the folder of a dossier in an archive: the same bytes as long as nothing of it changed."""
    filing, folder, at = dossier.filing, dossier.folder, dossier.filing.filed_at
    archive.add(f"{folder}/dossier.pdf", documents.filed_pdf(filing), at)
    archive.add(f"{folder}/recepisse.pdf", receipts.document(filing), at)
    export = json.dumps(receipts.export(filing), ensure_ascii=False, indent=1, sort_keys=True)
    archive.add(f"{folder}/depot.json", export.encode(), at)
    withheld = _pack_attachments(dossier, archive)
    if withheld:
        archive.add(f"{folder}/PIECES-NON-REMISES.txt", "\r\n".join(withheld).encode("utf-8-sig"), at)
    if dossier.reviews:
        archive.add(f"{folder}/evaluations.csv", _reviews_csv(dossier.reviews), at)


def _pack_attachments(dossier, archive):
    """What was filed, in its order, as it was received; the sentences about what is not handed out."""
    taken, withheld = set(), []
    for number, row in enumerate(dossier.filing.archive["files"], 1):
        attachment = dossier.attachments.get(row["attachment"])
        sentence = files.why_withheld(attachment.file) if attachment else _NEVER_TOLD
        if not sentence:
            name = safe_name(f"{number:02} - {row['name']}", taken)
            try:
                archive.add_stored(f"{dossier.folder}/pieces/{name}", attachment.file, dossier.filing.filed_at)
            except FileNotFoundError:
                sentence = _LOST
        if sentence:
            withheld.append(f"{row['document']}, « {row['name']} » : {sentence}")
    return withheld


# --- Reviews ----------------------------------------------------------------------------------------------------------


def _review_lines(reviews):
    """(review, its line on one criterion or None for the general line)."""
    for review in reviews:
        yield review, None
        for line in review.lines:
            yield review, line


REVIEW_COLUMNS = (
    Column("Ministère", lambda review, line: _ministry(review.assignment)),
    Column("Instructeur", lambda review, line: review.assignment.reviewer.get_full_name()),
    Column("Déposée le", lambda review, line: phrases.day(review.submitted_at)),
    Column("Avis", lambda review, line: review.recommendation_words),
    Column("Critère", lambda review, line: line.score.criterion.label if line else "Ensemble"),
    Column("Poids (%)", lambda review, line: line.score.criterion.weight_percent if line else None, Kind.WHOLE),
    Column("Première note", lambda review, line: line.score.value if line else review.first_mean, Kind.DECIMAL),
    Column("Note", lambda review, line: line.mark if line else review.mean, Kind.DECIMAL),
    Column("Commentaire", lambda review, line: line.score.comment if line else _words(review)),
)


def _ministry(place):
    return f"{place.ministry.short_name} (troisième lecteur)" if place.is_third_reader else place.ministry.short_name


def _words(review):
    """The general comment, then why the author has changed their mind."""
    changed = [f"A changé d'avis : {review.second.reason}"] if review.second else []
    return "\n".join([review.comment, *changed]).strip()


def _reviews_csv(reviews):
    content = io.BytesIO()
    rows = ([column.read(*line) for column in REVIEW_COLUMNS] for line in _review_lines(reviews))
    write_csv(content, REVIEW_COLUMNS, rows)
    return content.getvalue()
