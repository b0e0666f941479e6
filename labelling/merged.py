"""One PDF of a dossier, or of all those of a pile: what was filed, its documents, and a first page that lists them.

Everything goes through files of one folder; rights are asked anew for each dossier, and before anything is put together.
"""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from applications import documents
from gen_portal.core import files, merging, pdf, phrases, reading
from gen_portal.core.inspection.kinds import SHEETS, of_content_type
from labelling.models.piles import MAX_DOSSIERS, places_now

MAX_BYTES = 200 * 1024 * 1024
_TOO_LARGE = "Le fichier dépasserait 200 Mo : lisez cette pièce depuis la page du dossier."
_NOT_KEPT = "Cette pièce n'est plus dans le portail."


@dataclass
class Line:
    """One document in the list: its pages from the first, or why it is not there."""

    title: str
    path: Path | None = None
    page_count: int = 0
    note: str = ""


@dataclass
class Section:
    """One dossier of the file."""

    reference: str
    title: str
    structure: str
    lines: list = field(default_factory=list)

    @property
    def merged(self):
        return [line for line in self.lines if line.path]


class Binder:
    """Gathers the dossiers of one job in a folder, then binds them."""

    def __init__(self, job, progress, folder):
        self.job, self.progress, self.folder = job, progress, folder
        self.references = job.parameters["references"]
        self.sections, self.room, self.file_count = [], MAX_BYTES, 0
        self.lost_count, self.crowded_out_count = 0, job.parameters.get("rest", 0)
        self.done, self.total = 0, len(self.references) + 1

    def gather(self):
        """Every dossier that may still be read when its turn comes."""
        for reference in self.references:
            self._tell()
            place = places_now(self.job.requested_by_id, [reference]).get(reference)
            filing = place and place.application.submissions.latest_first().first()
            if filing:
                self._add(place.application, filing)
            else:
                self.lost_count += 1
            if not self._is_single:
                self.done += 1

    def forget_lost(self):
        """Leave out the dossiers that were lost since they were gathered."""
        may_read = places_now(self.job.requested_by_id, self.references)
        kept = [section for section in self.sections if section.reference in may_read]
        self.lost_count += len(self.sections) - len(kept)
        self.sections = kept

    def bind(self, title):
        """Path of the whole file."""
        self.done = self.total - 1
        self._tell()
        cover = self._cover(title)
        parts = [merging.Part(cover, "Liste des pièces")]
        for section in self.sections:
            first, *others = section.merged
            parts.append(merging.Part(first.path, f"{section.title} ({section.reference})"))
            parts += [merging.Part(line.path, line.title, level=1) for line in others]
        out = self.folder / "whole.pdf"
        merging.merge(parts, out, title=title, tick=self._tell)
        return out

    @property
    def _is_single(self):
        return len(self.references) == 1

    def _tell(self):
        """Say how far it is (documents of one dossier, or dossiers of a pile), and stop if that was asked for."""
        self.progress.tell(self.done, self.total)

    def _add(self, application, filing):
        rows, dossier = filing.archive["files"], documents.filed_pdf(filing)
        if self._is_single:
            self.total = len(rows) + 2
        section = Section(
            application.reference, filing.archive["training"]["title"], filing.archive["structure"]["name"]
        )
        section.lines.append(self._kept(Line("Dossier déposé"), dossier, _page_count(dossier)))
        if not section.merged:
            self.crowded_out_count += 1
            return
        stored = {attachment.pk: attachment.file for attachment in application.attachments.for_page()}
        for row in rows:
            self._tell()
            section.lines.append(self._piece(row, stored.get(row["attachment"])))
            if self._is_single:
                self.done += 1
        self.sections.append(section)

    def _piece(self, row, stored):
        line = Line(f"{row['document']} – {row['name']}")
        line.note = files.why_withheld(stored) if stored else _NOT_KEPT
        if line.note:
            return line
        try:
            outline, content = reading.outline_of(stored), reading.as_pdf(stored)
        except reading.Unshowable as failure:
            line.note = str(failure)
            return line
        if of_content_type(stored.content_type) in SHEETS:
            line.note = outline.note
        return self._kept(line, content, outline.page_count)

    def _kept(self, line, content, page_count):
        """The line with its pages on the disk, or without them when no room is left."""
        if len(content) > self.room:
            line.note = _TOO_LARGE
            return line
        self.room -= len(content)
        self.file_count += 1
        line.path, line.page_count = self.folder / f"{self.file_count}.pdf", page_count
        line.path.write_bytes(content)
        return line

    def _cover(self, title):
        """The list, printed once to know how long it is, then with the page on which each document begins."""
        path, page_count = self.folder / "cover.pdf", 1
        for _ in range(2):
            content = pdf.render("merged.typ", self._words(title, page_count), at=self.job.requested_at)
            page_count = _page_count(content)
        path.write_bytes(content)
        return path

    def _words(self, title, cover_page_count):
        sections, page = [], cover_page_count + 1
        for section in self.sections:
            lines = []
            for line in section.lines:
                lines.append({"title": line.title, "page": str(page) if line.path else "", "note": line.note})
                page += line.page_count
            words = {"title": section.title, "structure": section.structure, "reference": section.reference}
            sections.append({**words, "lines": lines})
        made = f"Fait le {phrases.instant(self.job.requested_at)}, heure de Paris. Document de travail."
        return {"title": title, "made": made, "left_out": self._left_out(), "sections": sections}

    def _left_out(self):
        """How many dossiers are not there, and why, in sentences."""
        said = []
        if self.lost_count:
            said.append(f"Dossiers laissés de côté parce qu'ils ne vous sont plus confiés : {self.lost_count}.")
        if self.crowded_out_count:
            limits = f"{MAX_DOSSIERS} dossiers et 200 Mo au plus"
            said.append(f"Dossiers qui ne tiennent pas dans ce fichier ({limits}) : {self.crowded_out_count}.")
        return said


def _page_count(content):
    """Of a PDF that the portal has just made."""
    return len(PdfReader(BytesIO(content)).pages)


def merged_dossiers(job, progress):
    """The StoredFile of the dossiers asked for that the asker may read now; None when none is left."""
    with merging.workshop() as folder:
        binder = Binder(job, progress, folder)
        binder.gather()
        binder.forget_lost()
        if not binder.sections:
            return None
        out = binder.bind(job.parameters["title"])
        progress.note(merged=[section.reference for section in binder.sections])
        return files.store_made(
            out, name=f"{job.parameters['name']}.pdf", content_type=pdf.MEDIA_TYPE, by=job.requested_by
        )


def may_read(job, user):
    """Whether every dossier of the file is still one that its asker reads."""
    merged = job.parameters.get("merged", [])
    return bool(merged) and set(places_now(user.pk, merged)) == set(merged)
