"""Columns side by side as whole-numbered SVG coordinates: pure; a template draws them, and a table says the same.

A drawing is scaled with its page: `width` is about the pixels it is given, so that its words stay readable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 28, 28
GAP = 12

#: The label under a column, its value (None leaves the place empty), the words above it.
Point = tuple[str, int | float | None, str]


@dataclass(frozen=True)
class Bar:
    """One column: its box, and the words above and under it."""

    x: int
    y: int
    width: int
    height: int
    words: str
    label: str

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def words_y(self) -> int:
        return self.y - 6


@dataclass(frozen=True)
class Chart:
    """`note` follows the title; `target_y` is the height of the target's line, None without target."""

    key: str
    title: str
    note: str
    bars: Sequence[Bar]
    target_y: int | None
    width: int
    height: int

    @property
    def floor(self) -> int:
        return self.height - BOTTOM

    @property
    def labels_y(self) -> int:
        return self.floor + 18


def bars(
    key: str,
    title: str,
    points: Sequence[Point],
    *,
    note: str = "",
    target: int | float | None = None,
    top: int | float = 1,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Chart:
    """A chart of `points`, from left to right. The target and the value `top` are always in view: charts of one `top`, not
    below their values, are of one scale."""
    floor = height - BOTTOM
    highest = max([value for _, value, _ in points if value is not None] + [target or 0, top])
    step = (width - LEFT - RIGHT) // max(len(points), 1)
    box_width = max(step - GAP, 4)

    def height_of(value):
        return round((floor - TOP) * value / highest)

    drawn = [
        Bar(
            LEFT + index * step + (step - box_width) // 2,
            floor - height_of(value),
            box_width,
            height_of(value),
            words,
            label,
        )
        for index, (label, value, words) in enumerate(points)
        if value is not None
    ]
    target_y = floor - height_of(target) if target is not None else None
    return Chart(key, title, note, drawn, target_y, width, height)
