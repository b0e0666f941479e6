"""The documents of a filed dossier as a reviewer reads them in the page: their pages, or why they are not shown."""

import time
from dataclasses import dataclass

from gen_portal.core import files, reading

INLINE_PAGES = 30
_OUTLINING_SECONDS = 1.5  # for one page: what was not outlined meanwhile is outlined on its own page


@dataclass(frozen=True)
class Sheet:
    """One page of a document."""

    number: int
    width: int
    height: int


@dataclass(frozen=True)
class Piece:
    """One line of the filing's manifest, what there is to see of its file (None: not known yet), why nothing is shown."""

    row: dict
    outline: reading.Outline | None = None
    sentence: str = ""

    @property
    def sheets(self):
        sizes = self.outline.sizes if self.outline else ()
        return [Sheet(number, width, height) for number, (width, height) in enumerate(sizes, 1)]

    @property
    def inline(self):
        """The pages shown beside the grid."""
        return self.sheets[:INLINE_PAGES]

    @property
    def has_more(self):
        """Whether some are shown on its own page only."""
        return len(self.sheets) > INLINE_PAGES


def pieces_of(application, filing):
    """A Piece per document of this filing of the dossier, in its order; one query, none when there are no documents."""
    rows = filing.archive["files"] if filing else []
    stored = {a.pk: a.file for a in application.attachments.for_page()} if rows else {}
    ends_at = time.monotonic() + _OUTLINING_SECONDS
    return [piece_of(row, stored[row["attachment"]], ends_at) for row in rows if row["attachment"] in stored]


def piece_of(row, stored, ends_at=None):
    """The Piece of one document; after `ends_at` (of the monotonic clock), only what is known already."""
    if withheld := files.why_withheld(stored):
        return Piece(row, sentence=withheld)
    if ends_at is not None and time.monotonic() > ends_at and not reading.is_known(stored):
        return Piece(row)
    try:
        return Piece(row, reading.outline_of(stored))
    except reading.Unshowable as failure:
        return Piece(row, sentence=str(failure))
