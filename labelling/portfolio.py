"""What a label line and a money line drawn across an order of dossiers give: labels, grants, sums, targets. Pure.

The first dossiers of the order, down to the label line, get a label; the first of those, down to the money line, a grant:
what they ask, or less where a limit of the call binds. Euros are whole numbers; shares are exact until they are shown.
Targets are those the calls announced: « 30 % de femmes », held at national level and not dossier by dossier (domain.md §1.1);
residents of priority areas (§1.4, §2.5); the whole country, overseas included (§1.3, laureates « mostly Île-de-France »).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from labelling.grants import Limit, Limits, limits_of
from labelling.scoring import rounded

#: The share of women among learners that calls 1 and 2 aimed at (domain.md §1.1, §1.2: « 30 % women »), in percent.
WOMEN_GOAL_PERCENT = 30
ASKED = "ce que demande la structure"
NOTHING_ASKED = "aucune subvention demandée"


@dataclass(frozen=True)
class Candidate:
    """A dossier as the lines see it. Shares nobody told count for nothing: a target is never reached by silence."""

    key: int
    structure: int
    region: str
    is_overseas: bool = False
    mean: Decimal | None = None
    adjusted: Decimal | None = None
    requested_euros: int = 0
    counted_budget_euros: int = 0  # what the share of the rule is a share of: `GrantRule.counted_euros`
    seat_count: int = 0
    women_percent: int = 0
    priority_area_percent: int = 0

    def stands_above(self, other: "Candidate") -> bool:
        """Whether it is better ranked: a higher mean; no mean comes after any, equals stand together."""
        return self.mean is not None and (other.mean is None or self.mean > other.mean)


@dataclass(frozen=True)
class Pot:
    """What may be granted: the rule of the call (None: no rule), what is left of its envelope, and what each structure was
    already granted in the call, dossiers of these lines not counted."""

    rule: object
    left_euros: int
    granted_euros: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Award:
    """What one dossier gets."""

    key: int
    is_labelled: bool
    grant_euros: int = 0
    why: str = ""  # which limit binds; empty without a grant to compute


@dataclass(frozen=True)
class Targets:
    """What the labelled dossiers would bring, added up."""

    learner_count: int
    women_percent: Fraction
    priority_area_percent: Fraction
    regions: frozenset
    overseas_count: int

    @property
    def women(self) -> Decimal:
        return rounded(self.women_percent)

    @property
    def priority_area(self) -> Decimal:
        return rounded(self.priority_area_percent)


def targets_of(labelled: Iterable[Candidate]) -> Targets:
    """Shares weigh each dossier by its seats: 30 % of 20 seats and 60 % of 10 make 40 % of 30."""
    labelled = list(labelled)
    seats = sum(each.seat_count for each in labelled)

    def share(name):
        return Fraction(sum(each.seat_count * getattr(each, name) for each in labelled), seats or 1)

    return Targets(
        learner_count=seats,
        women_percent=share("women_percent"),
        priority_area_percent=share("priority_area_percent"),
        regions=frozenset(each.region for each in labelled),
        overseas_count=sum(each.is_overseas for each in labelled),
    )


@dataclass(frozen=True)
class Portfolio:
    """An order, its two lines, and what follows: `awards` in the order."""

    candidates: Sequence[Candidate]
    awards: Sequence[Award]
    label_line: int
    money_line: int
    pot: Pot

    @property
    def granted_euros(self) -> int:
        return sum(award.grant_euros for award in self.awards)

    @property
    def left_euros(self) -> int:
        return self.pot.left_euros - self.granted_euros

    @property
    def grant_count(self) -> int:
        return sum(award.grant_euros > 0 for award in self.awards)

    @cached_property
    def targets(self) -> Targets:
        return targets_of(self.candidates[: self.label_line])

    @cached_property
    def award_of(self) -> dict[int, Award]:
        return {award.key: award for award in self.awards}


def portfolio(candidates: Iterable[Candidate], pot: Pot, *, label_line: int, money_line: int) -> Portfolio:
    """The portfolio of dossiers in this order. Lines beyond the last dossier stand after it; ValueError where the money line
    is below the label line."""
    ordered = list(candidates)
    if not 0 <= money_line <= label_line:
        raise ValueError(f"No grant without a label: {money_line} grants, {label_line} labels")
    label_line, money_line = min(label_line, len(ordered)), min(money_line, len(ordered))
    granted, left, awards = defaultdict(int, pot.granted_euros), pot.left_euros, []
    for place, candidate in enumerate(ordered):
        award = Award(candidate.key, place < label_line)
        if place < money_line:
            award = _funded(candidate, pot.rule, granted[candidate.structure], left)
            granted[candidate.structure] += award.grant_euros
            left -= award.grant_euros
        awards.append(award)
    return Portfolio(ordered, awards, label_line, money_line, pot)


def _funded(candidate, rule, granted_euros, left_euros):
    if not candidate.requested_euros:
        return Award(candidate.key, True, 0, NOTHING_ASKED)
    binding = limits_for(candidate, rule, granted_euros, left_euros).binding
    return Award(candidate.key, True, max(0, binding.amount_euros), binding.why)


def limits_for(candidate: Candidate, rule, granted_euros: int, left_euros: int) -> Limits:
    """What bounds the grant of a dossier, the amount it asks first."""
    ruled = limits_of(
        rule,
        total_budget_euros=candidate.counted_budget_euros,
        granted_to_structure_euros=granted_euros,
        left_euros=left_euros,
    )
    return Limits((Limit(candidate.requested_euros, ASKED), *ruled.limits))


# --- Who is passed over ----------------------------------------------------------------------------------------------


def by_mean(candidates: Iterable[Candidate], references: Mapping[int, str]) -> list[Candidate]:
    """The order of the board: best mean first, those without any last, equals by their references."""
    return sorted(candidates, key=lambda each: (each.mean is None, -(each.mean or 0), references[each.key]))


def passed_over(candidates: Sequence[Candidate], excused: Iterable[int] = ()) -> list[tuple[Candidate, Candidate]]:
    """(the better-ranked dossier passed over, the first worse one above it), in order, for each that nothing excuses.

    An exception excuses its own dossier: those it passes over as well as those that pass over it.
    """
    excused, above, found = set(excused), [], []
    for candidate in candidates:
        if candidate.key in excused:
            continue
        if not above or not candidate.stands_above(above[-1]):
            above.append(candidate)  # never better than the one before: the last is the worst of them all
        else:
            found.append((candidate, next(each for each in above if candidate.stands_above(each))))
    return found


def passing(candidates: Sequence[Candidate], key: int, excused: Iterable[int]) -> tuple[Candidate, Candidate] | None:
    """The first (better-ranked dossier, worse one above it) in which a dossier without exception takes part; None if none."""
    excused = set(excused)
    place = next(place for place, each in enumerate(candidates) if each.key == key)
    mine = candidates[place]
    if key in excused:
        return None
    worse = (each for each in candidates[:place] if each.key not in excused and mine.stands_above(each))
    better = (each for each in candidates[place + 1 :] if each.key not in excused and each.stands_above(mine))
    pairs = [*((mine, each) for each in worse), *((each, mine) for each in better)]
    return pairs[0] if pairs else None
