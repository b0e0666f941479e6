"""Which numbers of people are not shown, so that no count under five can be worked out: pure (docs/decisions/0101).

The same people are cut by region and by call, closing after closing. A **cell** holds those of one region and one call; a
**row** is the country, a region or a call: a sum of cells. A row is hidden

* when it holds somebody and one of its counts is under five, zero included: « moins de 5 » tells nothing more;
* when one of its counts moved by one to four since a closing where it was shown, for the difference is a count too;
* when another one could be worked out without it, for what hidden rows add up to is known: the country is shown.

The last rule, exact for whoever adds and subtracts rows: regions and calls that share cells make **blocks**; the regions
of a block and its calls have one sum, and nothing else ties rows. So the hidden regions of a block are at least two, and
hold together five times as many people as they are; its hidden calls too. A block that would have to be hidden whole is so
with another one. Who is hidden to cover another is chosen by its number of trainings, which the registry tells, never by
its people: the choice itself tells nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SMALLEST = 5  # shown


class Cut(StrEnum):
    """What the people are cut by; the country is one row."""

    COUNTRY = "pays"
    REGION = "region"
    CALL = "appel"


#: A cut and the key of one of its rows.
Row = tuple[Cut, str]
#: Rows of one cut that are shown, or not, together.
Unit = frozenset[Row]
#: Counts that must all be worth showing, for a row to be.
Counts = tuple[int, ...]
COUNTRY: Row = (Cut.COUNTRY, "")


@dataclass(frozen=True)
class Cells:
    """The counts of a closing by region and call, of cells that hold somebody; `ranks`: the number of trainings of a row."""

    counts: Mapping[tuple[str, str], Counts]
    ranks: Mapping[Row, int] = field(default_factory=dict)

    def sums(self) -> dict[Row, Counts]:
        """Of the country, of every region and of every call."""
        found: dict[Row, list[Counts]] = defaultdict(list)
        for (region, call), counts in self.counts.items():
            for row in rows_of(region, call):
                found[row].append(counts)
        return {row: added(several) for row, several in found.items()}

    def blocks(self) -> list[Unit]:
        """Regions and calls tied by the cells they share."""
        blocks: list[Unit] = []
        for region, call in self.counts:
            tied = frozenset({(Cut.REGION, region), (Cut.CALL, call)})
            met = [block for block in blocks if block & tied]
            blocks = [block for block in blocks if block not in met] + [tied.union(*met)]
        return blocks


@dataclass(frozen=True)
class Shown:
    """The rows of a closing and those of them that are hidden."""

    sums: Mapping[Row, Counts]
    hidden: Unit

    def get(self, row: Row) -> Counts | None:
        """The counts of a row; None of a row that is hidden, or that held nobody."""
        return None if row in self.hidden else self.sums.get(row)


def rows_of(region: str, call: str) -> tuple[Row, Row, Row]:
    """The rows that a cell counts in."""
    return (COUNTRY, (Cut.REGION, region), (Cut.CALL, call))


def may_stand_alone(counts: Counts, earlier: Sequence[Counts] = ()) -> bool:
    """Whether counts that nothing cuts may be shown: none is of one to four, nor moved by as few since it was shown."""
    is_small = any(0 < count < SMALLEST for count in counts)
    return not is_small and not any(moved_little(counts, before) for before in earlier)


def added(several: Sequence[Counts]) -> Counts:
    return tuple(sum(each) for each in zip(*several, strict=True))


def moved_little(now: Counts, then: Counts) -> bool:
    """Whether a count moved by one to four."""
    return any(0 < abs(after - before) < SMALLEST for after, before in zip(now, then, strict=True))


def of_cut(rows: Unit, cut: Cut) -> Unit:
    return frozenset(row for row in rows if row[0] == cut)


def shown_of(cells: Cells, earlier: Sequence[Shown] = ()) -> Shown:
    """What a closing shows after the `earlier` ones, which nobody can take back."""
    return _Closing(cells, cells.sums(), earlier).shown()


@dataclass(frozen=True)
class _Closing:
    """One closing while it is decided what it shows."""

    cells: Cells
    sums: Mapping[Row, Counts]
    earlier: Sequence[Shown]

    def shown(self) -> Shown:
        blocks = self.cells.blocks()
        if not blocks:
            return Shown({}, frozenset())
        if not self._is_safe(frozenset({COUNTRY})) or (len(blocks) == 1 and not self._is_safe(blocks[0])):
            return Shown(self.sums, frozenset(self.sums))
        whole = self._covered(blocks)
        hidden = set().union(*whole)
        for block in blocks:
            if block not in whole:
                for cut in (Cut.REGION, Cut.CALL):
                    hidden.update(*self._covered([frozenset({row}) for row in of_cut(block, cut)]))
        return Shown(self.sums, frozenset(hidden))

    def _covered(self, units: Sequence[Unit]) -> list[Unit]:
        """The units to hide among some whose sum is shown: those that must be, and those that cover them."""
        hidden = [unit for unit in units if not self._is_safe(unit)]
        others = sorted((unit for unit in units if unit not in hidden), key=self._rank)
        while hidden and others and not self._covers(hidden):
            hidden.append(others.pop(0))
        return hidden

    def _covers(self, units: Sequence[Unit]) -> bool:
        whole = added([self._counts(unit) for unit in units])
        return len(units) > 1 and min(whole) >= SMALLEST * len(units)

    def _is_safe(self, unit: Unit) -> bool:
        """Whether a unit may be shown for its own counts, and for those of a row that would be it alone."""
        if min(self._counts(unit)) < SMALLEST:
            return False
        lone = [rows for cut in Cut if len(rows := of_cut(unit, cut)) == 1]
        return not any(self._moved_little(row) for rows in lone for row in rows)

    def _moved_little(self, row: Row) -> bool:
        before = [counts for closing in self.earlier if (counts := closing.get(row))]
        return any(moved_little(self.sums[row], counts) for counts in before)

    def _counts(self, unit: Unit) -> Counts:
        """Of the people of a unit, counted once."""
        cut = min(cut for cut, _ in unit)
        return added([self.sums[row] for row in of_cut(unit, cut)])

    def _rank(self, unit: Unit) -> tuple[int, list[str]]:
        keys = sorted(key for cut, key in of_cut(unit, min(cut for cut, _ in unit)))
        return sum(self.cells.ranks.get(row, 0) for row in unit), keys
