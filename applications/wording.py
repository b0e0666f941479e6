"""An answer's JSON value as its reader writes it: choices by their label, days in French, one line per row of a table."""

from datetime import date

from django.db import models

from applications.models import Application
from applications.models.sections import SITES
from gen_portal.core import phrases


def words_of(application, name, value):
    """A value that this answer of a dossier has, or had. Empty for no answer."""
    if value is None or value in ("", []):
        return ""
    if name == SITES:
        return "\n".join(_site_names(application, value))
    field = Application._meta.get_field(name)
    if isinstance(value, list):
        return "\n".join(_row(row) for row in value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(field, models.DateField):
        return phrases.day(date.fromisoformat(value))
    if isinstance(value, int):
        return phrases.number(value)
    return dict(field.flatchoices).get(value, value)


def _site_names(application, keys):
    names = {site.pk: str(site) for site in application.training.structure.sites.for_page()}
    return [names.get(key, "site retiré") for key in keys]


def _row(row):
    cells = row.values() if isinstance(row, dict) else [row]
    return " – ".join(_cell(cell) for cell in cells if cell not in (None, "", False))


def _cell(cell):
    return "oui" if cell is True else phrases.number(cell) if isinstance(cell, int) else str(cell)
