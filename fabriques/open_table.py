"""The open table of the registry: one row per labelled training and place. The CSV, the API, the releases and the
published schema (Frictionless Table Schema) all read these columns, so that they say the same.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from applications.models import EntryLevel, JobFamily
from applications.models.structure import LegalForm
from gen_portal.core.sheets import Column as SheetColumn
from gen_portal.core.sheets import Kind, write_csv

LICENCE = "Licence Ouverte 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
ATTRIBUTION = "Grande école du numérique, registre public des formations labellisées"
SCHEMA_VERSION = "1.0.0"
FILE_NAME = "registre-labels.csv"
_STRUCTURE = "label__training__structure"
_CALL = "label__decision__cut_off__call"
_DEPARTMENT = "commune__department"

#: What a row is read from.
FIELDS = (
    "pk", "over_on", "name", "street", "postcode", "label__reference", "label__title", "label__job_family",
    "label__entry_level", "label__is_free", "label__total_hours", "label__starts_on", f"{_STRUCTURE}__name",
    f"{_STRUCTURE}__siret", f"{_STRUCTURE}__legal_form", f"{_STRUCTURE}__fabrique__slug", f"{_CALL}__slug",
    f"{_CALL}__title", "commune_id", "commune__name", f"{_DEPARTMENT}_id", f"{_DEPARTMENT}__name",
    f"{_DEPARTMENT}__region_id", f"{_DEPARTMENT}__region__name", "commune__latitude", "commune__longitude",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: its name in files and answers, what it means, how it is read, what its values are."""

    name: str
    title: str
    read: Callable
    kind: str = "string"
    required: bool = True
    rules: dict = field(default_factory=dict)
    note: str = ""


def _attribute(name):
    return lambda row: getattr(row, name)


def _choice(name, choices):
    labels = dict(choices)
    return lambda row: labels.get(getattr(row, name)) or None


def _decimal(name):
    return lambda row: None if getattr(row, name) is None else float(getattr(row, name))


def _page(name, key):
    return f"{settings.PORTAL_URL}{reverse(name, args=[key])}"


def _labels(choices):
    return {"enum": [label for value, label in choices if value]}


COLUMNS = (
    Column("id_lieu", "Numéro du lieu", _attribute("pk"), "integer", rules={"unique": True},
           note="Propre à ce lieu de ce label ; ne change pas d'une publication à l'autre."),
    Column("id_label", "Numéro du label", _attribute("label__reference"), rules={"pattern": "[0-9A-HJKMNP-TV-Z]{16}"}),
    Column("intitule_formation", "Intitulé de la formation", _attribute("label__title"),
           note="Tel qu'il était dans le dossier labellisé."),
    Column("structure", "Structure porteuse", _attribute(f"{_STRUCTURE}__name"), note="Son nom d'aujourd'hui."),
    Column("siret", "SIRET de la structure", lambda row: getattr(row, f"{_STRUCTURE}__siret") or None, required=False,
           rules={"pattern": "[0-9]{14}"}, note="Vide pour qui n'en a pas (association, outre-mer)."),
    Column("statut_structure", "Nature de la structure", _choice(f"{_STRUCTURE}__legal_form", LegalForm.choices),
           rules=_labels(LegalForm.choices)),
    Column("famille", "Famille de métiers", _choice("label__job_family", JobFamily.choices),
           rules=_labels(JobFamily.choices)),
    Column("niveau_demande", "Niveau demandé à l'entrée", _choice("label__entry_level", EntryLevel.choices),
           required=False, rules=_labels(EntryLevel.choices)),
    Column("duree_heures", "Durée en heures", _attribute("label__total_hours"), "integer", required=False,
           rules={"minimum": 0}),
    Column("gratuite", "Gratuite pour les apprenants", _attribute("label__is_free"), "boolean"),
    Column("site_nom", "Nom du lieu", _attribute("name")),
    Column("adresse", "Numéro et voie", _attribute("street")),
    Column("code_postal", "Code postal", _attribute("postcode"), rules={"pattern": "[0-9]{5}"}),
    Column("commune", "Commune", _attribute("commune__name")),
    Column("code_insee", "Code INSEE de la commune", _attribute("commune_id"), rules={"pattern": "[0-9][0-9AB][0-9]{3}"}),
    Column("code_departement", "Code du département", _attribute(f"{_DEPARTMENT}_id")),
    Column("departement", "Département", _attribute(f"{_DEPARTMENT}__name")),
    Column("code_region", "Code de la région", _attribute(f"{_DEPARTMENT}__region_id")),
    Column("region", "Région", _attribute(f"{_DEPARTMENT}__region__name")),
    Column("latitude", "Latitude", _decimal("commune__latitude"), "number", False, {"minimum": -90, "maximum": 90},
           "WGS 84, au centre de la commune et non à l'adresse ; vide là où il est inconnu."),
    Column("longitude", "Longitude", _decimal("commune__longitude"), "number", False, {"minimum": -180, "maximum": 180},
           "WGS 84, au centre de la commune et non à l'adresse ; vide là où il est inconnu."),
    Column("id_appel", "Identifiant de l'appel", _attribute(f"{_CALL}__slug")),
    Column("appel", "Appel à projets", _attribute(f"{_CALL}__title")),
    Column("date_label", "Premier jour du label", lambda row: row.label__starts_on.isoformat(), "date"),
    Column("date_fin_label", "Dernier jour du label", lambda row: (row.over_on - timedelta(days=1)).isoformat(), "date",
           note="À son terme, ou la veille de l'abandon ou du retrait s'il est connu."),
    Column("page_label", "Page du label", lambda row: _page("label_page", row.label__reference),
           note="Elle dit si le label est en vigueur aujourd'hui."),
    Column("page_structure", "Page de la fabrique",
           lambda row: _page("fabrique_page", getattr(row, f"{_STRUCTURE}__fabrique__slug")),
),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)


