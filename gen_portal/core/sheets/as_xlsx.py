"""XLSX written row by row: openpyxl makes the book with its titles, their style and what stays in sight; the rows are put
into its sheet as a stream, since openpyxl's own writer takes five times as long.
"""

import io
import re
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gen_portal.core.sheets.cells import Kind, text_cell
from gen_portal.core.sheets.streams import entry, write_part

_SHEET, _END = "xl/worksheets/sheet1.xml", "</sheetData>"
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a text that holds « _x0041_ » would be read « A »


def write_xlsx(out, columns, rows):
    """Write the table in a binary file, which stays open."""
    book, decimal_style = _book(columns)
    with ZipFile(book) as made, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for part in made.infolist():
            if part.filename != _SHEET:
                archive.writestr(entry(part.filename), made.read(part))
        head, end, tail = made.read(_SHEET).decode().partition(_END)
        write_part(archive, _SHEET, _content(head, columns, rows, decimal_style, end + tail))


def _book(columns):
    """A book of openpyxl with the titles alone, as a file, and the number of the style of decimals in it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tableau")
    sheet.freeze_panes = "A2"
    titles = []
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(40, len(column.title) + 2))
        title = WriteOnlyCell(sheet, text_cell(column.title))
        title.font = Font(bold=True)
        titles.append(title)
    decimal = WriteOnlyCell(sheet)
    decimal.number_format = "0.000"
    decimal_style = decimal.style_id  # asked for before the book is saved, or it would not be in it
    sheet.append(titles)
    content = io.BytesIO()
    book.save(content)
    return content, decimal_style


def _content(head, columns, rows, decimal_style, tail):
    yield head
    shown = [_shown(get_column_letter(index), column.kind, decimal_style) for index, column in enumerate(columns, 1)]
    for number, row in enumerate(rows, 2):
        place = str(number)
        cells = "".join([show(cell, place) for show, cell in zip(shown, row, strict=True)])
        yield f'<row r="{place}">{cells}</row>'
    yield tail


def _shown(letters, kind, decimal_style):
    """How the cells of a column are written; a text says that it is one, so that nothing in it is computed."""
    style = f' s="{decimal_style}"' if kind is Kind.DECIMAL else ""

    def text(cell, place):
        shown = text_cell(cell)
        if not shown:
            return ""
        inside = escape(_CODE.sub("_x005F_", shown))
        return f'<c r="{letters}{place}" t="inlineStr"><is><t xml:space="preserve">{inside}</t></is></c>'

    def number(cell, place):
        return "" if cell is None else f'<c r="{letters}{place}"{style}><v>{cell}</v></c>'

    return text if kind is Kind.TEXT else number
