"""The arithmetic of a follow-up report: pure, used by the form, the upload, the transition and the database alike.

Counts are of people (sessions for one), cumulative since the label began, at the last day of the quarter. The rules are
those of domain.md §3.2, told as bounds: a sum of figures never passes another sum; and one equality,
started = in progress + finished + dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FLOWS = ("in_progress_count", "finished_count", "dropped_count")
#: Those who started, counted by what they were at their entry. One person may be in several parts.
PARTS = {
    "women_count": "femmes",
    "under_26_count": "personnes de moins de 26 ans",
    "neet_count": "personnes sans emploi ni formation",
    "young_neet_count": "personnes de moins de 26 ans sans emploi ni formation",
    "bac_or_below_count": "personnes de niveau bac ou moins",
    "priority_area_count": "habitants de quartiers prioritaires",
    "rural_area_count": "habitants de zones rurales prioritaires",
    "job_seeker_count": "demandeurs d'emploi",
    "disabled_count": "personnes handicapées",
}
EXIT_TYPES = ("permanent", "fixed_term", "apprenticeship", "business", "training", "other", "unknown")
EXITS_3 = tuple(f"exits_3_{name}_count" for name in EXIT_TYPES)
EXITS_6 = tuple(f"exits_6_{name}_count" for name in EXIT_TYPES)
#: Every figure, in the order of the page.
FIGURES = (
    "received_count",
    "admitted_count",
    "sessions_held_count",
    "started_count",
    *FLOWS,
    *PARTS,
    "certified_count",
    *EXITS_3,
    *EXITS_6,
)
#: What the first questionnaire asked, until the second one of 2026 (docs/decisions/0040).
FIRST_FIGURES = (
    "started_count",
    *FLOWS,
    "women_count",
    "under_26_count",
    "priority_area_count",
)
LARGEST = 99_999  # more learners than the whole programme aims at: somebody typed a telephone number


@dataclass(frozen=True)
class Bound:
    """The sum of `parts` is at most the sum of `wholes`; told at `field` with both sums."""

    parts: tuple[str, ...]
    wholes: tuple[str, ...]
    field: str
    sentence: str

    def fault(self, figures: Mapping[str, int]) -> str:
        part, whole = total(figures, self.parts), total(figures, self.wholes)
        return self.sentence.format(part=part, whole=whole) if part > whole else ""


def total(figures: Mapping[str, int], names: tuple[str, ...]) -> int:
    return sum(figures[name] for name in names)


def _part(name: str, words: str) -> Bound:
    sentence = f"{{part}} {words}, c'est plus que les {{whole}} personnes entrées en formation."
    return Bound((name,), ("started_count",), name, sentence)


PART_BOUNDS = (
    *(_part(name, words) for name, words in PARTS.items()),
    Bound(
        ("young_neet_count",),
        ("under_26_count",),
        "young_neet_count",
        "{part} personnes de moins de 26 ans sans emploi ni formation, c'est plus que les {whole} de moins de 26 ans.",
    ),
    Bound(
        ("young_neet_count",),
        ("neet_count",),
        "young_neet_count",
        "{part} personnes de moins de 26 ans sans emploi ni formation, c'est plus que les {whole} sans emploi ni "
        "formation, tous âges confondus.",
    ),
)
ENTRY_BOUNDS = (
    Bound(
        ("admitted_count",),
        ("received_count",),
        "admitted_count",
        "{part} personnes admises, c'est plus que les {whole} candidatures reçues.",
    ),
    Bound(
        ("started_count",),
        ("admitted_count",),
        "admitted_count",
        "{part} personnes sont entrées en formation, c'est plus que les {whole} personnes admises.",
    ),
)
EXIT_BOUNDS = (
    Bound(
        ("certified_count",),
        ("finished_count",),
        "certified_count",
        "{part} certifications, c'est plus que les {whole} personnes qui ont terminé.",
    ),
    Bound(
        EXITS_3,
        ("finished_count",),
        EXITS_3[0],
        "Les situations à 3 mois font {part}, c'est plus que les {whole} personnes qui ont terminé.",
    ),
    Bound(
        EXITS_6,
        EXITS_3,
        EXITS_6[0],
        "Les situations à 6 mois font {part}, c'est plus que celles à 3 mois, qui font {whole} : chaque personne comptée "
        "à 6 mois l'est aussi à 3 mois, au besoin comme « situation inconnue ».",
    ),
)
BOUNDS = (*ENTRY_BOUNDS, *PART_BOUNDS, *EXIT_BOUNDS)


def faults(figures: Mapping[str, int]) -> dict[str, str]:
    """What is wrong, as a sentence with the numbers for each field concerned; nothing when the report adds up."""
    found = _flow_fault(figures) | _session_fault(figures)
    for bound in BOUNDS:
        if sentence := bound.fault(figures):
            found.setdefault(bound.field, sentence)
    return found


def _flow_fault(figures: Mapping[str, int]) -> dict[str, str]:
    started = figures["started_count"]
    flows = [figures[name] for name in FLOWS]
    if sum(flows) == started:
        return {}
    terms = " + ".join(str(count) for count in flows)
    return {
        "started_count": f"En formation, terminées et abandons font {terms} = {sum(flows)}, mais vous indiquez {started} "
        "personnes entrées. Corrigez l'un de ces quatre nombres."
    }


def _session_fault(figures: Mapping[str, int]) -> dict[str, str]:
    if figures["started_count"] == 0 or figures["sessions_held_count"] > 0:
        return {}
    return {
        "sessions_held_count": f"{figures['started_count']} personnes sont entrées en formation : au moins une promotion "
        "a commencé. Indiquez combien."
    }
