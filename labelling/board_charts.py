"""The drawings of the figures of a board, as SVG coordinates: pure; templates draw them, a table says the same.

Two kinds. The columns of `gen_portal.core.charts` are small enough to keep their scale on a phone. Lines one under another
stretch with the page: their places are shares of the width, written « 12.5% » whatever the language; heights are pixels, and
so are the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from gen_portal.core import phrases
from gen_portal.core.charts import Chart, bars
from labelling.severities import MARKS, Coverage, Leaning, MarkSpread

SMALL_WIDTH, SMALL_HEIGHT = 240, 150
#: Pixels of one line, its words above its mark; of what stands above and under the lines; of the name of a group.
LINE, WORDS, MARK = 42, 14, 27
AXIS = 20
HEADING = 26
BAR = 12
#: Beside the lines, so that a dot at the end of the axis is whole: percent of the width.
EDGE = 4
#: A name longer than this would leave the drawing on a phone; the table has it whole.
LONGEST_NAME = 22
SMALLEST_AXIS = Decimal("0.5")


def percent(value: Decimal | float) -> str:
    """A place across the drawing, from a share in percent."""
    return f"{value:.2f}%"


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def mark_charts(spreads: Sequence[MarkSpread]) -> list[Chart]:
    """One small chart a criterion: the share of each mark, all on one scale."""
    highest = max((share for spread in spreads for share in spread.shares if share is not None), default=1)
    return [
        bars(
            f"notes-{number}",
            spread.label,
            [(str(mark), share, _whole(share)) for mark, share in zip(MARKS, spread.shares, strict=True)],
            note="" if spread.mean is None else f"moyenne : {phrases.number(spread.mean)} sur 5",
            top=highest or 1,
            width=SMALL_WIDTH,
            height=SMALL_HEIGHT,
        )
        for number, spread in enumerate(spreads, start=1)
    ]


def _whole(share):
    """« 34 % »; some marks are never said to be none."""
    if share is None:
        return ""
    return f"{f'{share:.0f}' if share >= 1 or not share else f'<{phrases.NBSP}1'}{phrases.NBSP}%"


@dataclass(frozen=True)
class Dot:
    """One person or ministry: its words, and where its dot and the ends of its interval are; no dot, no place.

    `heading` stands above the first of a group, where several groups are not comparable.
    """

    words: str
    y: int
    heading: str = ""
    x: str = ""
    low_x: str = ""
    high_x: str = ""
    is_clear: bool = False

    @property
    def heading_y(self) -> int:
        return self.y - 4

    @property
    def words_y(self) -> int:
        return self.y + WORDS

    @property
    def mark_y(self) -> int:
        return self.y + MARK


@dataclass(frozen=True)
class DotChart:
    """Dots with their intervals around zero, in the middle; `limit` words what both ends of the axis are."""

    key: str
    title: str
    dots: Sequence[Dot]
    limit: str
    height: int

    @property
    def axis_y(self) -> int:
        return self.height - AXIS

    @property
    def ticks_y(self) -> int:
        return self.height - 5


def dot_chart(key: str, title: str, leanings: Sequence[Leaning]) -> DotChart:
    """From the top in the order given; lower marks to the left, higher ones to the right."""
    limit, y, dots = axis_limit(leanings), AXIS, []
    for leaning, heading in zip(leanings, _headings(leanings), strict=True):
        y += HEADING if heading else 0
        dots.append(_dot(leaning, y, limit, heading))
        y += LINE
    return DotChart(key, title, dots, phrases.number(limit), y + AXIS)


def _headings(leanings):
    """« Groupe 2 » above the first of each group; nothing where there is one group only."""
    groups = [leaning.group for leaning in leanings]
    is_told = len({*groups} - {None}) > 1
    return [
        f"Groupe {group}" if is_told and group is not None and group != before else ""
        for group, before in zip(groups, [None, *groups], strict=False)
    ]


def axis_limit(leanings: Sequence[Leaning]) -> Decimal:
    """How far from zero the axis goes: the furthest end of an interval, up to the next half point."""
    furthest = max((abs(end) for leaning in leanings for end in leaning.interval or ()), default=Decimal(0))
    return max(SMALLEST_AXIS, Decimal(ceil(2 * furthest)) / 2)


def _dot(leaning, y, limit, heading):
    words = f"{shortened(leaning.name)} : {leaning.words}"
    if leaning.gap is None:
        return Dot(words, y, heading)
    low, high = leaning.interval
    places = (percent(50 + (50 - EDGE) * place / limit) for place in (leaning.gap, low, high))
    return Dot(words, y, heading, *places, is_clear=leaning.is_clear)


@dataclass(frozen=True)
class Line:
    """One region: how wide all its dossiers are, and those judged; no dossier, no bar."""

    words: str
    y: int
    whole_width: str = ""
    part_width: str = ""

    @property
    def words_y(self) -> int:
        return self.y + WORDS

    @property
    def bar_y(self) -> int:
        return self.y + MARK - BAR // 2


@dataclass(frozen=True)
class LinesChart:
    key: str
    title: str
    lines: Sequence[Line]
    bar_height: int = BAR

    @property
    def height(self) -> int:
        return len(self.lines) * LINE


def coverage_chart(key: str, title: str, regions: Sequence[Coverage]) -> LinesChart:
    """One line a region in the order given: a bar for its dossiers, filled as far as they are judged."""
    most = max((region.dossier_count for region in regions), default=0)
    return LinesChart(key, title, [_line(region, index * LINE, most) for index, region in enumerate(regions)])


def _line(region, y, most):
    if not region.dossier_count:
        return Line(f"{region.name} : aucun dossier", y)
    words = f"{region.name} : {region.judged_count} sur {region.dossier_count}"
    widths = (percent(Decimal(100 * count) / most) for count in (region.dossier_count, region.judged_count))
    return Line(words, y, *widths)
