"""Sheets that people fill in, CSV or XLSX, read as text cells and written: pure, no database.

A sheet is small and plain: one header line, no formula, no hidden trick of a compressed file (limits below). What cannot
be read raises `Unreadable` with a sentence that says what to do; the meaning of the cells is judged elsewhere.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
from openpyxl.utils import get_column_letter

from gen_portal.core.text import csv_cell, fold

MAX_BYTES = 1_000_000
MAX_UNZIPPED_BYTES = 20_000_000
MAX_LINES = 300
MAX_COLUMNS = 60
MAX_CELL = 2_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is a French sentence."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet, as a spreadsheet numbers it (the header is line 1), and its cells by header name."""

    line: int
    cells: dict


@dataclass(frozen=True)
class Fault:
    """One thing to put right in a sheet: at which line and column, under which header, in which words."""

    line: int
    column: str
    header: str
    sentence: str


class Judged:
    """What has `faults`: a verdict on a sheet."""

    @property
    def line_count(self):
        """Lines with something to put right."""
        return len({fault.line for fault in self.faults})


@dataclass(frozen=True)
class Sheet:
    """`columns`: the letter of each known header, as in « colonne C »; `headers`: its words."""

    columns: dict
    rows: list
    headers: dict

    def fault(self, row, name, sentence):
        """What is wrong with the cell of a row in the column of this name."""
        return Fault(row.line, self.columns[name], self.headers[name], sentence)


def read(content: bytes, headers: dict[str, str], *, max_bytes: int = MAX_BYTES, max_lines: int = MAX_LINES) -> Sheet:
    """The rows of a file whose first line names every column of `headers` (name → words), in any order.

    Words are compared without case nor accents. Raises Unreadable for another kind of file, a formula in XLSX, a missing,
    unknown or doubled column, and above the limits.
    """
    check_size(len(content), max_bytes)
    table = _xlsx_table(content, max_lines) if content.startswith(b"PK") else _csv_table(content)
    lines = [(number, cells) for number, cells in enumerate(table, 1) if any(cells)]
    if not lines:
        raise Unreadable("Ce fichier est vide. Téléchargez le modèle, remplissez-le, puis envoyez-le.")
    (_, first), rows = lines[0], lines[1:]
    if not rows:
        raise Unreadable("Ce fichier n'a que la ligne d'en-tête : il n'y a rien à lire dessous.")
    if len(rows) > max_lines:
        raise Unreadable(f"Ce fichier compte plus de {max_lines} lignes. Envoyez-le en plusieurs fois.")
    places = _places(first, headers)
    columns = {name: get_column_letter(index + 1) for name, index in places.items()}
    return Sheet(columns, [Row(number, _cells(cells, places)) for number, cells in rows], headers)


def check_size(byte_count: int, max_bytes: int) -> None:
    """Raises Unreadable above the limit."""
    if byte_count > max_bytes:
        size = max_bytes // 1_000_000
        raise Unreadable(f"Ce fichier dépasse {size} Mo. Gardez une seule feuille, sans image ni mise en forme.")


def _cells(cells, places):
    return {name: cells[index] if index < len(cells) else "" for name, index in places.items()}


def _places(first, headers):
    """Where each known column stands; every fault of the header line is told at once."""
    known = {fold(words): name for name, words in headers.items()}
    places, unknown, doubled = {}, [], []
    for index, words in enumerate(first):
        name = known.get(fold(words))
        if name is None:
            unknown += [words] if words else []
        elif name in places:
            doubled.append(words)
        else:
            places[name] = index
    missing = [words for name, words in headers.items() if name not in places]
    said = [
        f"{fault} : {_listed(columns)}."
        for fault, columns in (
            ("Colonnes absentes", missing),
            ("Colonnes inconnues", unknown),
            ("Colonnes en double", doubled),
        )
        if columns
    ]
    if said:
        raise Unreadable(" ".join(said) + " Repartez du modèle à télécharger, sans changer sa première ligne.")
    return places


def _listed(columns):
    shown = ", ".join(f"« {words[:60]} »" for words in columns[:5])
    return shown if len(columns) <= 5 else f"{shown} et {len(columns) - 5} autres"


def _csv_table(content):
    text = _decoded(content)
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable("Ce fichier CSV est abîmé : un guillemet ouvert n'est pas refermé.") from error
    return [[_clean(cell) for cell in cells[:MAX_COLUMNS]] for cells in table]


def _decoded(content):
    """UTF-8, with or without its mark, else the Latin-1 of older spreadsheets."""
    if b"\0" in content:
        raise Unreadable(
            "Ce fichier n'est ni un CSV ni un XLSX. Enregistrez votre tableau dans l'un de ces deux formats."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _xlsx_table(content, max_lines):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_UNZIPPED_BYTES:
            raise Unreadable("Ce classeur est trop lourd une fois ouvert. Gardez une seule feuille de texte.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_row=max_lines + 2, max_col=MAX_COLUMNS)
        return [[_xlsx_cell(cell) for cell in row] for row in rows]
    except Unreadable:
        raise
    except Exception as error:  # on a crafted file openpyxl may raise anything: nobody could read the file
        raise Unreadable("Ce classeur est abîmé ou protégé : il ne s'ouvre pas. Réenregistrez-le en XLSX.") from error


def _xlsx_cell(cell):
    if cell.data_type == "f":
        raise Unreadable(
            f"La cellule {cell.coordinate} contient une formule. Remplacez les formules par leurs valeurs "
            "(copier, puis coller « valeurs seules »)."
        )
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _clean("" if value is None else str(value))


def _clean(cell):
    """A cell as text; one that a template quoted against formulas loses its quote."""
    text = cell.strip()[: MAX_CELL + 1]
    return text[1:] if text.startswith("'") and csv_cell(text[1:]) == text else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute this text; a dash begins many honest lines and is let through."""
    return text.lstrip().startswith(("=", "+", "@", "＝", "＋", "＠"))


def as_csv(headers: dict[str, str], rows: list[dict]) -> bytes:
    """UTF-8 with its mark, semicolons, decimal commas: what French spreadsheets open with a double click."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers.values())
    writer.writerows([[_written(row.get(name)) for name in headers] for row in rows])
    return content.getvalue().encode("utf-8-sig")


def _written(value):
    """A decimal number stays one, below zero too; text is quoted where a spreadsheet would compute it."""
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else csv_cell(value)


def as_xlsx(headers: dict[str, str], rows: list[dict]) -> bytes:
    """One sheet of texts and numbers, its header line kept in sight."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title, sheet.freeze_panes = "Tableau", "D2"
    sheet.append(list(headers.values()))
    for row in rows:
        sheet.append([csv_cell(row.get(name)) for name in headers])
    for index, words in enumerate(headers.values(), 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(40, len(words) + 2))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
