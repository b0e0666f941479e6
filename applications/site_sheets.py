"""The sheet of a place for its page: its versions, and the parts that two people changed, in words."""

from dataclasses import dataclass
from datetime import date

from applications.actions.sites import changed_parts
from applications.models import SiteVersion
from applications.models.site_versions import PARTS, sheet_of, sheet_of_site, versions_of
from gen_portal.core import phrases
from gen_portal.core.models import Commune

LABELS = {
    "name": "Nom du lieu",
    "address": "Adresse",
    "position": "Point sur la carte",
    "priority": "Quartier prioritaire",
    "rural": "Zone de revitalisation rurale",
    "seats": "Places d'accueil",
    "equipment": "Équipement",
    "opening": "Date d'ouverture",
}
SHOWN = 30  # versions on the page, the latest


@dataclass(frozen=True)
class Disputed:
    """A part that somebody else changed meanwhile: their words and those of the writer, not stored."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Passage:
    """One version of the sheet, and what it changed in words."""

    version: SiteVersion
    changes: str
    is_present: bool


def disputed_parts(saved, values):
    """What waits for a choice after a saving."""
    theirs, mine = sheet_of_site(saved.site), sheet_of(values)
    return [Disputed(LABELS[part], _words(theirs, part), _words(mine, part)) for part in saved.conflicts]


def seen_next(saved, seen):
    """What is before the writer's eyes after a saving with conflicts: of the disputed parts, what somebody else stored.

    A part that the writer left alone stays as they first saw it, so that sending the form again leaves it alone too.
    """
    present = versions_of(sheet_of_site(saved.site))
    renewed = {*saved.parts, *saved.conflicts}
    return {part: mark if part in renewed else seen.get(part, mark) for part, mark in present.items()}


def passages_of(site):
    """The latest versions of a place, the newest first."""
    rows = list(site.versions.latest_first()[: SHOWN + 1])
    pairs = zip(rows, [*rows[1:], None], strict=False)
    passages = [Passage(row, _changes(before, row), number == 0) for number, (row, before) in enumerate(pairs)]
    return passages[:SHOWN]


def _changes(before, row):
    if before is None:
        return "Fiche de départ"
    return ", ".join(LABELS[part].lower() for part in changed_parts(before.sheet, row.sheet)) or "rien"


def initial_of(version):
    """The values of an earlier sheet, as the form shows them."""
    return {**version.sheet, "commune_name": _commune_name(version.sheet["commune"])}


def _words(sheet, part):
    return ", ".join(filter(None, (_said(name, sheet[name]) for name in PARTS[part]))) or "rien"


def _said(name, value):
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name == "commune":
        return _commune_name(value)
    return phrases.day(date.fromisoformat(value)) if name == "opens_on" else str(value)


def _commune_name(code):
    return Commune.objects.filter(pk=code).values_list("name", flat=True).first() or ""
