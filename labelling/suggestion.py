"""The choice of labels and grants that is worth the most within the limits of a call, found by HiGHS. Pure: no database.

Every dossier may be left out, labelled, or labelled and granted what it asks down to what the rule allows it alone. A label
is worth its adjusted mean, a grant as much again; what is sought is the greatest sum. Worths are whole thousandths,
limits are whole numbers.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import scipy  # its parts load when first used

from labelling.portfolio import Candidate, Pot, limits_for, targets_of

#: Seconds HiGHS may take for the choice itself, and then for all explanations together.
CHOICE_SECONDS, REASONS_SECONDS = 20, 10
TIME_IS_UP = 1  # of scipy's milp
#: Beyond so many dossiers a suggestion is not asked for: it would outlast a request.
MOST_DOSSIERS = 1500


@dataclass(frozen=True)
class Minima:
    """What a suggestion must hold; zero asks nothing. `regions`: each of these gets one label at least."""

    max_labels: int
    women_percent: int = 0
    priority_area_percent: int = 0
    overseas_count: int = 0
    regions: frozenset = frozenset()


@dataclass(frozen=True)
class Choice:
    """Keys of the labelled dossiers and, among them, of the funded ones; `worth` in thousandths."""

    labelled: frozenset
    funded: frozenset
    worth: int
    is_proven: bool = True  # whether nothing better exists, or the time was up


@dataclass(frozen=True)
class Reason:
    """Why a dossier is in or out. The other way: `limits` forbid it; or it costs `lost` thousandths and swaps it for
    `instead` (those that would enter in its place, or that it would push out); or time was up: `lost` is None."""

    is_labelled: bool
    instead: Sequence[int] = ()
    lost: int | None = None
    limits: Sequence[str] = ()
    is_below: bool = False  # worth less than the last one that is in


class TooLong(Exception):
    """The time was up before any choice was found."""


@dataclass(frozen=True)
class Suggestion:
    """A choice, None when nothing holds the minima: then `blocking` says which; and a reason for each dossier."""

    choice: Choice | None
    blocking: Sequence[str] = ()
    reasons: dict = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    """A linear limit: Σ coefficient × variable, between `least` and `most`; variables are labels then grants."""

    name: str
    coefficients: np.ndarray
    least: float
    most: float


def worth_of(candidate: Candidate) -> int:
    """The adjusted mean (the plain one without it) in thousandths; nothing for a dossier nobody reviewed."""
    mean = candidate.mean if candidate.adjusted is None else candidate.adjusted
    return 0 if mean is None else int(mean * 1000)


def asked_euros(candidate: Candidate, pot: Pot) -> int:
    """What a funded dossier costs: its own ceiling, others not counted."""
    granted = pot.granted_euros.get(candidate.structure, 0)
    return max(0, limits_for(candidate, pot.rule, granted, pot.left_euros).ceiling_euros)


def suggest(
    candidates: Sequence[Candidate], pot: Pot, minima: Minima, *, now: Callable[[], float] = time.monotonic
) -> Suggestion:
    """The best choice, and what decides for each dossier as far as the time allows."""
    problem = _Problem.of(candidates, pot, minima)
    choice = problem.solve(CHOICE_SECONDS)
    if choice is None:
        return Suggestion(None, blocking_of(candidates, pot, minima))
    return Suggestion(choice, reasons=_reasons(problem, choice, now))


def blocking_of(candidates: Sequence[Candidate], pot: Pot, minima: Minima) -> list[str]:
    """The minima that stand in the way: each that, let go alone, makes the rest possible; else all that cannot be held even
    alone; else that they cannot be held together."""
    asked = [(name, words) for name, words in _MINIMA.items() if getattr(minima, name)]

    def is_possible(kept):
        return _Problem.of(candidates, pot, kept).solve(CHOICE_SECONDS) is not None

    alone = [words for name, words in asked if is_possible(replace(minima, **{name: _NOTHING[name]}))]
    if alone:
        return alone
    empty = Minima(minima.max_labels)
    hard = [words for name, words in asked if not is_possible(replace(empty, **{name: getattr(minima, name)}))]
    return hard or ["ces minima pris ensemble"]


_MINIMA = {
    "women_percent": "la part de femmes",
    "priority_area_percent": "la part d'habitants de quartiers prioritaires",
    "overseas_count": "le nombre de labels outre-mer",
    "regions": "un label dans chaque région",
}
_NOTHING = {"women_percent": 0, "priority_area_percent": 0, "overseas_count": 0, "regions": frozenset()}


def holds(labelled: Iterable[Candidate], minima: Minima) -> bool:
    """Whether labelled dossiers hold the minima, exactly."""
    labelled = list(labelled)
    targets = targets_of(labelled)
    return (
        1 <= len(labelled) <= minima.max_labels
        and (targets.women_percent >= minima.women_percent or not targets.learner_count)
        and (targets.priority_area_percent >= minima.priority_area_percent or not targets.learner_count)
        and targets.overseas_count >= minima.overseas_count
        and minima.regions <= targets.regions
    )


@dataclass(frozen=True)
class _Problem:
    candidates: Sequence[Candidate]
    costs: Sequence[int]
    worths: np.ndarray
    rows: Sequence[_Row]

    @classmethod
    def of(cls, candidates, pot, minima):
        costs = [asked_euros(candidate, pot) for candidate in candidates]
        worths = np.array([worth_of(candidate) for candidate in candidates], dtype=float)
        return cls(candidates, costs, worths, list(_rows(candidates, costs, pot, minima)))

    def solve(self, seconds, forced=None):
        """The best choice with some dossiers forced in or out ({place: is labelled}); None when there is none."""
        count = len(self.candidates)
        if not count:
            return None
        lower, upper = np.zeros(2 * count), np.ones(2 * count)
        upper[count:] = [cost > 0 for cost in self.costs]
        for place, is_labelled in (forced or {}).items():
            lower[place], upper[place] = is_labelled, is_labelled
        found = scipy.optimize.milp(
            -np.concatenate([self.worths, self.worths]),
            integrality=np.ones(2 * count),
            bounds=scipy.optimize.Bounds(lower, upper),
            constraints=self._constraints,
            options={"time_limit": seconds, "mip_rel_gap": 0},
        )
        if found.x is None and found.status == TIME_IS_UP:
            raise TooLong
        return None if found.x is None else self._choice(np.rint(found.x).astype(bool), found.status == 0)

    @cached_property
    def _constraints(self):
        count = len(self.candidates)
        identity = scipy.sparse.eye_array(count)
        funded = scipy.sparse.hstack([-identity, identity])  # no grant without its label
        matrix = scipy.sparse.csr_array(np.array([row.coefficients for row in self.rows]))
        return [
            scipy.optimize.LinearConstraint(funded, -np.inf, 0),
            scipy.optimize.LinearConstraint(matrix, [row.least for row in self.rows], [row.most for row in self.rows]),
        ]

    def _choice(self, taken, is_proven):
        count, keys = len(self.candidates), [candidate.key for candidate in self.candidates]
        labelled, funded = (frozenset(keys[n] for n in np.flatnonzero(part)) for part in (taken[:count], taken[count:]))
        worth = int(self.worths @ taken[:count] + self.worths @ taken[count:])
        return Choice(labelled, funded, worth, is_proven)


def _rows(candidates, costs, pot, minima):
    """All limits; a share is Σ seats × (percent − minimum) ≥ 0, so that it stays linear."""
    count = len(candidates)
    zeros, ones = np.zeros(count), np.ones(count)

    def row(name, labels, grants, least, most):
        return _Row(name, np.concatenate([labels, grants]), least, most)

    yield row("le nombre maximal de labels", ones, zeros, 1, minima.max_labels)  # no label at all would hold any share
    yield row("l'enveloppe", zeros, np.array(costs, dtype=float), 0, pot.left_euros)
    yield from _structure_rows(candidates, costs, pot, row, zeros)
    for name in ("women_percent", "priority_area_percent"):
        if least := getattr(minima, name):
            above = np.array([c.seat_count * (getattr(c, name) - least) for c in candidates], dtype=float)
            yield row(_MINIMA[name], above, zeros, 0, np.inf)
    if minima.overseas_count:
        yield row(_MINIMA["overseas_count"], np.array([float(c.is_overseas) for c in candidates]), zeros,
                  minima.overseas_count, np.inf)  # fmt: skip
    for region in sorted(minima.regions):
        yield row(_MINIMA["regions"], np.array([float(c.region == region) for c in candidates]), zeros, 1, np.inf)


def _structure_rows(candidates, costs, pot, row, zeros):
    cap = getattr(pot.rule, "per_structure_euros", None)
    if cap is None:
        return
    places = defaultdict(list)
    for place, candidate in enumerate(candidates):
        places[candidate.structure].append(place)
    for structure, members in places.items():
        if len(members) > 1:
            grants = zeros.copy()
            grants[members] = [costs[place] for place in members]
            yield row("le plafond de sa structure", zeros, grants, 0, max(0, cap - pot.granted_euros.get(structure, 0)))


# --- What decides for each dossier -------------------------------------------------------------------------------------


def _reasons(problem, choice, now):
    """A reason per dossier: solved again with it forced the other way, those nearest to the limit first, until time is up."""
    until, found = now() + REASONS_SECONDS, {}
    last = min(
        (w for c, w in zip(problem.candidates, problem.worths, strict=True) if c.key in choice.labelled), default=0
    )
    nearest = sorted(range(len(problem.candidates)), key=lambda place: (abs(problem.worths[place] - last), place))
    for place in nearest:
        key = problem.candidates[place].key
        left = until - now()
        if left > 0:
            found[key] = _reason(problem, choice, place, left)
        else:
            found[key] = Reason(key in choice.labelled, is_below=bool(problem.worths[place] < last))
    return found


def _reason(problem, choice, place, seconds):
    is_labelled = problem.candidates[place].key in choice.labelled
    try:
        other = problem.solve(seconds, {place: not is_labelled})
        limits = [] if other else _forcing(problem, {place: not is_labelled}, seconds)
    except TooLong:
        return Reason(is_labelled)
    if other is None:
        return Reason(is_labelled, limits=limits)
    swapped = other.labelled - choice.labelled if is_labelled else choice.labelled - other.labelled
    return Reason(is_labelled, instead=sorted(swapped), lost=choice.worth - other.worth)


def _forcing(problem, forced, seconds):
    """The limits that each, let go alone, would allow the other way."""
    names = dict.fromkeys(row.name for row in problem.rows)
    without = {name: replace(problem, rows=[row for row in problem.rows if row.name != name]) for name in names}
    return [name for name, relaxed in without.items() if relaxed.rows and relaxed.solve(seconds, forced) is not None]
