"""Where the outcomes proposed for many dossiers come from: one chosen for all, the lines of the cut-off, the committee."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labelling.lines import proposals_of
from labelling.models import Outcome
from labelling.models.meeting import conclusions_of

#: By their names in the url.
LINES, COMMITTEE = "lignes", "comite"


@dataclass(frozen=True)
class Source:
    """`proposals`: (outcome, grant in euros or None for what the rule allows) by dossier; `reasons`: a text by dossier."""

    name: str = ""
    proposals: Mapping = field(default_factory=dict)
    reasons: Mapping = field(default_factory=dict)

    @property
    def is_ready_made(self):
        """Whether each dossier has its own proposal, rather than one outcome for all."""
        return bool(self.name)

    @property
    def has_conditions(self):
        """Whether a label under conditions is among the proposals."""
        return any(outcome == Outcome.CONDITIONAL for outcome, _ in self.proposals.values())

    @property
    def words(self):
        return {LINES: "les lignes du relevé", COMMITTEE: "les conclusions du comité"}.get(self.name, "")


def source_of(name, cut_off):
    """The source of this name at a cut-off; one outcome for all where there is none of that name."""
    if name == LINES:
        return Source(name, {key: (outcome, euros) for key, (outcome, euros, _) in proposals_of(cut_off).items()})
    if name == COMMITTEE:
        concluded = conclusions_of(cut_off)
        return Source(
            name,
            {key: (outcome, None) for key, (outcome, _) in concluded.items()},
            {key: text for key, (_, text) in concluded.items()},
        )
    return Source()
