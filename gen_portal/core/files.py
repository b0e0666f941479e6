"""Private files: what is accepted, how it is kept with its fingerprint, and how it is handed out again."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse
from pypdf import PdfReader
from pypdf.generic import IndirectObject, NameObject

from gen_portal.core import clock
from gen_portal.core.models import ScanState, StoredFile

#: Names in a PDF's objects that can act by themselves or carry another file (safety.md F1).
_ACTIVE_PDF_NAMES = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia"}
_MAX_PDF_OBJECTS = 100_000
_ZIP_END = b"PK\x05\x06"  # a ZIP reader looks for it in the last 65 557 bytes: the same file must not be both


def check_pdf(upload):
    """Refuse what is not a readable, inert PDF within the size limit; the sentence says what to do."""
    limit_mb = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(f"Ce fichier dépasse {limit_mb} Mo. Réduisez-le ou coupez-le en plusieurs pièces.")
    content = upload.read()
    upload.seek(0)
    if not content.startswith(b"%PDF-"):
        raise ValidationError("Ce fichier n'est pas un PDF. Exportez votre document au format PDF, puis joignez-le.")
    if _ZIP_END in content[-65_557:]:
        raise ValidationError("Ce PDF contient aussi une archive ZIP. Réexportez-le (imprimer en PDF suffit).")
    try:
        reader = PdfReader(upload)
        page_count, is_active = len(reader.pages), _is_active(reader)
    except Exception as error:  # on a crafted file pypdf may raise anything: whatever it is, nobody could read the file
        raise ValidationError("Ce PDF est abîmé ou protégé : il ne s'ouvre pas. Réexportez-le.") from error
    finally:
        upload.seek(0)
    if is_active:
        raise ValidationError(
            "Ce PDF contient du code ou des fichiers incorporés. Réexportez-le sans eux (imprimer en PDF suffit)."
        )
    if not page_count:
        raise ValidationError("Ce PDF ne contient aucune page.")


def _is_active(reader):
    """Whether an object of the PDF, compressed or not, holds one of the active names. Too many objects: unreadable."""
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > _MAX_PDF_OBJECTS:
        raise ValueError("too many objects")
    objects = (reader.get_object(IndirectObject(number, generation, reader)) for number, generation in numbers)
    return any(not _ACTIVE_PDF_NAMES.isdisjoint(_names(found)) for found in objects)


def _names(found):
    """Every name written in one object: keys, and values that are names; what it refers to is another object."""
    pending = [found]
    while pending:
        value = pending.pop()
        if isinstance(value, NameObject):
            yield str(value)
        elif isinstance(value, dict):
            pending += [*value.keys(), *(dict.__getitem__(value, key) for key in value)]
        elif isinstance(value, list):
            pending += list.__iter__(value)


def store(content, *, name, content_type, by):
    """Keep bytes as a new private file with its SHA-256; the object's own name is random."""
    stored = StoredFile(
        name=name[-200:],
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan=ScanState.NOT_SCANNED,
        stored_at=clock.now(),
        stored_by=by,
    )
    stored.content.save("", ContentFile(content), save=True)
    return stored


def response(stored):
    """Hand a file to somebody whose right was checked: always a download, in a sandbox, never kept by a cache."""
    answer = FileResponse(
        stored.content.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
