"""A list as a file, CSV or XLSX: the same columns and rows as the screen; no cell that a spreadsheet could run.

Text that begins like a formula is quoted in CSV; in XLSX every cell is typed, text as text (safety.md X2 and X3).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from gen_portal.core import clock
from gen_portal.core.text import csv_cell

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What XML 1.0 cannot hold, and openpyxl refuses.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767  # characters of a cell, for Excel


def as_csv(columns: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """Semicolons, decimal commas, days as in France, UTF-8 with its mark: what a French spreadsheet opens."""
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_cell(column) for column in columns])
    writer.writerows([csv_cell(_as_text(value)) for value in row] for row in rows)
    return content.getvalue().encode("utf-8-sig", errors="replace")


def _as_text(value):
    if isinstance(value, date):
        return f"{_day(value):%d/%m/%Y}"
    return str(value).replace(".", ",") if isinstance(value, float) else value


def as_xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """One sheet with its header; numbers are numbers, days are days, all else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_typed(sheet, column, bold=True) for column in columns])
    for row in rows:
        sheet.append([_typed(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _typed(sheet, value, *, bold=False):
    if isinstance(value, date):
        value = _day(value)
    text = isinstance(value, str)
    cell = WriteOnlyCell(sheet, _UNWRITABLE.sub("\ufffd", value)[:LONGEST] if text else value)
    if text:
        cell.data_type = "s"  # or « =1+1 » would be stored as a formula
    if isinstance(value, date):
        cell.number_format = "DD/MM/YYYY"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _day(value):
    """A spreadsheet knows no time zone: an instant is its day in Paris."""
    return clock.day_of(value) if isinstance(value, datetime) else value
