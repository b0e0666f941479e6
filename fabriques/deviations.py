"""How far a report is from what the labelled dossier promised: pure; large deviations are explained by the structure.

Only shortfalls are told: a structure that does better than it promised has nothing to explain. The thresholds are ours
(docs/decisions/0041): wide enough that one person more or less never asks for a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from fabriques.arithmetic import EXITS_6, total

ENOUGH_PEOPLE = 10  # below, one person is ten points or more: shares say nothing
SHARE_POINTS = 15  # percentage points below the promised share
EXIT_POINTS = 20  # the same for positive exits at 6 months: luck weighs more
SEAT_SHARE = 60  # % of the seats of the sessions begun that are taken
SESSIONS_BEHIND = 2  # sessions fewer than the plan at this day, or none at all when one was planned

SHARES = {
    "women_percent": ("women_count", "Femmes"),
    "young_neet_percent": ("young_neet_count", "Moins de 26 ans sans emploi ni formation"),
    "bac_or_below_percent": ("bac_or_below_count", "Niveau bac ou moins"),
    "priority_area_percent": ("priority_area_count", "Habitants de quartiers prioritaires"),
}
#: A job, a business, work-study or more training (domain.md §3.1).
POSITIVE_EXITS_6 = EXITS_6[:5]


@dataclass(frozen=True)
class Commitments:
    """What a dossier promised: shares in %, sessions over the whole label, seats per session; None where it is silent."""

    women_percent: int | None = None
    young_neet_percent: int | None = None
    bac_or_below_percent: int | None = None
    priority_area_percent: int | None = None
    positive_exit_percent: int | None = None
    session_count: int | None = None
    seat_count: int | None = None

    @classmethod
    def of(cls, answers: Mapping) -> "Commitments":
        """Those among the filed answers of a dossier (`applications.archive.answers`)."""
        return cls(**{field.name: answers.get(field.name) for field in fields(cls)})


@dataclass(frozen=True)
class Deviation:
    """One figure, what was promised and what is reported, as a sentence."""

    figure: str
    sentence: str


def deviations(figures: Mapping[str, int], promised: Commitments, elapsed_percent: int) -> list[Deviation]:
    """The large shortfalls, in the order of the page. `elapsed_percent`: how much of the label has passed, 0 to 100."""
    found = [
        _sessions_behind(figures, promised.session_count, elapsed_percent),
        _empty_seats(figures, promised.seat_count),
        *(_share_short(figures, promised, name) for name in SHARES),
        _exits_short(figures, promised.positive_exit_percent),
    ]
    return [deviation for deviation in found if deviation]


def _sessions_behind(figures, planned, elapsed_percent):
    if not planned:
        return None
    expected, held = planned * elapsed_percent // 100, figures["sessions_held_count"]
    is_behind = expected - held >= SESSIONS_BEHIND or (expected and not held)
    sentence = f"Promotions : {held} commencées ; à ce jour, le dossier en prévoyait {expected} sur {planned}."
    return Deviation("sessions_held_count", sentence) if is_behind else None


def _empty_seats(figures, seat_count):
    seats = figures["sessions_held_count"] * (seat_count or 0)
    started = figures["started_count"]
    if not seats or 100 * started >= SEAT_SHARE * seats:
        return None
    return Deviation(
        "started_count", f"Places : {started} personnes entrées pour {seats} places dans les promotions commencées."
    )


def _share_short(figures, promised, name):
    figure, words = SHARES[name]
    share = getattr(promised, name)
    return _short(figure, words, figures[figure], figures["started_count"], share, SHARE_POINTS)


def _exits_short(figures, share):
    positive, known = total(figures, POSITIVE_EXITS_6), total(figures, EXITS_6)
    return _short(EXITS_6[0], "Sorties positives à 6 mois", positive, known, share, EXIT_POINTS)


def _short(figure, words, part, whole, share, points):
    if share is None or whole < ENOUGH_PEOPLE or 100 * part > (share - points) * whole:
        return None
    actual = round(100 * part / whole)
    sentence = f"{words} : {actual} % ({part} sur {whole}) ; le dossier prévoyait {share} %."
    return Deviation(figure, sentence)
