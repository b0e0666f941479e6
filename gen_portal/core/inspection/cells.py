"""The cells of a checked spreadsheet as short texts, within limits: a plain table of each sheet, nothing of its looks."""

import json
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from itertools import zip_longest

import openpyxl
from defusedxml.ElementTree import iterparse

from .kinds import Kind
from .verdicts import Wrong

MAX_SHEETS, MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 10, 200, 20, 300
MAX_CELLS = 6_000  # of all sheets together: what a table takes to be drawn
_MAX_LOOKED_AT = 5_000  # rows read to know whether something stands beyond
_DAMAGED = "Ce classeur ne s'ouvre pas."
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"
_TABLE, _ROW = _ODS % ("table", "table"), _ODS % ("table", "table-row")
_CELLS = {_ODS % ("table", "table-cell"), _ODS % ("table", "covered-table-cell")}
_PARAGRAPH, _SPACES, _BREAK = _ODS % ("text", "p"), _ODS % ("text", "s"), _ODS % ("text", "line-break")
_NAME = _ODS % ("table", "name")
_COLUMNS_REPEATED = _ODS % ("table", "number-columns-repeated")
_ROWS_REPEATED = _ODS % ("table", "number-rows-repeated")


def cells(content, kind):
    """JSON: `sheets`, each with its `title`, `rows` (texts, all as long) and whether it `is_cut`; and whether the book is."""
    read = _xlsx_sheets if kind == Kind.XLSX else _ods_sheets
    kept, room, is_cut = [], MAX_CELLS, False
    try:
        for sheet in read(content):
            if len(kept) == MAX_SHEETS or room <= 0:
                is_cut = True
                break
            kept.append(sheet.table(room))
            room -= sum(map(len, kept[-1]["rows"]))
    except MemoryError:
        raise
    except Exception as error:  # a crafted workbook may make its readers raise anything
        raise Wrong(_DAMAGED) from error
    return json.dumps({"sheets": kept, "is_cut": is_cut}).encode()


class _Sheet:
    """One sheet as it is being read, row by row; what stands beyond the limits is only known to be there."""

    def __init__(self, title):
        self.title, self.rows, self.is_cut, self.row_count = title, [], False, 0

    def add(self, texts, times=1):
        """A row, that many times. Whether more rows are worth reading."""
        is_blank = not any(texts)
        if not is_blank:
            self.is_cut |= any(texts[MAX_COLUMNS:]) or self.row_count + times > MAX_ROWS
        room = max(0, MAX_ROWS - self.row_count)
        self.rows += [texts[:MAX_COLUMNS]] * min(times, room)
        self.row_count += times
        return not (self.is_cut and self.row_count > MAX_ROWS) and self.row_count < _MAX_LOOKED_AT

    def table(self, room):
        """The smallest table that holds what is written, of so many cells at most."""
        rows = self.rows
        while rows and not any(rows[-1]):
            rows.pop()
        width = max((number for row in rows for number, text in enumerate(row, 1) if text), default=0)
        allowed = room // width if width else 0
        kept = [(row + [""] * width)[:width] for row in rows[:allowed]]
        return {"title": self.title[:100], "rows": kept, "is_cut": self.is_cut or len(rows) > len(kept)}


# --- XLSX ---------------------------------------------------------------------------------------------------------------


def _xlsx_sheets(content):
    """Values as the spreadsheet last computed them; a formula that was never computed is shown as it is written."""
    values = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(content), read_only=True)
    for computed, written in zip(values.worksheets, formulas.worksheets, strict=True):
        sheet = _Sheet(computed.title + ("" if computed.sheet_state == "visible" else " (feuille masquée)"))
        limits = {"max_row": _MAX_LOOKED_AT, "max_col": MAX_COLUMNS + 1}
        for each in (computed, written):
            each.reset_dimensions()
        for pair in zip_longest(computed.iter_rows(**limits), written.iter_rows(**limits), fillvalue=()):
            if not sheet.add([_text_of(*both) for both in zip(*pair, strict=False)]):
                break
        yield sheet


def _text_of(computed, written):
    value = computed.value
    if value is None:
        value = getattr(written.value, "text", written.value)  # an array formula is an object
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int | float):
        is_share = "%" in (computed.number_format or "")
        return _number(value * 100) + " %" if is_share else _number(value)
    return _clipped(_moment(value) if isinstance(value, date | time) else str(value))


def _number(value):
    return str(value) if isinstance(value, int) else f"{value:.15g}".replace(".", ",")


def _moment(value):
    if isinstance(value, time):
        return f"{value:%H:%M}"
    is_day = not isinstance(value, datetime) or value.time() == time()
    return f"{value:%d/%m/%Y}" if is_day else f"{value:%d/%m/%Y %H:%M}"


# --- ODS ----------------------------------------------------------------------------------------------------------------


def _ods_sheets(content):
    """Cells as they were last shown; an element is forgotten once its row is read."""
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("content.xml") as xml:
        sheet = None
        for event, element in iterparse(xml, events=("start", "end"), forbid_dtd=True):
            if event == "start" and element.tag == _TABLE and sheet is None:
                sheet = _Sheet(element.get(_NAME, ""))
            elif event == "end" and element.tag == _ROW and sheet is not None:
                if sheet.row_count < _MAX_LOOKED_AT:
                    sheet.add(_row_texts(element), _times(element, _ROWS_REPEATED))
                element.clear()
            elif event == "end" and element.tag == _TABLE and sheet is not None:
                yield sheet
                sheet = None
                element.clear()


def _row_texts(row):
    texts = []
    for cell in row:
        if cell.tag in _CELLS and len(texts) <= MAX_COLUMNS:
            shown = "\n".join(_paragraph(part) for part in cell if part.tag == _PARAGRAPH)
            texts += [_clipped(shown)] * min(_times(cell, _COLUMNS_REPEATED), MAX_COLUMNS + 1)
    return texts


def _paragraph(paragraph):
    for part in paragraph.iter():
        if part.tag in (_SPACES, _BREAK):
            part.text = "\n" if part.tag == _BREAK else " "
    return "".join(paragraph.itertext())


def _times(element, name):
    written = element.get(name, "1")
    return max(1, int(written)) if written.isdecimal() else 1


def _clipped(text):
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
