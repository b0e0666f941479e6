"""Private files: what is accepted, how it is kept with its fingerprint, and how it is handed out again."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from gen_portal.core import clock
from gen_portal.core.models import ScanState, StoredFile

#: Names in a PDF that can act by themselves (safety.md F1).
_ACTIVE_PDF_NAMES = (b"/JavaScript", b"/JS ", b"/Launch", b"/EmbeddedFile")


def check_pdf(upload):
    """Refuse what is not a readable, inert PDF within the size limit; the sentence says what to do."""
    limit_mb = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(f"Ce fichier dépasse {limit_mb} Mo. Réduisez-le ou coupez-le en plusieurs pièces.")
    content = upload.read()
    upload.seek(0)
    if not content.startswith(b"%PDF-"):
        raise ValidationError("Ce fichier n'est pas un PDF. Exportez votre document au format PDF, puis joignez-le.")
    if any(name in content for name in _ACTIVE_PDF_NAMES):
        raise ValidationError(
            "Ce PDF contient du code ou des fichiers incorporés. Réexportez-le sans eux (imprimer en PDF suffit)."
        )
    try:
        page_count = len(PdfReader(upload).pages)
    except (PyPdfError, ValueError, KeyError, RecursionError) as error:
        raise ValidationError("Ce PDF est abîmé ou protégé : il ne s'ouvre pas. Réexportez-le.") from error
    finally:
        upload.seek(0)
    if not page_count:
        raise ValidationError("Ce PDF ne contient aucune page.")


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
