"""Answers that are lists of lines (modules, partners, expenses…): which cells a line has, and how it is read.

A table is one JSON column of the dossier: a list of lines, each a flat object with every cell of the table, whose values
are texts ("" when empty), whole numbers or nothing, ISO days or "", true or false.
"""

from dataclasses import dataclass

from django.db import models


class ExpenseHead(models.TextChoices):
    """The heads of cost that a seed grant may bear (domain.md §1.3), and a place for the rest."""

    STAFF = "staff", "Personnel"
    EQUIPMENT = "equipment", "Équipement et fournitures"
    PREMISES = "premises", "Location de salles ou de locaux"
    DOCUMENTATION = "documentation", "Documentation"
    LICENCES = "licences", "Brevets ou licences"
    PROMOTION = "promotion", "Promotion"
    OTHER = "other", "Autre dépense"


class FundingStatus(models.TextChoices):
    ASKED = "asked", "demandé"
    OBTAINED = "obtained", "obtenu"


class PartnerKind(models.TextChoices):
    COMPANY = "company", "entreprise"
    EMPLOYMENT = "employment", "service de l'emploi"
    LOCAL_AUTHORITY = "local_authority", "collectivité"
    TRAINING = "training", "organisme de formation"
    ASSOCIATION = "association", "association"
    OTHER = "other", "autre"


@dataclass(frozen=True)
class Cell:
    """One cell of a line. `kind`: text, long, number, euros, day, choice, tick or siren; `limit`: of its characters
    or of its value; an answer misses a `required` one until it is filled."""

    name: str
    label: str
    kind: str = "text"
    limit: int = 200
    choices: tuple = ()
    is_required: bool = True
    hint: str = ""

    @property
    def blank(self):
        """The value of a cell left empty."""
        return {"number": None, "euros": None, "tick": False}.get(self.kind, "")


@dataclass(frozen=True)
class Table:
    """The lines of one answer: what one line is called, and its cells in reading order."""

    noun: str
    cells: tuple
    max_lines: int = 60

    def line(self, **values):
        """A whole line, empty but for these cells."""
        return {cell.name: values.get(cell.name, cell.blank) for cell in self.cells}

    def gaps(self, lines):
        """(index of the line, cell) for every required cell left empty."""
        return [
            (index, cell)
            for index, line in enumerate(lines)
            for cell in self.cells
            if cell.is_required and line.get(cell.name, cell.blank) == cell.blank
        ]


#: The tables of a dossier, by the name of their column.
TABLES = {
    "modules": Table(
        "Module",
        (
            Cell("title", "Intitulé du module"),
            Cell("hours", "Heures", "number", limit=9_999),
            Cell("skills", "Compétences visées", "long", limit=600),
            Cell("tools", "Outils et langages", limit=300, is_required=False),
            Cell("assessment", "Évaluation des acquis", limit=300),
        ),
    ),
    "partners": Table(
        "Partenaire",
        (
            Cell("name", "Nom du partenaire"),
            Cell("siren", "SIREN", "siren", limit=9, is_required=False, hint="9 chiffres, si vous le connaissez."),
            Cell("kind", "Type", "choice", choices=tuple(PartnerKind.choices)),
            Cell("role", "Rôle dans la formation", limit=300),
            Cell("has_letter", "Lettre d'engagement", "tick", is_required=False),
        ),
    ),
    "expenses": Table(
        "Dépense",
        (
            Cell("head", "Poste de dépense", "choice", choices=tuple(ExpenseHead.choices)),
            Cell("detail", "Précision", is_required=False),
            Cell("amount_euros", "Montant", "euros", limit=99_999_999),
        ),
    ),
    "resources": Table(
        "Ressource",
        (
            Cell("funder", "Financeur"),
            Cell("status", "État", "choice", choices=tuple(FundingStatus.choices)),
            Cell("amount_euros", "Montant", "euros", limit=99_999_999),
        ),
    ),
    "milestones": Table(
        "Étape",
        (Cell("label", "Étape"), Cell("due_on", "Date", "day")),
    ),
    "planned_sessions": Table(
        "Promotion",
        (
            Cell("starts_on", "Début", "day"),
            Cell("ends_on", "Fin", "day", is_required=False),
            Cell("seat_count", "Places", "number", limit=999),
            Cell("place", "Lieu", is_required=False),
        ),
    ),
}


def total(lines, cell):
    """The sum of a column of whole numbers; empty cells count for nothing."""
    return sum(line.get(cell) or 0 for line in lines)


def eligible_euros(expenses, heads):
    """The sum of the expenses under these heads, in euros."""
    return total([line for line in expenses if line.get("head") in heads], "amount_euros")
