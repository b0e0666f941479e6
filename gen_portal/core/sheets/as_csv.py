"""CSV as French spreadsheets open it with a double click: UTF-8 with its mark, semicolons, decimal commas."""

import codecs
import re

from gen_portal.core.sheets.cells import Kind, text_cell
from gen_portal.core.sheets.streams import write_texts

_MARKED = re.compile('[;"\n]')


def write_csv(out, columns, rows):
    """Write the table in a binary file, which stays open."""
    out.write(codecs.BOM_UTF8)
    write_texts(out, _lines(columns, rows))


def _lines(columns, rows):
    """One text per row; quotes only where something in the row asks for some (the csv module looks at every sign)."""
    yield _line([text_cell(column.title) for column in columns])
    shown = [_SHOWN[column.kind] for column in columns]
    for row in rows:
        yield _line([show(cell) for show, cell in zip(shown, row, strict=True)])


def _line(cells):
    line = ";".join(cells)
    if line.count(";") >= len(cells) or '"' in line or "\n" in line:
        line = ";".join(map(_quoted, cells))
    return f"{line}\r\n"


def _quoted(cell):
    if not _MARKED.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _whole(cell):
    return "" if cell is None else str(cell)


def _decimal(cell):
    return "" if cell is None else str(cell).replace(".", ",")


_SHOWN = {Kind.TEXT: text_cell, Kind.WHOLE: _whole, Kind.DECIMAL: _decimal}
