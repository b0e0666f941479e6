"""The questions of a dossier as paper needs them: words, choices, room to write; read from the typed columns themselves."""

from dataclasses import dataclass

from django.db import models
from django.utils.text import capfirst

from applications.models import Application, Site, SourcingChannel, Structure
from applications.models.tables import TABLES
from gen_portal.core import phrases

_LONG, _VERY_LONG = 250, 3000  # characters from which an answer needs lines, then a large box


@dataclass(frozen=True)
class Question:
    """One question: `room` is the shape of its answer (choices, tick, short, lines, page, or a table whose `choices` are
    the headings), `hint` its limit in words."""

    label: str
    room: str
    choices: tuple = ()
    hint: str = ""


def question(field):
    """The question that a column asks."""
    label = capfirst(field.verbose_name)
    if field.name in TABLES:
        return Question(label, "table", tuple(_heading(cell) for cell in TABLES[field.name].cells))
    if field.name == "sourcing_channels":
        return Question(label, "choices", tuple(capfirst(text) for text in SourcingChannel.labels))
    if field.choices:
        return Question(label, "choices", tuple(capfirst(text) for _, text in field.choices))
    if isinstance(field, models.BooleanField):
        return Question(label, "choices", ("Oui", "Non")) if field.null else Question(label, "tick")
    if isinstance(field, models.DateField):
        return Question(label, "short", hint="jour, mois, année")
    if isinstance(field, (models.CharField, models.TextField)) and not isinstance(field, models.EmailField):
        return Question(label, _room(field.max_length), hint=_limit(field.max_length))
    return Question(label, "short")


def questions_of(section):
    """The questions of a section of the dossier; none for the sites, which have a sheet of their own."""
    return [question(Application._meta.get_field(name)) for name in section.fields]


def _heading(cell):
    """What a column of a table asks, with its choices."""
    if cell.choices:
        return f"{cell.label} : {', '.join(text.lower() for _, text in cell.choices)}"
    return {"tick": f"{cell.label} (oui ou non)", "euros": f"{cell.label} en euros"}.get(cell.kind, cell.label)


def _room(length):
    if not length or length <= _LONG:
        return "short"
    return "lines" if length < _VERY_LONG else "page"


def _limit(length):
    """Worth saying only for an answer that one could write too long."""
    return f"{phrases.number(length)} caractères au plus" if length and length > _LONG else ""


def _asked(model, *names):
    return tuple(question(model._meta.get_field(name)) for name in names)


STRUCTURE_QUESTIONS = _asked(
    Structure,
    *("name", "acronym", "legal_form", "siret", "rna", "overseas_number", "street", "postcode", "commune"),
    *("website", "phone", "representative_name", "representative_role"),
)
SITE_QUESTIONS = _asked(
    Site,
    *("name", "street", "postcode", "commune", "latitude", "longitude", "is_in_priority_area", "is_in_rural_area"),
    *("seat_count", "equipment", "opens_on"),
)
