"""What the reviews of a call say side by side: how each criterion is marked, who marks lower, which regions are there.

Pure: no database. Severities are those of `calibration`; who is compared with whom, and why by ministry: decisions, 0074.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from gen_portal.core import phrases
from labelling.calibration import Calibration, Severity, calibrate
from labelling.scoring import HIGHEST_MARK, LOWEST_MARK, Key, mean_of, rounded

MARKS = range(LOWEST_MARK, HIGHEST_MARK + 1)
#: An interval goes so many standard deviations to each side: some 95 chances in 100, if the model holds.
DEVIATIONS = 2


@dataclass(frozen=True)
class MarkSpread:
    """How one criterion was marked: how many counted reviews gave it each mark, from 0 to 5."""

    label: str
    weight_percent: int
    counts: tuple[int, ...]

    @property
    def review_count(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> Decimal | None:
        total = sum(mark * count for mark, count in zip(MARKS, self.counts, strict=True))
        return rounded(Fraction(total, self.review_count)) if self.review_count else None

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        """The share of each mark in percent, to one decimal; none without review."""
        return tuple(share_of(count, self.review_count) for count in self.counts)


def share_of(count: int, total: int) -> Decimal | None:
    """In percent, to one decimal."""
    return (Decimal(100 * count) / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else None


@dataclass(frozen=True)
class ReviewMean:
    """The exact weighted mean of one counted review, with whose it is and for which ministry."""

    dossier: Key
    reviewer: Key
    ministry: Key
    mean: Fraction


@dataclass(frozen=True)
class Leaning:
    """How the marks of a person or of a ministry lean beside what others gave to the same dossiers.

    `company` says with whom: the ministry of a person, how many people for a ministry. `group` numbers those that shared
    dossiers link, however far; None for who shared none.
    """

    name: str
    company: str | int
    severity: Severity
    group: int | None

    @property
    def gap(self) -> Decimal | None:
        """In points: below zero, lower marks than the others'. None where no shared dossier tells it."""
        return None if self.group is None or self.severity.uncertainty is None else 0 - self.severity.value

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        if self.gap is None:
            return None
        margin = DEVIATIONS * self.severity.uncertainty
        return self.gap - margin, self.gap + margin

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]

    @property
    def words(self) -> str:
        """« 0,3 point plus bas »."""
        if self.gap is None:
            return "sans dossier partagé"
        if not round(self.gap, 2):
            return "comme les autres"
        size = abs(round(self.gap, 2))
        unit = "points" if size >= 2 else "point"
        return f"{phrases.number(size)}{phrases.NBSP}{unit} plus {'bas' if self.gap < 0 else 'haut'}"

    @property
    def sentence(self) -> str:
        if self.gap is None:
            return "aucun dossier partagé : rien ne permet de comparer"
        if self.is_clear:
            return f"note en moyenne {self.words} que les autres sur les mêmes dossiers"
        return "rien ne distingue ses notes de celles des autres sur les mêmes dossiers"


def leanings_of_people(reviews: Sequence[ReviewMean], names: Mapping, ministries: Mapping) -> list[Leaning]:
    """Of each reviewer, the lowest marks first; beside each, the ministries they reviewed for."""
    served = defaultdict(set)
    for review in reviews:
        served[review.reviewer].add(ministries[review.ministry])
    company = {reviewer: ", ".join(sorted(found)) for reviewer, found in served.items()}
    return _leanings([(review.dossier, review.reviewer, review.mean) for review in reviews], names, company)


def leanings_of_ministries(reviews: Sequence[ReviewMean], names: Mapping) -> list[Leaning]:
    """Of each ministry, as if it were one reviewer; where several of its people read a dossier, their mean is its opinion."""
    opinions, people = defaultdict(list), defaultdict(set)
    for review in reviews:
        opinions[review.dossier, review.ministry].append(review.mean)
        people[review.ministry].add(review.reviewer)
    company = {ministry: len(found) for ministry, found in people.items()}
    return _leanings([(*key, mean_of(means)) for key, means in opinions.items()], names, company)


def _leanings(triples, names, company):
    found: Calibration = calibrate(triples)
    groups = {key: number for number, group in enumerate(linked_groups(triples), start=1) for key in group}
    lines = [Leaning(names[key], company[key], said, groups.get(key)) for key, said in found.severities.items()]
    return sorted(lines, key=lambda line: (line.gap is None, line.group or 0, line.gap or 0, line.name))


def linked_groups(reviews: Iterable[tuple[Key, Key, object]]) -> list[frozenset[Key]]:
    """Those whom shared dossiers link, the largest group first; who shared none is in no group."""
    readers = defaultdict(set)
    for dossier, reader, _ in reviews:
        readers[dossier].add(reader)
    groups: list[frozenset[Key]] = []
    for together in {frozenset(found) for found in readers.values() if len(found) > 1}:
        touching = [group for group in groups if group & together]
        groups = [group for group in groups if not group & together] + [together.union(*touching)]
    return sorted(groups, key=lambda group: (-len(group), min(group)))


@dataclass(frozen=True)
class Coverage:
    """What one region sends: its dossiers, those with a counted review, the mean of these, and what all of them ask for.

    `learner_count`: seats of all their sessions; `seatless_count`: dossiers that do not say how many.
    """

    name: str
    is_collectivity: bool = False
    dossier_count: int = 0
    judged_count: int = 0
    mean_sum: Decimal = Decimal(0)
    learner_count: int = 0
    seatless_count: int = 0
    requested_euros: int = 0

    @property
    def mean(self) -> Decimal | None:
        return rounded(Fraction(self.mean_sum) / self.judged_count) if self.judged_count else None


#: What adds up from the regions to the country.
SUMS = ("dossier_count", "judged_count", "mean_sum", "learner_count", "seatless_count", "requested_euros")


def whole_country(regions: Sequence[Coverage]) -> Coverage:
    return replace(Coverage("Ensemble"), **{name: sum(getattr(region, name) for region in regions) for name in SUMS})


def absent(regions: Sequence[Coverage]) -> str:
    """In a sentence, where no dossier comes from: « 2 régions sur 18 n'ont aucun dossier : Corse, Mayotte. »."""
    mainland = _absent([region for region in regions if not region.is_collectivity], "région", "Toutes les régions ont")
    overseas = _absent(
        [region for region in regions if region.is_collectivity],
        "collectivité",
        "Toutes les collectivités d'outre-mer ont",
    )
    return " ".join(filter(None, (mainland, overseas)))


def _absent(regions, noun, all_there):
    empty = [region.name for region in regions if not region.dossier_count]
    if not regions or not empty:
        return f"{all_there} au moins un dossier." if regions else ""
    count = len(empty)
    some = f"{count} {noun}s sur {len(regions)} n'ont" if count > 1 else f"1 {noun} sur {len(regions)} n'a"
    return f"{some} aucun dossier : {', '.join(empty)}."
