"""Private files: what is accepted, how it is kept with its fingerprint, and how it is handed out again."""

from gen_portal.core.files.checking import check, check_pdf, copy_without_metadata, photo
from gen_portal.core.files.handing import (
    image_response,
    is_readable,
    public_response,
    response,
    shown_response,
    why_withheld,
)
from gen_portal.core.files.keeping import DiskFull, forget, kept, store, store_made, store_written
from gen_portal.core.inspection.kinds import ALL, IMAGES, SHEETS, Kind

__all__ = [
    "ALL",
    "IMAGES",
    "SHEETS",
    "DiskFull",
    "Kind",
    "check",
    "check_pdf",
    "copy_without_metadata",
    "forget",
    "image_response",
    "is_readable",
    "kept",
    "photo",
    "public_response",
    "response",
    "shown_response",
    "store",
    "store_made",
    "store_written",
    "why_withheld",
]
