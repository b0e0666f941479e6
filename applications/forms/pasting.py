"""Lines copied from a spreadsheet: tabs between cells, line breaks between lines, in whatever order their columns come."""

import csv
import re
from io import StringIO

from django.core.exceptions import ValidationError

from applications.forms.cells import read_cell
from gen_portal.core.text import fold

_TEXTS = ("text", "long")
_AMOUNTS = ("number", "euros")
_TOTAL = re.compile(r"(sous-)?tota(l|ux)( (general|des \w+|depenses|ressources|ttc|ht))?( :)?")


def parse_pasted(text, table):
    """The lines of a pasted text as {cell: text}, to be read like typed ones: nothing that was pasted is left out, but
    for empty lines, a first line of headings, and lines of totals (the page computes them)."""
    rows = [[value.strip() for value in row] for row in _split(text)]
    rows = [row for row in rows if any(row)]
    if rows and _is_heading(rows[0], table):
        rows = rows[1:]
    return [_placed(row, table) for row in rows if not _is_total(row, table)]


def _split(text):
    """A spreadsheet quotes a cell that holds a line break; a text that is not so quoted is cut as it stands."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    try:
        return list(csv.reader(StringIO(text), delimiter="\t", strict=True))
    except csv.Error:
        return [line.split("\t") for line in text.split("\n")]


def _is_heading(row, table):
    """Most of its words are names of columns: one such word among answers is an answer."""
    labels = {fold(cell.label) for cell in table.cells}
    values = [fold(value) for value in row if value]
    return 2 * sum(value in labels for value in values) > len(values) and not any(
        _is_read(cell, value) for value in row for cell in table.cells if cell.kind in (*_AMOUNTS, "day")
    )


def _is_total(row, table):
    """A line of totals has no other text than its name."""
    texts = [fold(value) for value in row if value and not _is_amount(value, table)]
    adds_up = any(cell.kind == "euros" for cell in table.cells)
    return adds_up and len(texts) == 1 and _TOTAL.fullmatch(texts[0]) is not None


def _is_amount(value, table):
    return any(_is_read(cell, value) for cell in table.cells if cell.kind in _AMOUNTS)


def _is_read(cell, value):
    if not value:
        return False
    try:
        read_cell(cell, value)
    except ValidationError:
        return False
    return True


def _placed(row, table):
    """Column by column when they are those of the table; otherwise each value in the first free cell that reads it."""
    if len(row) == len(table.cells) and all(
        not value or _is_read(cell, value) for cell, value in zip(table.cells, row, strict=True)
    ):
        return {cell.name: value for cell, value in zip(table.cells, row, strict=True)}
    line = dict.fromkeys((cell.name for cell in table.cells), "")
    typed_first = sorted(table.cells, key=lambda cell: cell.kind in _TEXTS)
    for value in filter(None, row):
        free = (cell for cell in typed_first if not line[cell.name] and _is_read(cell, value))
        cell = next(free, None) or _spare(line, table)
        line[cell.name] = f"{line[cell.name]} – {value}" if line[cell.name] else value
    return line


def _spare(line, table):
    """Where a value that no cell reads goes: the first empty text, or the last one, after what it holds."""
    texts = [cell for cell in table.cells if cell.kind in _TEXTS]
    return next((cell for cell in texts if not line[cell.name]), texts[-1])
