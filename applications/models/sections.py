"""The sections of a dossier: what each one asks, and what is still missing."""

from dataclasses import dataclass

from django.utils.text import capfirst

from applications.models.answers import (
    AudienceAnswers,
    BudgetAnswers,
    CalendarAnswers,
    Certification,
    CommitmentAnswers,
    EmploymentAnswers,
    FreeAccessAnswers,
    Novelty,
    PartnershipAnswers,
    PedagogyAnswers,
    ProgrammeAnswers,
    StructureAnswers,
    TrainingAnswers,
)
from applications.models.application import Application
from applications.models.tables import TABLES
from gen_portal.core import phrases

SITES, FILES = "sites", "pieces"  # the two parts that are not columns of the dossier
STRUCTURE = "numero"  # not a part of the dossier, but its lack prevents filing


#: Columns that follow from the answers: they are shown and archived, nobody types them.
DERIVED = ("total_budget_euros",)


def _columns(answers):
    return tuple(field.name for field in answers._meta.local_fields if field.name not in DERIVED)


@dataclass(frozen=True)
class Section:
    """One page of the dossier: its word in the address, its title, its columns in reading order."""

    code: str
    title: str
    intro: str
    fields: tuple
    derived: tuple = ()

    @property
    def shown(self):
        """Its answers and what follows from them, in reading order."""
        return (*self.fields, *self.derived)

    @property
    def answers(self):
        """The names of its answers: its columns, or the sites, which are not a column."""
        return self.fields or (self.code,)


