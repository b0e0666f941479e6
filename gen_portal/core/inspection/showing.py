"""Draws a checked file: the size of its pages, the picture of one of them, all of them as a plain PDF.

A spreadsheet has no pages of its own: the portal makes a PDF of it first (`core.reading`).
"""

import json
import math
from io import BytesIO

import pypdfium2
from PIL import Image

from . import images
from .kinds import IMAGES
from .verdicts import Wrong

WIDTH = 1_100  # pixels: a page of A4 read on a screen
MAX_HEIGHT = 4_400
MAX_PAGES = 200
_QUALITY = 80
_PRINTED_PIXELS = (2_000, 2_000)
_A4_INCHES = (8.27, 11.69)
_DAMAGED = "Ce document ne s'ouvre pas."


def outline(content, kind):
    """JSON: `page_count`, and in `sizes` the width and height in pixels of the first pages' pictures."""
    if kind in IMAGES:
        picture = _upright(content, kind)
        return json.dumps({"page_count": 1, "sizes": [picture.size]}).encode()
    with _opened(content) as document:
        count = len(document)
        sizes = [_pixels(*document.get_page_size(index)) for index in range(min(count, MAX_PAGES))]
    return json.dumps({"page_count": count, "sizes": sizes}).encode()


def page(content, kind, number):
    """The picture of a page, counted from one, as WebP."""
    picture = _upright(content, kind) if kind in IMAGES else _drawn(content, number)
    out = BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()


def photo(content, kind, side):
    """The same picture as WebP, no longer nor wider than so many pixels: what a page shows to everybody."""
    out = BytesIO()
    _upright(content, kind, (side, side)).save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def as_pdf(content, kind):
    """The same pages as a PDF without links, forms, metadata nor bookmarks: what is filled in a form is ink."""
    out = BytesIO()
    if kind in IMAGES:
        picture = _upright(content, kind, _PRINTED_PIXELS)
        sides = zip(sorted(picture.size), _A4_INCHES, strict=True)
        picture.save(out, "PDF", resolution=max(pixels / inches for pixels, inches in sides))
        return out.getvalue()
    with _opened(content) as document, pypdfium2.PdfDocument.new() as plain:
        for leaf in document:
            pypdfium2.raw.FPDFPage_Flatten(leaf, pypdfium2.raw.FLAT_NORMALDISPLAY)  # a page that refuses stays as it is
            leaf.close()
        plain.import_pages(document)
        plain.save(out)
    return out.getvalue()


class _opened:
    """`with _opened(content) as document:` whatever PDFium refuses is a document that does not open."""

    def __init__(self, content):
        self.content = content

    def __enter__(self):
        try:
            self.document = pypdfium2.PdfDocument(self.content)
        except pypdfium2.PdfiumError as error:
            raise Wrong(_DAMAGED) from error
        self.document.init_forms()  # before any page: what is filled in a form is drawn with it
        return self.document

    def __exit__(self, kind, error, trace):
        self.document.close()
        if isinstance(error, Exception) and not isinstance(error, Wrong | MemoryError):
            raise Wrong(_DAMAGED) from error


def _drawn(content, number):
    with _opened(content) as document:
        if not 1 <= number <= min(len(document), MAX_PAGES):
            raise Wrong(_DAMAGED)
        leaf = document[number - 1]
        width, height = leaf.get_size()
        return leaf.render(scale=_scale(width, height)).to_pil().convert("RGB")


def _scale(width, height):
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise Wrong(_DAMAGED)
    return min(WIDTH / width, MAX_HEIGHT / height)


def _pixels(width, height):
    """As PDFium rounds them."""
    scale = _scale(width, height)
    return [max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale))]


def _upright(content, kind, limits=(WIDTH, MAX_HEIGHT)):
    """The picture on white, no larger than these pixels, turned as its camera was held, without what it says of itself."""
    picture = images.shrunk(content, kind, limits)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")
