"""A minimal one-page PDF, written by hand from the format's published structure: enough for a demonstration's document."""

import hashlib

from django.core.files.base import ContentFile

from gen_portal.core.models import StoredFile


def stored(name, title, line, *, at):
    """A private file of one page, as if it had been stored at an instant."""
    content = one_page(title, line)
    row = StoredFile(
        name=name,
        content_type="application/pdf",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_at=at,
    )
    row.content.save("", ContentFile(content), save=True)
    return row


def one_page(title, line):
    """Bytes of a one-page PDF with a title and a line of Latin-1 text."""
    text = f"BT /F1 20 Tf 72 760 Td ({_escaped(title)}) Tj 0 -36 Td /F1 12 Tf ({_escaped(line)}) Tj ET".encode(
        "latin-1"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


def _escaped(text):
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
