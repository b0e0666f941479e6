"""What is written for a spreadsheet: decimals with a comma, below zero too; text never a formula."""

from decimal import Decimal

from gen_portal.core.spreadsheets import as_csv


def test_a_decimal_stays_a_number_and_a_text_that_looks_like_one_stays_a_text():
    rows = [{"a": Decimal("-0.300"), "b": "-0,300"}, {"a": Decimal("1E+3"), "b": 12}, {"a": None, "b": "=1+1"}]

    assert as_csv({"a": "Écart", "b": "Dit"}, rows).decode("utf-8-sig").split("\r\n") == [
        "Écart;Dit", "-0,300;'-0,300", "1000;12", ";'=1+1", ""
    ]  # fmt: skip
