"""Answers in the words of a reader, on paper, in archives, beside another version: choices by their label, days in French."""

from datetime import date

from django.db import models
from django.utils.text import capfirst

from applications.models import Application, SourcingChannel
from applications.models.sections import SITES
from applications.models.tables import TABLES
from gen_portal.core import phrases


def words_of(application, name, value):
    """A JSON value that this answer of a dossier has, or had; sites by their names. Empty for no answer."""
    if name == SITES:
        return "\n".join(_site_names(application, value or []))
    return in_words(name, value)


def in_words(name, value):
    """A value of an answer, as JSON or as its column holds it. A table gives one line of text for each of its lines."""
    if value is None or value in ("", []):
        return ""
    if name in TABLES:
        return "\n".join(" ; ".join(filter(None, cells)) for cells in table_in_words(name, value)["rows"])
    if name == "sourcing_channels":
        return ", ".join(dict(SourcingChannel.choices).get(code, code) for code in value)
    field = Application._meta.get_field(name)
    if isinstance(field, models.DateField) and isinstance(value, str):
        value = date.fromisoformat(value)
    return _plain(value, field.flatchoices)


def table_in_words(name, lines):
    """A table as JSON values: its headings, which of them hold amounts, and its lines in words."""
    cells = TABLES[name].cells
    return {
        "headings": [{"label": cell.label, "is_amount": cell.kind in ("number", "euros")} for cell in cells],
        "rows": [[_cell(cell, line.get(cell.name, cell.blank)) for cell in cells] for line in lines],
    }


def _site_names(application, keys):
    names = {site.pk: str(site) for site in application.training.structure.sites.for_page()}
    return [names.get(key, "site retiré") for key in keys]


def _cell(cell, value):
    if cell.kind == "day" and value:
        return phrases.day(date.fromisoformat(value))
    if cell.kind == "euros" and value is not None:
        return phrases.euros(value)
    text = _plain(value, cell.choices)
    return capfirst(text) if cell.kind == "choice" else text


def _plain(value, choices=()):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return phrases.day(value)
    if isinstance(value, int):
        return phrases.number(value)
    return dict(choices).get(value, value)
