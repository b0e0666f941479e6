"""Bars over quarters as whole-numbered SVG coordinates: pure; the template draws them, and a table says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 28, 28
GAP = 12


@dataclass(frozen=True)
class Bar:
    """One quarter: its box, and the words above and under it."""

    x: int
    y: int
    width: int
    height: int
    words: str
    label: str

    @property
    def middle(self):
        return self.x + self.width // 2

    @property
    def words_y(self):
        return self.y - 6


@dataclass(frozen=True)
class Chart:
    """`target_y` is the height of the target's line, None without target."""

    key: str
    title: str
    bars: Sequence[Bar]
    target_y: int | None
    target_words: str
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def target_words_y(self):
        return self.target_y - 5


def bars(key, title, points, *, target=None, target_words=""):
    """A chart of `points`: (label, value, words) from the oldest; None is an empty place. The target is always in view."""
    floor = HEIGHT - BOTTOM
    top = max([value for _, value, _ in points if value is not None] + [target or 0, 1])
    room = WIDTH - LEFT - RIGHT
    step = room // max(len(points), 1)
    width = max(step - GAP, 4)

    def height_of(value):
        return round((floor - TOP) * value / top)

    drawn = [
        Bar(LEFT + index * step + (step - width) // 2, floor - height_of(value), width, height_of(value), words, label)
        for index, (label, value, words) in enumerate(points)
        if value is not None
    ]
    target_y = floor - height_of(target) if target is not None else None
    return Chart(key, title, drawn, target_y, target_words)
