"""A spreadsheet as a PDF of plain tables: its cells are read by the subprocess, and printed by typst as inert texts."""

import re

import typst

from gen_portal.core import pdf
from gen_portal.core.inspection.cells import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS

_NARROW, _WIDE = 4, 40  # letters of the longest cell of a column
_CUT = (
    f"Seul le début est montré ({MAX_ROWS} lignes et {MAX_COLUMNS} colonnes au plus par feuille) : "
    "téléchargez le classeur pour tout lire."
)
_BOOK_CUT = (
    f"Seul le début de ce classeur est montré ({MAX_SHEETS} feuilles et {MAX_CELLS} cellules au plus) : "
    "téléchargez-le pour tout lire."
)
_RUN = re.compile(r"\S{16}")


def note_of(book):
    """What is left out of the tables, in a sentence; empty when nothing is."""
    if book["is_cut"]:
        return _BOOK_CUT
    return _CUT if any(sheet["is_cut"] for sheet in book["sheets"]) else ""


class Unprintable(Exception):
    """Typst refused the tables."""


def printed(book, stored):
    """The bytes of the PDF; the same cells always give the same bytes. Raises Unprintable."""
    sheets = [
        {
            "title": sheet["title"] or "Feuille sans nom",
            "rows": [[_breakable(cell) for cell in row] for row in sheet["rows"]],
            "widths": _widths(sheet["rows"]),
            "note": _CUT if sheet["is_cut"] else "",
        }
        for sheet in book["sheets"]
    ]
    values = {"name": stored.name, "sheets": sheets, "note": note_of(book)}
    try:
        return pdf.render("sheet.typ", values, at=stored.stored_at)
    except typst.TypstError as error:
        raise Unprintable(str(error)) from error


def _breakable(text):
    """The same text, of which a long run without a space may be cut, so that it stays in its column."""
    return _RUN.sub("\\g<0>\u200b", text)


def _widths(rows):
    """How wide each column is beside the others: as its longest cell, within reason."""
    return [min(_WIDE, max(_NARROW, *(len(cell) for cell in column))) for column in zip(*rows, strict=True)]
