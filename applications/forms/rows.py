"""A table of a dossier as a form field: its lines are inputs named `<column>-<row>-<cell>`, free lines stand at the end.

Without scripts, « Ajouter des lignes » saves and shows more free lines, a line that is emptied is removed, and lines
pasted from a spreadsheet are posted as `<column>-paste`.
"""

import re
from dataclasses import dataclass

from django import forms

from applications.forms.cells import read_cell
from applications.forms.pasting import parse_pasted
from applications.models.tables import Cell

FREE_LINES = 3
_NATIVE = ("choice", "day", "tick")  # cells whose input holds no other text than its own values


@dataclass(frozen=True)
class BoundCell:
    """One input of a line: its cell, its name, what it shows and what is wrong with it."""

    cell: Cell
    name: str
    value: str
    error: str = ""

    @property
    def auto_id(self):
        return f"id_{self.name}"


@dataclass(frozen=True)
class Line:
    """A line of the table as its inputs; `index` counts from 0."""

    index: int
    cells: tuple
    is_free: bool


class RowsWidget(forms.Widget):
    """Collects the lines of a table from the inputs of the page; templates/applications/_table.html draws them."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def value_from_datadict(self, data, files, name):
        """The lines in which something is written, then the pasted ones, each as {cell: text}."""
        pattern = re.compile(rf"{name}-(\d{{1,4}})-\w+", re.ASCII)
        indexes = {int(match[1]) for key in data if (match := pattern.fullmatch(key))}
        lines = [
            {cell.name: data.get(f"{name}-{index}-{cell.name}", "") for cell in self.table.cells}
            for index in sorted(indexes)
        ]
        lines = [line for line in lines if any(text.strip() for text in line.values())]
        return lines + [self._as_typed(line) for line in parse_pasted(data.get(f"{name}-paste", ""), self.table)]

    def _as_typed(self, line):
        """A pasted line as the inputs of the page would have given it: a list or a calendar shows only its own values."""
        natives = {cell.name: read_cell(cell, line[cell.name]) for cell in self.table.cells if cell.kind in _NATIVE}
        return line | {name: _shown(value) for name, value in natives.items()}


class RowsField(forms.Field):
    """The lines of a table, each cell read by its kind. One cell that cannot be read keeps the whole table back."""

    default_error_messages = {"too_many": "{most} lignes au plus : regroupez-en."}

    def __init__(self, *, name, table, **kwargs):
        super().__init__(widget=RowsWidget(table), required=False, **kwargs)
        self.name, self.table, self.cell_errors = name, table, {}

    def clean(self, value):
        """Whole lines of typed values; the errors of single cells are kept for the page."""
        self.cell_errors = {}
        lines = [self._read(index, line) for index, line in enumerate(value)]
        problems = [self._told(index, name, error) for (index, name), error in self.cell_errors.items()]
        if len(lines) > self.table.max_lines:
            problems.append(self.error_messages["too_many"].format(most=self.table.max_lines))
        if problems:
            raise forms.ValidationError(problems)
        return lines

    def _read(self, index, line):
        values = {}
        for cell in self.table.cells:
            try:
                values[cell.name] = read_cell(cell, line[cell.name])
            except forms.ValidationError as error:
                self.cell_errors[index, cell.name] = error.message
        return self.table.line(**values)

    def _told(self, index, name, error):
        label = next(cell.label for cell in self.table.cells if cell.name == name)
        return f"Ligne {index + 1}, {label} : {error}"

    def prepare_value(self, value):
        """The lines of the page: those stored or typed, then free ones."""
        lines = list(value or [])
        free = min(FREE_LINES, max(self.table.max_lines - len(lines), 0))
        filled = [self._line(index, line, is_free=False) for index, line in enumerate(lines)]
        return filled + [self._line(len(lines) + more, {}, is_free=True) for more in range(free)]

    def model_line(self):
        """The line that scripts copy; `__row__` stands for its number."""
        return self._line("__row__", {}, is_free=True)

    def _line(self, index, line, *, is_free):
        cells = [
            BoundCell(
                cell,
                f"{self.name}-{index}-{cell.name}",
                _shown(line.get(cell.name, cell.blank)),
                self.cell_errors.get((index, cell.name), ""),
            )
            for cell in self.table.cells
        ]
        return Line(index, tuple(cells), is_free)


def _shown(value):
    """What an input holds: an amount as it is typed, a tick as « on »."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)
