"""What every layer is made of: what is asked, the lines found, and the columns that tell them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from applications.models import Call
from gen_portal.core import phrases
from gen_portal.core.models import Department, Region, User
from gen_portal.core.placeholders import Wording

_WORDS = {
    "text": str,
    "day": phrases.day,
    "number": phrases.number,
    "euros": phrases.euros,
    "km": lambda value: f"{phrases.number(round(value))}{phrases.NBSP}km",
    "rate": phrases.number,
    "gap": lambda value: f"{'+' if value > 0 else '−' if value < 0 else ''}{phrases.number(abs(value))}{phrases.NBSP}%",
}


@dataclass(frozen=True)
class Column:
    """A heading, and how its values are written; a file keeps the values as they are, with their unit in the heading."""

    heading: str
    kind: str = "text"
    unit: str = ""

    def words(self, value):
        return "–" if value is None or value == "" else _WORDS[self.kind](value)

    @property
    def is_numeric(self):
        return self.kind not in ("text", "day")


@dataclass(frozen=True)
class Spot:
    """Where a line is put on the map; without a position it is in the list only."""

    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Line:
    """One row of a layer. `key` names it from one reading to the next; `structure` is whom a mail about it goes to."""

    key: str
    title: str
    path: str
    cells: tuple
    spot: Spot
    is_pressing: bool = False
    structure: int | None = None
    told: str = ""


@dataclass(frozen=True)
class Asked:
    """By whom a layer is looked at, on which day, and with which filters. `regions`: the codes of those they may see."""

    user: User
    today: date
    regions: tuple
    region: Region | None = None
    department: Department | None = None
    call: Call | None = None
    only_pressing: bool = False
    by: str = ""
    months: int = 6
    inhabitants: int = 20_000
    sees_dossiers: bool = False

    def within(self, department="", call=""):
        """The conditions on a row, whose department and call stand at these paths."""
        asked = {f"{department}__region__in": self.regions}
        if self.region:
            asked[f"{department}__region"] = self.region
        if self.department:
            asked[department] = self.department
        if self.call and call:
            asked[call] = self.call
        return asked

    def holds(self, region_code, department_code=""):
        """Whether a territory answers the filters; a region is not asked for its departments."""
        if region_code not in self.regions or (self.region and self.region.code != region_code):
            return False
        if not self.department:
            return True
        return self.department.code == department_code if department_code else self.department.region_id == region_code

    def by_label(self):
        """The same, one line for each label: what a mail tells."""
        return replace(self, by="")


@dataclass(frozen=True)
class Found:
    """The answer of a layer: its lines in order, their columns, and the sum in words beside the count."""

    columns: tuple
    lines: list
    definition: str
    total: str = ""

    @property
    def headings(self):
        return [f"{column.heading} ({column.unit})" if column.unit else column.heading for column in self.columns]

    def cells_of(self, line):
        """(column, words) of each cell after the title."""
        return [(column, column.words(value)) for column, value in zip(self.columns[1:], line.cells, strict=True)]

    def rows(self):
        """The lines as a file holds them."""
        return ([line.title, *line.cells] for line in self.lines)


@dataclass(frozen=True)
class Layer:
    """`find` answers; `filters` are the fields it reads beside the common ones. `pressing` and `ordinary` say what the two
    kinds of marks mean; a layer without `pressing` has one. Marks nearer than `cluster_pixels` are gathered. A layer with a
    `wording` may be written to."""

    code: str
    title: str
    one: str
    many: str
    find: Callable = field(repr=False)
    ordinary: str = ""
    pressing: str = ""
    where: str = "placées à la commune du siège de la structure"
    cluster_pixels: int = 44
    filters: tuple = ()
    wording: Wording | None = None
    is_about_money: bool = False

    @property
    def nouns(self):
        return f"{self.one}|{self.many}"

    def answer(self, asked):
        found = self.find(asked)
        if not (asked.only_pressing and self.pressing):
            return found
        return replace(found, lines=[line for line in found.lines if line.is_pressing])

    def words_of(self, line, *, tells_pressing):
        """What the mark of a line means; the layer's own noun where a person is not told of the two kinds."""
        if self.pressing and not tells_pressing:
            return self.one
        return self.pressing if line.is_pressing else self.ordinary

    def counted(self, count):
        return f"{phrases.number(count)} {self.one if count < 2 else self.many}"
