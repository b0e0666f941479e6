"""What a cell may hold, and the text that every format gives back unchanged and no spreadsheet computes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from gen_portal.core.text import csv_cell

#: What a cell of Excel holds, in units of UTF-16: longer texts lose their end, in every format alike.
MAX_UNITS = 32_767
_LINE_ENDS = re.compile(r"\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in no XML 1.0 document


class Kind(Enum):
    """What the cells of a column are; every one may also be None, an empty cell."""

    TEXT = auto()
    WHOLE = auto()
    DECIMAL = auto()


@dataclass(frozen=True)
class Column:
    """A title, how its cell is read from what a row is made of, and what it is."""

    title: str
    read: Callable
    kind: Kind = Kind.TEXT


def text_cell(text):
    """A text without what XML cannot hold (a mark stands in its place), in lines that end alike, never a formula; an empty
    one for None."""
    if not text:
        return ""
    if text.isprintable() and text[0].isalnum() and len(text) <= MAX_UNITS // 2:
        return text
    plain = _UNWRITABLE.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    return _shortened(csv_cell(plain))


def _shortened(text):
    if len(text) <= MAX_UNITS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_UNITS:
        return text
    return units[: 2 * (MAX_UNITS - 1)].decode("utf-16-le", errors="ignore") + "…"
