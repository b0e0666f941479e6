"""Sheets read back as a spreadsheet would: rows of texts, numbers and None; none of it shares code with what writes them."""

import csv
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
from defusedxml import ElementTree
from openpyxl.utils.escape import unescape

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE = (_ODF % name for name in ("table", "text", "office"))
_SPACE, _TAB = "\ue000", "\ue001"  # stand for elements while the spaces that are characters are folded


def read(content, ending):
    return {"csv": read_csv, "xlsx": read_xlsx, "ods": read_ods}[ending](content)


def read_csv(content):
    """Every cell is a text; an empty one is None."""
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    return [[cell or None for cell in row] for row in rows]


def read_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=False)
    (sheet,) = book.worksheets
    assert sheet.freeze_panes == "A2"
    return [[_xlsx_value(cell) for cell in row] for row in sheet.iter_rows()]


def _xlsx_value(cell):
    assert cell.data_type in ("s", "n"), (cell.coordinate, cell.data_type, cell.value)
    if isinstance(cell.value, float):
        return Decimal(repr(cell.value))
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def read_ods(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
        settings = ElementTree.fromstring(archive.read("settings.xml"))
        tree = ElementTree.fromstring(archive.read("content.xml"))
    name = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}name"
    split = next(item for item in settings.iter() if item.get(name) == "VerticalSplitPosition")
    assert split.text == "1"
    assert not [cell for cell in tree.iter() if cell.get(f"{_TABLE}formula")]
    return [
        [_ods_value(cell) for cell in row.findall(f"{_TABLE}table-cell")] for row in tree.iter(f"{_TABLE}table-row")
    ]


def _ods_value(cell):
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None:
        return None
    if kind == "float":
        number = Decimal(cell.get(f"{_OFFICE}value"))
        return int(number) if number == number.to_integral_value() else number
    assert kind == "string"
    return "\n".join(_paragraph(line) for line in cell.findall(f"{_TEXT}p"))


def _paragraph(line):
    """Spaces that are characters count once, and not at an end (ODF 1.3, part 3, 6.1.2)."""
    parts = [line.text or ""]
    for element in line:
        if element.tag == f"{_TEXT}s":
            parts.append(_SPACE * int(element.get(f"{_TEXT}c", "1")))
        else:
            assert element.tag == f"{_TEXT}tab"
            parts.append(_TAB)
        parts.append(element.tail or "")
    folded = re.sub("[ \t\r\n]+", " ", "".join(parts)).strip(" ")
    return folded.replace(_SPACE, " ").replace(_TAB, "\t")
