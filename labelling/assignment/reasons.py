"""Why each pair, why each lack: facts first, then the French sentence an officer reads.

Names of persons and their conflicts are in these sentences: they are for those who run the call (safety.md, S10).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from labelling.assignment.problem import LIMIT_WORDS, Pair, Problem
from labelling.assignment.proposal import Proposal, Shortage
from labelling.assignment.share import share_of


class Because(StrEnum):
    BEGUN = "begun"
    KEPT = "kept"
    ONLY = "only"
    STAND_IN = "stand_in"
    EARLIER = "earlier"
    REGION = "region"
    JOB_FAMILY = "job_family"
    NO_REGION = "no_region"
    NO_JOB_FAMILY = "no_job_family"
    LOAD = "load"


@dataclass(frozen=True)
class Reason:
    """One fact that speaks for a pair; `count` of `limit` dossiers for a load."""

    because: Because
    count: int = 0
    limit: int = 0


_WORDS = {
    Because.BEGUN: "évaluation déjà commencée",
    Because.KEPT: "garde ce dossier",
    Because.ONLY: "seule personne possible",
    Because.STAND_IN: "suppléant de la personne qui l'avait",
    Because.EARLIER: "avait le dossier précédent de cette formation",
    Because.REGION: "connaît la région",
    Because.JOB_FAMILY: "connaît la famille de métiers",
    Because.NO_REGION: "aucune personne possible ne connaît la région",
    Because.NO_JOB_FAMILY: "aucune personne possible ne connaît la famille de métiers",
}
#: Why a pair of today does not stay when no limit is in its way.
MOVED_WORDS = "réparti autrement"
#: Dossiers named in a sentence; the others are counted.
NAMED_COUNT = 10


def reasons(problem: Problem, proposal: Proposal) -> dict[Pair, tuple[Reason, ...]]:
    """What speaks for each pair of a proposal of this problem, the strongest first, the load last.

    A preference that nobody possible has is said too: it explains why it was not followed; not where nobody at all has any.
    """
    unsaid = set() if any(each.regions for each in problem.reviewers) else {Because.NO_REGION}
    unsaid |= set() if any(each.job_families for each in problem.reviewers) else {Because.NO_JOB_FAMILY}
    loads = {load.reviewer: Reason(Because.LOAD, load.after_count, load.max_load) for load in proposal.loads}
    possible = {}
    for authority in problem.authorities:
        share = share_of(problem, authority)
        for dossier, eligible in zip(share.dossiers, share.eligible, strict=True):
            people = [share.reviewers[column] for column in eligible.nonzero()[0]]
            possible[dossier.key, authority] = people
    return {
        pair: tuple(each for each in _reasons(problem, pair, possible, loads) if each.because not in unsaid)
        for pair in proposal.pairs
    }


def _reasons(problem, pair, possible, loads):
    if pair in problem.present:
        yield Reason(Because.BEGUN if pair in problem.held else Because.KEPT)
    people = possible.get((pair.dossier, pair.authority), [])
    if len(people) == 1:
        yield Reason(Because.ONLY)
    if (pair.dossier, pair.reviewer) in problem.stand_ins:
        yield Reason(Because.STAND_IN)
    if (pair.dossier, pair.reviewer) in problem.earlier:
        yield Reason(Because.EARLIER)
    dossier, reviewer = problem.dossiers_by_key.get(pair.dossier), problem.reviewers_by_key.get(pair.reviewer)
    if dossier is not None and reviewer is not None:
        yield from _preferences(dossier, reviewer, people)
        yield loads[pair.reviewer]


def _preferences(dossier, reviewer, people):
    if dossier.regions & reviewer.regions:
        yield Reason(Because.REGION)
    elif dossier.regions and people and all(dossier.regions.isdisjoint(each.regions) for each in people):
        yield Reason(Because.NO_REGION)
    if dossier.job_family in reviewer.job_families:
        yield Reason(Because.JOB_FAMILY)
    elif dossier.job_family and people and all(dossier.job_family not in each.job_families for each in people):
        yield Reason(Because.NO_JOB_FAMILY)


def sentence(found: Iterable[Reason]) -> str:
    """The reasons of one pair as a sentence in French: « Connaît la région ; 12 dossiers sur 30 au plus. »"""
    words = " ; ".join(_words(reason) for reason in found)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _words(reason):
    if reason.because is Because.LOAD:
        return f"{_counted(reason.count, 'dossier')} sur {reason.limit} au plus"
    return _WORDS[reason.because]


def shortage_sentence(
    shortage: Shortage, *, authority: str, dossiers: Mapping[int, str], reviewers: Mapping[int, str]
) -> str:
    """What blocks, in French: how many places an authority lacks, for which dossiers, who could and who could not.

    `authority` is its name; the mappings give the reference of a dossier and the name of a person by their keys.
    """
    listed = [dossiers[key] for key in shortage.dossiers[:NAMED_COUNT]]
    others = len(shortage.dossiers) - len(listed)
    names = ", ".join(listed) + (f" et {_counted(others, 'autre')}" if others else "")
    parts = [
        f"{authority} : il manque {_counted(shortage.missing_count, 'place')} "
        f"pour {_counted(len(shortage.dossiers), 'dossier')} ({names}).",
        _those_who_can(shortage, reviewers),
    ]
    if shortage.excluded:
        away = (f"{reviewers[key]} ({LIMIT_WORDS[limit]})" for key, limit in shortage.excluded)
        parts.append(f"Ne le peuvent pas : {', '.join(away)}.")
    return " ".join(parts)


def _those_who_can(shortage, reviewers):
    if not shortage.reviewers:
        return "Personne ne peut en prendre."
    people = ", ".join(reviewers[key] for key in shortage.reviewers)
    return f"Peuvent en prendre {shortage.room_count} en tout : {people}."


def _counted(count, noun):
    return f"{count} {noun}{'s' if count > 1 else ''}"
