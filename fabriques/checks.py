"""What stops a report from being filed, told at each field: one verdict for the form, the upload and the transition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fabriques import arithmetic
from fabriques.deviations import Commitments, deviations

#: What is cumulative and only grows; people leave « en formation », and an unknown situation gets known.
GROWING = tuple(
    name
    for name in arithmetic.FIGURES
    if name not in ("in_progress_count", "exits_3_unknown_count", "exits_6_unknown_count")
)
TEXTS = ("difficulties", "fall_note", "deviation_note")
_EMAIL = re.compile(r"[\w.+-]+\s?(@|\(at\)|\[at\]|＠)\s?[\w-]+\.\w{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d\w])(\+|00)?\d(?:[\s.\-/()]{0,3}\d){8,13}(?![\d\w])")
CONTACT_REFUSED = (
    "Ce texte contient une adresse électronique ou un numéro de téléphone. Le relevé ne désigne personne : "
    "décrivez la situation sans nom ni coordonnées. Pour nous joindre au sujet d'une personne, écrivez à l'équipe."
)


@dataclass(frozen=True)
class Yardstick:
    """What a report is measured against: the label's filed reports of the quarters around, and its dossier."""

    earlier: Mapping = field(default_factory=dict)
    later: Mapping = field(default_factory=dict)
    promised: Commitments = field(default_factory=Commitments)
    elapsed_percent: int = 0

    def deviations(self, figures):
        return deviations(figures, self.promised, self.elapsed_percent)


def has_contact_details(text: str) -> bool:
    """Whether a text holds an e-mail address or something that reads as a telephone number (nine digits or more)."""
    return bool(_EMAIL.search(text) or _PHONE.search(text))


def falls(figures: Mapping[str, int], yardstick: Yardstick) -> dict[str, tuple[int, int]]:
    """Cumulative figures below the quarter before, or above a later one: name → (before, after)."""
    found = {}
    for name in GROWING:
        for before, after in ((yardstick.earlier, figures), (figures, yardstick.later)):
            low, high = after.get(name), before.get(name)
            if low is not None and high is not None and low < high:
                found.setdefault(name, (high, low))
    return found


def verdict(figures: Mapping[str, int], texts: Mapping[str, str], yardstick: Yardstick) -> dict[str, str]:
    """What is wrong, as a sentence for each field concerned; nothing when the report may be filed."""
    found = arithmetic.faults(figures)
    if fallen := [] if texts.get("fall_note", "").strip() else falls(figures, yardstick):
        numbers = ", ".join(f"{high} → {low}" for high, low in fallen.values())
        found["fall_note"] = (
            f"Des nombres cumulés baissent d'un trimestre à l'autre ({numbers}). Corrigez-les, ou dites ici pourquoi."
        )
    if far := [] if texts.get("deviation_note", "").strip() else yardstick.deviations(figures):
        told = " ".join(deviation.sentence for deviation in far)
        found["deviation_note"] = f"Dites ici, en une phrase, ce qui explique cet écart avec le dossier. {told}"
    for name in TEXTS:
        if has_contact_details(texts.get(name, "")):
            found[name] = CONTACT_REFUSED
    return found
