"""What a report says, beside its earlier version and the quarter before: the lines an officer reads."""

from dataclasses import dataclass

from fabriques import arithmetic
from fabriques.models import FollowUpReport

GROUPS = (
    (
        "Candidatures et parcours",
        ("received_count", "admitted_count", "sessions_held_count", "started_count", *arithmetic.FLOWS),
    ),
    ("Publics, parmi les personnes entrées", tuple(arithmetic.PARTS)),
    ("Certification et situation à 3 mois", ("certified_count", *arithmetic.EXITS_3)),
    ("Situation à 6 mois", arithmetic.EXITS_6),
)


@dataclass(frozen=True)
class Line:
    """One figure. `corrected_from`: what the version before said, None where it said the same or nothing."""

    name: str
    label: str
    value: int | None
    earlier: int | None
    corrected_from: int | None
    word: str = ""

    @property
    def change(self):
        """« +3 », « −2 », « = »; nothing without a quarter to compare with. Cumulative figures should not fall."""
        if self.value is None or self.earlier is None:
            return ""
        gap = self.value - self.earlier
        return f"+{gap}" if gap > 0 else f"−{-gap}" if gap else "="

    @property
    def falls(self):
        return self.value is not None and self.earlier is not None and self.value < self.earlier


def compare(report, *, earlier=None, corrected=None, words=None):
    """(group, lines) of a filed report.

    `earlier`: the label's report of a quarter before; `corrected`: the figures of the version before, by name; `words`:
    what an officer said of a field, by name.
    """
    lines = {name: _line(report, name, earlier, corrected or {}, words or {}) for _, names in GROUPS for name in names}
    return [(title, [lines[name] for name in names]) for title, names in GROUPS]


def _line(report, name, earlier, corrected, words):
    value, before = getattr(report, name), corrected.get(name)
    return Line(
        name=name,
        label=str(FollowUpReport._meta.get_field(name).verbose_name).capitalize(),
        value=value,
        earlier=getattr(earlier, name) if earlier else None,
        corrected_from=before if before != value else None,
        word=words.get(name, ""),
    )
