"""Where a dossier stands, as its page tells it: sections and what they lack, the stage it is at."""

from dataclasses import dataclass

from django.urls import reverse

from applications.models import SECTIONS, ApplicationState
from applications.models.sections import (
    FILES,
    STRUCTURE,
    current_attachments,
    missing_documents,
    missing_in,
    missing_number,
)

#: The life of a dossier in five stages, and the stage of each state.
STAGES = ("Remplir le dossier", "Vérifier la recevabilité", "Évaluer", "Rendre la décision", "Décision rendue")
_STAGE_OF = {
    ApplicationState.DRAFT: 1,
    ApplicationState.SUBMITTED: 2,
    ApplicationState.RETURNED: 2,
    ApplicationState.ADMISSIBLE: 3,
    ApplicationState.UNDER_REVIEW: 3,
    ApplicationState.DECIDED: 5,
}


@dataclass(frozen=True)
class Part:
    """One section (or the documents) of a dossier on its page."""

    code: str
    title: str
    intro: str
    url: str
    missing: tuple
    is_begun: bool

    @property
    def is_complete(self):
        return not self.missing

    @property
    def badge(self):
        """Words and kind of its badge."""
        if self.is_complete:
            return "complète", "success"
        return ("commencée", "warning") if self.is_begun else ("à faire", "")


@dataclass(frozen=True)
class Progress:
    parts: tuple

    @property
    def missing(self):
        return [missing for part in self.parts for missing in part.missing]

    @property
    def complete_count(self):
        return sum(part.is_complete for part in self.parts)

    @property
    def next_part(self):
        return next((part for part in self.parts if not part.is_complete), None)

    @property
    def is_complete(self):
        return self.next_part is None


def progress_of(application):
    """Every part of a dossier with what it lacks."""
    parts = [_section_part(application, section) for section in SECTIONS]
    return Progress((*_structure_part(application.training.structure), *parts, _files_part(application)))


def _structure_part(structure):
    """Only while the structure lacks the number without which nothing is filed."""
    missing = tuple(missing_number(structure))
    if not missing:
        return []
    intro = "Vous pouvez tout rédiger ; le dépôt attend ce numéro."
    url = reverse("structure_page", args=[structure.reference])
    return [Part(STRUCTURE, "Numéro de la structure", intro, url, missing, is_begun=True)]


def _section_part(application, section):
    return Part(
        section.code,
        section.title,
        section.intro,
        reverse("application_section", args=[application.reference, section.code]),
        tuple(missing_in(application, section)),
        is_begun=_has_answer(application, section),
    )


def _has_answer(application, section):
    if not section.fields:
        return bool(application.sites.all())
    return any(getattr(application, name) not in (None, "", False, []) for name in section.fields)


def _files_part(application):
    attachments = current_attachments(application)
    return Part(
        FILES,
        "Pièces jointes",
        "Les documents demandés par l'appel, et ceux que vous souhaitez ajouter.",
        reverse("application_files", args=[application.reference]),
        tuple(missing_documents(application, attachments)),
        is_begun=bool(attachments),
    )


@dataclass(frozen=True)
class Stage:
    """Where the dossier is among the five stages."""

    step: int
    title: str
    next: str
    steps: int = len(STAGES)


def stage_of(application):
    """None for a dossier that left the road: withdrawn or inadmissible."""
    step = _STAGE_OF.get(application.state)
    if step is None:
        return None
    return Stage(step, STAGES[step - 1], STAGES[step] if step < len(STAGES) else "")
