"""Sheets written row by row: whatever the cells hold, CSV, XLSX and ODS give back the same, and compute none of it."""

import io
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gen_portal.core.sheets import FORMATS, Column, Kind
from gen_portal.core.sheets.cells import MAX_UNITS, text_cell
from gen_portal.core.tests.opening import read

pytestmark = pytest.mark.once

COLUMNS = (
    Column("Texte", None), Column("=Nombre", None, Kind.WHOLE), Column("Décimal", None, Kind.DECIMAL),
    Column("Fin", None, Kind.WHOLE),  # openpyxl reads no empty row at the end
)  # fmt: skip
ANY_TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("=+-@\t\r\n\0 '#_x0041\ufffe\ud800\x1b😀"), max_size=30
)
TEXTS = st.none() | ANY_TEXT
WHOLES = st.none() | st.integers(-(10**14), 10**14)
DECIMALS = st.none() | st.decimals(-999, 999, places=3)
HOSTILE = [
    "=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "#N/A", "#REF!", "_x0041_", "a\0b\x1bc", "a\r\nb\rc",
    "\ufffe\uffff", "  deux  espaces ", "tab\there", "é\u0301😀\u202e", "'=1", "<b>&amp;", ";\"'", " ", "\n", "fin\n",
]  # fmt: skip


def written(rows, ending):
    out = io.BytesIO()
    FORMATS[ending].write(out, COLUMNS, [(*row, 0) for row in rows])
    return out.getvalue()


def comma(number):
    return None if number is None else str(number).replace(".", ",")


@given(st.lists(st.tuples(TEXTS, WHOLES, DECIMALS), max_size=5))
@example([(text, None, None) for text in HOSTILE])
@example([("x" * 40_000, 2, Decimal("0.500")), ("😀" * 20_000, None, None)])
def test_every_format_gives_back_the_same_cells(rows):
    texts = [text_cell(text) or None if text else None for text, _, _ in rows]
    head = ["Texte", "'=Nombre", "Décimal", "Fin"]
    typed = [[text, whole, decimal, 0] for text, (_, whole, decimal) in zip(texts, rows, strict=True)]
    assert read(written(rows, "xlsx"), "xlsx") == [head, *typed]
    assert read(written(rows, "ods"), "ods") == [head, *typed]
    plain = [[text, None if whole is None else str(whole), comma(decimal), "0"] for text, whole, decimal, _ in typed]
    assert read(written(rows, "csv"), "csv") == [head, *plain]


@given(ANY_TEXT)
def test_a_text_cell_is_no_formula_and_loses_nothing_one_can_see(text):
    cell = text_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    kept = [character for character in text.removeprefix("'") if character.isprintable()]
    assert [c for c in cell.removeprefix("'") if c.isprintable() and c != "\ufffd"] == [
        c for c in kept if c != "\ufffd"
    ]
    assert text_cell(cell) == cell


def test_a_text_too_long_for_excel_is_cut_alike_everywhere():
    for text in ("x" * (MAX_UNITS + 1), "😀" * MAX_UNITS):
        cell = text_cell(text)
        assert len(cell.encode("utf-16-le")) // 2 <= MAX_UNITS
        assert cell.endswith("…")
    assert text_cell("x" * MAX_UNITS) == "x" * MAX_UNITS


@pytest.mark.parametrize("ending", FORMATS)
def test_rows_are_asked_for_one_by_one(ending):
    """What was already written has left when the last row comes: a sheet of any length is written."""
    asked = []

    class Out(io.BytesIO):
        def write(self, content):
            asked.append(len(content))
            return super().write(content)

    def rows():
        for number in range(3_000):
            yield (f"ligne {number} " * 20, number, None, 0)
        asked.append("end")

    FORMATS[ending].write(Out(), COLUMNS, rows())
    is_early = asked.index("end") > 1
    assert is_early or ending == "xlsx"  # openpyxl streams to a temporary file, then puts that into the archive
