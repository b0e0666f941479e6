"""An earlier refusal of the same training: its reasons, for who applies again, and for reviewers once they have submitted."""

from dataclasses import dataclass
from functools import cached_property

from labelling.models import Decision


@dataclass(frozen=True)
class EarlierRefusal:
    """The latest published refusal of a training, as another dossier of it remembers it."""

    decision: Decision

    @property
    def application(self):
        return self.decision.application

    @cached_property
    def _by_section(self):
        found = {"": [self.decision.reason_list[0]]}
        for given, reason in zip(self.decision.criterion_reasons.all(), self.decision.reason_list[1:], strict=True):
            found.setdefault(given.criterion.section, []).append(reason)
        return found

    @property
    def reasons(self):
        return self.decision.reason_list

    @property
    def general(self):
        """The general reasons, and those of criteria that concern no section in particular."""
        return self._by_section[""]

    def of_section(self, code):
        """The reasons of the criteria that concern one section."""
        return self._by_section.get(code, [])


def earlier_refusal(application):
    """The latest refusal published on another dossier of the same training, None without one; one query or two."""
    decision = Decision.objects.refused_before(application).for_page().first()
    return EarlierRefusal(decision) if decision else None


def refusal_for_reviewer(application, user):
    """The same for who reviews the dossier now, unless they withdrew from the earlier one."""
    decision = Decision.objects.refused_before(application).not_recused(user).for_page().first()
    return EarlierRefusal(decision) if decision else None
