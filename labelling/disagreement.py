"""What a call does where the reviews of a dossier disagree: a rule, and what it says of a pattern of reviews. Pure.

The rule is published with the call; by default it is that of the scoring grid, « un écart d'au moins 2 signale le dossier »
(domain.md §2.4), and two opposed opinions count as well.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from gen_portal.core import phrases
from labelling.scoring import FLAGGED_SPREAD, HIGHEST_MARK, rounded, spread_of

#: The values of `models.Recommendation` that oppose each other; a reserved opinion opposes nobody.
FAVOURABLE, UNFAVOURABLE = "favourable", "unfavourable"
HEARD_WORDS = "Un troisième lecteur a déjà rendu son avis : le comité en discute."


class Step(StrEnum):
    """What a disagreement leads to."""

    NONE = "none"
    THIRD_READER = "third_reader"  # one more person reads the dossier
    AGENDA = "agenda"  # the committee discusses it


@dataclass(frozen=True)
class Opinion:
    """What counts of a submitted review: its exact weighted mean, 0 to 5, its recommendation, and why it was asked for."""

    mean: Fraction
    recommendation: str
    is_third: bool = False


@dataclass(frozen=True)
class Verdict:
    """The step a dossier takes, and why in sentences for those who run the call; no reason without a step."""

    step: Step
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class DisagreementRule:
    """From which spread on, in points of mark, and whether a favourable opinion against an unfavourable one counts.

    `asks_for` is the first step. One more review never brings the others nearer, so where a third reader has been heard
    and the reviews still disagree, the committee is next. Raises ValueError for a spread that no reviews or all would have,
    and for a rule that asks for nothing.
    """

    spread: Decimal = FLAGGED_SPREAD
    has_opposed_opinions: bool = True
    asks_for: Step = Step.AGENDA

    def __post_init__(self):
        if not 0 < self.spread <= HIGHEST_MARK:
            raise ValueError(f"A spread is above 0 and at most {HIGHEST_MARK}, not {self.spread}")
        if self.asks_for is Step.NONE:
            raise ValueError("A rule asks for something")

    def verdict(self, opinions: Sequence[Opinion]) -> Verdict:
        """What these reviews lead to, in whatever order. The spread compared is the rounded one, the one the board shows."""
        reasons = [*self._spread_reason(opinions), *self._opposition_reason(opinions)]
        if not reasons:
            return Verdict(Step.NONE)
        if self.asks_for is Step.THIRD_READER and any(opinion.is_third for opinion in opinions):
            return Verdict(Step.AGENDA, (*reasons, HEARD_WORDS))
        return Verdict(self.asks_for, tuple(reasons))

    def _spread_reason(self, opinions):
        spread = rounded(spread_of([opinion.mean for opinion in opinions])) if opinions else Decimal(0)
        if spread >= self.spread:
            found, least = phrases.number(spread), phrases.number(self.spread)
            yield f"Les moyennes s'écartent de {found} ; le seuil de l'appel est {least}."

    def _opposition_reason(self, opinions):
        counts = Counter(opinion.recommendation for opinion in opinions)
        if self.has_opposed_opinions and counts[FAVOURABLE] and counts[UNFAVOURABLE]:
            sides = f"{_counted(counts[FAVOURABLE], 'favorable')}, {_counted(counts[UNFAVOURABLE], 'défavorable')}"
            yield f"Les avis s'opposent : {sides}."


def _counted(count, word):
    return f"{count} {word}{'s' if count > 1 else ''}"