def rows_of(places):
    """The rows of places, each a tuple of the columns; one query."""
    reads = [column.read for column in COLUMNS]
    return [tuple(read(row) for read in reads) for row in places.values_list(*FIELDS, named=True)]


def csv_of(rows):
    """The bytes of the table."""
    out = io.BytesIO()
    write_csv(out, _sheet_columns(), map(_sheet_row, rows))
    return out.getvalue()


def _sheet_columns():
    """The same columns for the writers of files, which take texts, whole numbers and decimals."""
    kinds = {"integer": Kind.WHOLE, "number": Kind.DECIMAL}
    return [SheetColumn(column.name, None, kinds.get(column.kind, Kind.TEXT)) for column in COLUMNS]


def _sheet_row(row):
    """Booleans are words in a file."""
    return [("oui" if cell else "non") if isinstance(cell, bool) else cell for cell in row]


def table_schema():
    """The published description of the file: https://specs.frictionlessdata.io/table-schema/."""
    return {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": "registre-labels-gen",
        "title": "Formations labellisées par la Grande école du numérique, par lieu",
        "description": "Une ligne par formation labellisée et par lieu où elle est donnée.",
        "version": SCHEMA_VERSION,
        "lang": "fr",
        "licenses": [{"name": LICENCE, "path": LICENCE_URL}],
        "contributors": [{"title": ATTRIBUTION, "role": "publisher"}],
        "primaryKey": "id_lieu",
        "missingValues": [""],
        "dialect": {"delimiter": ";", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n"},
        "encoding": "utf-8-sig",
        "fields": [described(column) for column in COLUMNS],
    }


def described(column):
    """A column as a field of the schema."""
    found = {"name": column.name, "title": column.title, "type": column.kind}
    if column.note:
        found["description"] = column.note
    if column.kind == "boolean":
        found |= {"trueValues": ["oui"], "falseValues": ["non"]}
    if column.kind == "number":
        found["decimalChar"] = ","
    return found | {"constraints": {"required": column.required, **column.rules}}


def faults(rows):
    """What breaks the schema, in French sentences; none for a sound table. A release with one is refused."""
    seen = set()
    for number, row in enumerate(rows, 2):
        for column, cell in zip(COLUMNS, row, strict=True):
            if not _is_sound(column, cell):
                yield f"Ligne {number}, {column.name} : « {'' if cell is None else cell} » n'est pas admis."
        if row[0] in seen:
            yield f"Ligne {number} : le lieu {row[0]} est déjà dans la table."
        seen.add(row[0])


def _is_sound(column, cell):
    if cell is None or cell == "":
        return not column.required
    rules = column.rules
    if "pattern" in rules and not re.fullmatch(rules["pattern"], str(cell)):
        return False
    if "enum" in rules and cell not in rules["enum"]:
        return False
    return (
        rules.get("minimum", float("-inf")) <= cell <= rules.get("maximum", float("inf"))
        if "minimum" in rules
        else True
    )
