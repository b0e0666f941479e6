"""The sections of a dossier: what each one asks, and what is still missing."""

from dataclasses import dataclass

from django.utils.text import capfirst

from applications.models.answers import (
    AudienceAnswers,
    BudgetAnswers,
    Certification,
    CommitmentAnswers,
    PartnershipAnswers,
    PedagogyAnswers,
    TrainingAnswers,
)
from applications.models.application import Application
from gen_portal.core import phrases

SITES, FILES = "sites", "pieces"  # the two parts that are not columns of the dossier


def _columns(answers):
    return tuple(field.name for field in answers._meta.local_fields)


@dataclass(frozen=True)
class Section:
    """One page of the dossier: its word in the address, its title, its columns in reading order."""

    code: str
    title: str
    intro: str
    fields: tuple

    @property
    def answers(self):
        """The names of its answers: its columns, or the sites, which are not a column."""
        return self.fields or (self.code,)


SECTIONS = (
    Section(
        "formation",
        "La formation",
        "Ce que vous enseignez, à qui la formation s'ouvre et ce à quoi elle mène.",
        _columns(TrainingAnswers),
    ),
    Section(
        "programme",
        "Programme et pédagogie",
        "Le contenu, module par module, et la façon dont les apprenants sont accompagnés.",
        _columns(PedagogyAnswers),
    ),
    Section(
        "publics",
        "Publics et gratuité",
        "Qui vous voulez former, comment vous irez à leur rencontre, et ce qu'il leur en coûte.",
        _columns(AudienceAnswers),
    ),
    Section(
        "partenariats",
        "Partenariats et débouchés",
        "Avec qui vous travaillez, et les emplois que la formation prépare autour de vous.",
        _columns(PartnershipAnswers),
    ),
    Section(SITES, "Sites", "Les lieux où la formation sera donnée : un même dossier peut en compter plusieurs.", ()),
    Section(
        "budget",
        "Budget",
        "Le coût de la formation, la subvention d'amorçage demandée et les autres financements.",
        _columns(BudgetAnswers),
    ),
    Section(
        "engagements",
        "Engagements et signature",
        "Ce à quoi la structure s'engage si la formation est labellisée, et la personne qui l'engage.",
        _columns(CommitmentAnswers),
    ),
)
BY_CODE = {section.code: section for section in SECTIONS}


@dataclass(frozen=True)
class Missing:
    """An answer to give or to correct before filing: in which section, at which element of the page, in which words."""

    section: str
    anchor: str
    label: str


def label_of(name):
    """How an answer is named to its reader."""
    if name == SITES:
        return "Sites de la formation"
    return capfirst(Application._meta.get_field(name).verbose_name)


def missing_answers(application):
    """Everything that prevents this dossier from being filed, in the order of its pages; empty when it is complete."""
    found = []
    for section in SECTIONS:
        found.extend(missing_in(application, section))
    return found + missing_documents(application)


def missing_in(application, section):
    """What one section still asks."""
    if section.code == SITES:
        has_site = bool(application.sites.all())
        return [] if has_site else [Missing(SITES, "div_id_sites", "Au moins un site")]
    names = [name for name in section.fields if _is_asked(application, name) and _is_empty(application, name)]
    found = [Missing(section.code, f"id_{name}", label_of(name)) for name in names]
    if section.code == "budget" and is_grant_above_ceiling(application):
        limit = phrases.euros(ceiling_euros(application))
        found.append(Missing("budget", "id_requested_grant_euros", f"Subvention demandée : {limit} au plus"))
    return found


def missing_documents(application):
    """The mandatory documents of the call that are not joined."""
    joined = {attachment.document_id for attachment in application.attachments.current().order_by("pk")}
    documents = application.call.required_documents.all()
    return [
        Missing(FILES, f"piece-{document.pk}", document.label)
        for document in documents
        if document.is_mandatory and document.pk not in joined
    ]


def _is_asked(application, name):
    """A few answers are asked only after another one."""
    if name == "rncp_code":
        return application.certification == Certification.TITLE
    if name == "cost_note":
        return application.is_free is False
    if name == "other_resources":
        return (application.total_budget_euros or 0) > (application.requested_grant_euros or 0)
    return True


def _is_empty(application, name):
    value = getattr(application, name)
    return value is False if name.startswith("commits_") else value in (None, "")


def ceiling_euros(application):
    """The most this dossier may ask under its call's rule, in euros; None without a limit or without a budget.

    What the structure was granted for other labels is not known here: the decision counts it.
    """
    rule = getattr(application.call, "grant_rule", None)
    if rule is None or application.total_budget_euros is None:
        return None
    return rule.ceiling_euros(total_budget_euros=application.total_budget_euros, granted_to_structure_euros=0)


def is_grant_above_ceiling(application):
    limit = ceiling_euros(application)
    return limit is not None and (application.requested_grant_euros or 0) > limit
