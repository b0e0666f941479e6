"""XLSX by openpyxl's writer that keeps no row: typed cells, titles that stay in sight."""

import re

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gen_portal.core.sheets.cells import Kind, text_cell

_TITLE, _DECIMALS = Font(bold=True), "0.000"
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a text that holds « _x0041_ » would be read « A »


def write_xlsx(out, columns, rows):
    """Write the table in a binary file, which stays open."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tableau")
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(40, len(column.title) + 2))
    sheet.append([_title(sheet, column.title) for column in columns])
    shown = [_SHOWN[column.kind](sheet) for column in columns]
    for row in rows:
        sheet.append([show(cell) for show, cell in zip(shown, row, strict=True)])
    book.save(out)


def _title(sheet, words):
    cell = WriteOnlyCell(sheet, text_cell(words))
    cell.font = _TITLE
    return cell


def _texts(sheet):
    def show(text):
        if not text:
            return None
        shown = _CODE.sub("_x005F_", text_cell(text)) if "_x" in text else text_cell(text)
        return _forced(sheet, shown) if shown[0] == "#" else shown

    return show


def _forced(sheet, text):
    """« #N/A » is a text here, not an error."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _wholes(sheet):
    return lambda cell: cell


def _decimals(sheet):
    """One cell for the whole column: it is written as soon as it is given."""
    cell = WriteOnlyCell(sheet)
    cell.number_format = _DECIMALS

    def show(number):
        if number is None:
            return None
        cell.value = number
        return cell

    return show


_SHOWN = {Kind.TEXT: _texts, Kind.WHOLE: _wholes, Kind.DECIMAL: _decimals}