SECTIONS = (
    Section(
        "structure",
        "La structure",
        "Qui porte la formation : ses moyens, ses garanties de qualité, et la personne à qui parler du projet.",
        _columns(StructureAnswers),
    ),
    Section(
        "formation",
        "La formation",
        "Ce que vous enseignez, à qui la formation s'ouvre et ce à quoi elle mène.",
        _columns(TrainingAnswers),
    ),
    Section(
        "programme",
        "Programme",
        "Le contenu, module par module : heures, compétences, outils, évaluation.",
        _columns(ProgrammeAnswers),
    ),
    Section(
        "pedagogie",
        "Pédagogie",
        "Comment on apprend chez vous, et comment chacun est accompagné.",
        _columns(PedagogyAnswers),
    ),
    Section(
        "publics",
        "Publics",
        "Qui vous voulez former, comment vous irez à leur rencontre et comment vous les aiderez à aller au bout.",
        _columns(AudienceAnswers),
    ),
    Section(
        "gratuite",
        "Gratuité",
        "Ce qu'il en coûte à l'apprenant, qui paie le reste, et les aides auxquelles il a droit.",
        _columns(FreeAccessAnswers),
    ),
    Section(
        "partenariats",
        "Partenariats",
        "Avec qui vous travaillez : entreprises, service de l'emploi, collectivités, associations.",
        _columns(PartnershipAnswers),
    ),
    Section(
        "debouches",
        "Débouchés",
        "Les emplois que la formation prépare autour de vous, et le suivi de ceux qui en sortent.",
        _columns(EmploymentAnswers),
    ),
    Section(SITES, "Sites", "Les lieux où la formation sera donnée : un même dossier peut en compter plusieurs.", ()),
    Section(
        "budget",
        "Budget",
        "Ce que coûte la formation et qui la finance, toutes promotions comprises, en euros entiers.",
        _columns(BudgetAnswers),
        derived=DERIVED,
    ),
    Section(
        "calendrier",
        "Calendrier",
        "Les étapes du projet et les promotions prévues, avec leurs dates.",
        _columns(CalendarAnswers),
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
    found = missing_number(application.training.structure)
    for section in SECTIONS:
        found.extend(missing_in(application, section))
    return found + missing_documents(application, current_attachments(application))


def missing_number(structure):
    """The number without which a structure may draft but not file (decision 21)."""
    if structure.has_filing_number:
        return []
    return [Missing(STRUCTURE, "numeros", "Numéro SIRET de la structure (à inscrire par une personne responsable)")]


def missing_in(application, section):
    """What one section still asks."""
    if section.code == SITES:
        has_site = bool(application.sites.all())
        return [] if has_site else [Missing(SITES, "div_id_sites", "Au moins un site")]
    found = []
    for name in section.fields:
        if is_asked(application, name) and _is_empty(application, name):
            found.append(Missing(section.code, _anchor_of(name), label_of(name)))
        elif name in TABLES:
            found.extend(_gaps(application, section, name))
    return found + _imbalances(application, section)


def _anchor_of(name):
    """The element of the page to reach: the first choice of a group of buttons or boxes, else the field itself."""
    return f"id_{name}_0" if name in ("is_free", "sourcing_channels") else f"id_{name}"


def _gaps(application, section, name):
    """The required cells left empty in the lines of a table."""
    return [
        Missing(section.code, f"id_{name}-{index}-{cell.name}", f"{label_of(name)}, ligne {index + 1} : {cell.label}")
        for index, cell in TABLES[name].gaps(getattr(application, name))
    ]


def _imbalances(application, section):
    """What is given in a section, and does not hold together."""
    if section.code != "budget":
        return []
    found = []
    if is_grant_above_ceiling(application):
        limit = phrases.euros(ceiling_euros(application))
        found.append(Missing("budget", "id_requested_grant_euros", f"Subvention demandée : {limit} au plus"))
    if application.balance_euros:
        found.append(Missing("budget", "id_resources", said_of_balance(application.balance_euros)))
    return found


def said_of_balance(balance_euros):
    """« Budget à équilibrer : il manque 2 000 € de ressources. »"""
    if balance_euros == 0:
        return "Le budget est équilibré."
    amount = phrases.euros(abs(balance_euros))
    excess = f"il manque {amount} de ressources" if balance_euros < 0 else f"les ressources dépassent de {amount}"
    return f"Budget à équilibrer : {excess}"


def current_attachments(application):
    """The documents joined to a dossier now, with their files; those already read with it where they were."""
    if hasattr(application, "current_attachments"):
        return application.current_attachments
    return list(application.attachments.current().select_related("file").order_by("pk"))


def missing_documents(application, attachments):
    """The mandatory documents of the call that are not among these, or whose file has a virus; an unscanned one counts."""
    joined = {attachment.document_id for attachment in attachments if not attachment.is_infected}
    documents = application.call.required_documents.all()
    return [
        Missing(FILES, f"piece-{document.pk}", document.label)
        for document in documents
        if document.is_mandatory and document.pk not in joined
    ]


#: Answers one may leave out.
OPTIONAL = frozenset(
    [
        *("network", "quality_marks", "prior_labels", "entry_conditions", "company_week_count", "programme"),
        *("peer_learning", "mentoring", "rural_area_percent", "disabled_percent", "learner_aids", "partnerships"),
        *("employers", "resources", "own_funds_euros", "other_resources", "milestones"),
    ]
)
#: Answers asked only after another one.
_CONDITIONS = {
    "activity_number": lambda application: application.novelty == Novelty.EXISTING,
    "rncp_code": lambda application: application.certification == Certification.TITLE,
    "certification_level": lambda application: application.certification in CERTIFIED,
    "cost_note": lambda application: application.is_free is False,
}
CERTIFIED = (Certification.TITLE, Certification.DIPLOMA)


def is_asked(application, name):
    """Whether a dossier misses this answer while it is not given."""
    return name not in OPTIONAL and _CONDITIONS.get(name, lambda _: True)(application)


def _is_empty(application, name):
    value = getattr(application, name)
    return value is False if name.startswith("commits_") else value in (None, "", [])


def ceiling_euros(application):
    """The most this dossier may ask under its call's rule, in euros; None without a limit or without a budget.

    What the structure was granted for other labels is not known here: the decision counts it.
    """
    rule = getattr(application.call, "grant_rule", None)
    if rule is None or application.total_budget_euros is None:
        return None
    return rule.ceiling_euros(total_budget_euros=rule.counted_euros(application), granted_to_structure_euros=0)


def is_grant_above_ceiling(application):
    limit = ceiling_euros(application)
    return limit is not None and (application.requested_grant_euros or 0) > limit
