"""What publishing a cut-off would do, told before it is done; nothing is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from fabriques.models import Fabrique
from gen_portal.core.outbox import mail_html
from labelling.actions.decisions import next_cut_off
from labelling.docket import Line
from labelling.emails import decisions as letters
from labelling.models import Decision, Outcome
from labelling.models.docket import Step, docket
from labelling.transitions.publishing import seal_of


@dataclass(frozen=True)
class OutcomeLine:
    """How many decisions of an outcome, and for how much grant."""

    outcome: Outcome
    count: int
    euros: int

    @property
    def words(self):
        return self.outcome.counted(self.count)


@dataclass(frozen=True)
class Sample:
    """One letter as it would leave: to whom, its subject, its text as safe HTML."""

    outcome: str
    to: str
    subject_line: str
    html: str


@dataclass(frozen=True)
class Preview:
    """`waiting`: dossiers that this run would leave, with their step; `published`: those of earlier runs."""

    decision_count: int
    label_count: int
    shown: list
    outcomes: list
    waiting: list
    published: list
    letter_count: int
    samples: list
    new_fabrique_count: int
    seal: str
    is_still_open: bool
    last_published_at: datetime | None

    @property
    def grants_euros(self):
        return sum(line.euros for line in self.outcomes)


def preview_of(cut_off, user, now):
    """The effects of publishing now, in a constant number of queries.

    What concerns a structure of the reader counts in the figures and is shown nowhere else.
    """
    decisions = list(Decision.objects.ready().of_cut_off(cut_off).for_page())
    published = list(Decision.objects.published().of_cut_off(cut_off).for_page())
    people = letters.recipients(decisions)
    lines = [Line(row) for row in docket(cut_off).visible_to(user).sorted_by("structure").rows()]
    mine = set(user.memberships.values_list("structure_id", flat=True))
    shown = [decision for decision in decisions if decision.application.training.structure_id not in mine]
    return Preview(
        decision_count=len(decisions),
        label_count=sum(decision.is_labelling for decision in decisions),
        shown=shown,
        outcomes=_outcomes(decisions),
        waiting=[line for line in lines if line.step not in (Step.READY, Step.PUBLISHED)],
        published=_outcomes(published),
        letter_count=sum(len(people[decision.application.training.structure_id]) for decision in decisions),
        samples=_samples(shown, cut_off, now),
        new_fabrique_count=_new_fabrique_count(decisions),
        seal=seal_of(decisions),
        is_still_open=cut_off.closes_at > now,
        last_published_at=max((decision.published_at for decision in published), default=None),
    )


def _outcomes(decisions):
    counts, euros = Counter(), Counter()
    for decision in decisions:
        counts[decision.outcome] += 1
        euros[decision.outcome] += decision.grant_euros
    return [OutcomeLine(outcome, counts[outcome], euros[outcome]) for outcome in Outcome if counts[outcome]]


def _samples(decisions, cut_off, now):
    return [
        Sample(
            decision.get_outcome_display(),
            person.email,
            subject_line,
            mail_html(markdown),
        )
        for decision, person, subject_line, markdown in letters.samples(decisions, next_cut_off(cut_off), at=now)
    ]


def _new_fabrique_count(decisions):
    structures = {d.application.training.structure_id for d in decisions if d.is_labelling}
    known = Fabrique.objects.filter(structure__in=structures).values_list("structure_id", flat=True)
    return len(structures - set(known))
