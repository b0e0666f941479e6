"""Reading a checked file in a page: how many pages, the picture of each, its pages as a PDF to be merged.

Everything is drawn by the subprocess with limits that checks uploads, and kept beside the file by its fingerprint.
"""

from gen_portal.core.reading.kept import forget_old
from gen_portal.core.reading.pages import Outline, Unshowable, as_pdf, is_known, outline_of, page_image

__all__ = ["Outline", "Unshowable", "as_pdf", "forget_old", "is_known", "outline_of", "page_image"]
