"""CSV as French spreadsheets open it with a double click: UTF-8 with its mark, semicolons, decimal commas."""

import csv
import io

from gen_portal.core.sheets.cells import Kind, text_cell


def write_csv(out, columns, rows):
    """Write the table in a binary file, which stays open."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow([text_cell(column.title) for column in columns])
        shown = [_SHOWN[column.kind] for column in columns]
        writer.writerows([show(cell) for show, cell in zip(shown, row, strict=True)] for row in rows)
    finally:
        text.detach()  # thrown away as it is, it would close the file


def _text(cell):
    return "" if cell is None else text_cell(cell)


def _whole(cell):
    return cell  # the csv module writes nothing for None


def _decimal(cell):
    return None if cell is None else str(cell).replace(".", ",")


_SHOWN = {Kind.TEXT: _text, Kind.WHOLE: _whole, Kind.DECIMAL: _decimal}
