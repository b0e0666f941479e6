"""Files that no spreadsheet runs: what is written comes back as text, numbers and days (safety.md X2, X3)."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from fabriques import sheets

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def read_csv(content):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("start", STARTS)
def test_csv_text_never_begins_like_a_formula(start):
    [_, [cell]] = read_csv(sheets.as_csv(["Nom"], [[f"{start}cmd|' /C calc'!A0"]]))

    assert cell.startswith("'")


@given(st.text())
def test_csv_never_gives_a_formula(text):
    rows = read_csv(sheets.as_csv(["Nom"], [[text]]))

    assert not any(cell.lstrip().startswith(STARTS) for row in rows for cell in row)


@settings(max_examples=25)
@given(st.text())
def test_xlsx_text_is_text(text):
    content = sheets.as_xlsx("Liste", ["Nom"], [[text]])

    cell = load_workbook(io.BytesIO(content)).active["A2"]
    raw = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert cell.data_type in ("s", "n", "inlineStr")  # the last two: an empty text, or an empty cell
    assert cell.data_type == "s" or not cell.value
    assert b"<f>" not in raw


def test_cells_are_typed():
    at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # in Paris it is already 2026
    row = ["=1+1", 12, 27.5, date(2025, 3, 1), at, None]

    [_, texts] = read_csv(sheets.as_csv(list("abcdef"), [row]))
    [_, cells] = load_workbook(io.BytesIO(sheets.as_xlsx("Suivi [2025]/T1", list("abcdef"), [row]))).active.rows

    assert texts == ["'=1+1", "12", "27,5", "01/03/2025", "01/01/2026", ""]
    assert [cell.value for cell in cells] == [
        "=1+1", 12, 27.5, datetime(2025, 3, 1), datetime(2026, 1, 1), None,
    ]  # fmt: skip
