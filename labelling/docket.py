"""What the list of decisions of a cut-off shows: one line per dossier, one figure per step, the envelope of the call."""

from dataclasses import dataclass

from applications.models import ApplicationState
from labelling.actions.decisions import read_envelope
from labelling.models import Outcome
from labelling.models.docket import STEP_KINDS, Step

_TOO_FEW = "moins de deux évaluations déposées"
_WAITS_FOR = {
    Step.TO_PREPARE: "aucune décision n'est préparée",
    Step.TO_SIGN: "la décision attend la signature du directeur",
    Step.TO_COUNTERSIGN: "la décision attend la contresignature",
}


@dataclass(frozen=True)
class Line:
    """One dossier, with the words of its step."""

    row: tuple

    @property
    def step(self):
        return Step(self.row.step)

    @property
    def step_kind(self):
        return STEP_KINDS[self.step]

    @property
    def outcome_words(self):
        return Outcome(self.row.outcome).label if self.row.outcome else ""

    @property
    def is_flagged(self):
        return self.row.is_disputed

    @property
    def has_left(self):
        """The dossier is no longer under review, so only its signature can be taken back."""
        return self.step == Step.BLOCKED and self.row.state != ApplicationState.UNDER_REVIEW

    @property
    def why_blocked(self):
        if self.step != Step.BLOCKED:
            return ""
        if self.has_left:
            return "le dossier a été retiré : reprenez la signature pour libérer la subvention"
        return "un désaccord entre évaluations reste à arbitrer" if self.row.is_disputed else _TOO_FEW

    @property
    def why_waiting(self):
        """What a dossier lacks to be published."""
        return _WAITS_FOR.get(self.step) or self.why_blocked


@dataclass(frozen=True)
class StepCount:
    """How many dossiers wait at a step, and for how much grant."""

    step: Step
    count: int
    euros: int


def step_counts(tally):
    return [StepCount(step, *tally.get(step, (0, 0))) for step in Step]


@dataclass(frozen=True)
class Money:
    """The envelope of a call, and what is prepared in a cut-off without committing anything yet."""

    total_euros: int
    committed_euros: int
    pending_euros: int

    @property
    def left_euros(self):
        return self.total_euros - self.committed_euros


def money(call, tally):
    envelope = read_envelope(call)
    return Money(envelope.total_euros, envelope.committed_euros, tally.get(Step.TO_SIGN, (0, 0))[1])
