"""What the answers of the API hold, as its OpenAPI document says it: made from the columns of the open table."""

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from fabriques.open_table import COLUMNS

_TYPES = {"string": str, "date": str, "integer": int, "number": float, "boolean": bool}
#: Columns that tell the place; the others tell the label or its structure.
PLACE_NAMES = (
    "id_lieu", "site_nom", "adresse", "code_postal", "commune", "code_insee", "code_departement", "departement",
    "code_region", "region", "latitude", "longitude",
)  # fmt: skip
STRUCTURE_NAMES = ("structure", "siret", "statut_structure", "page_structure")
LABEL_NAMES = tuple(column.name for column in COLUMNS if column.name not in PLACE_NAMES)


class _Closed(Schema):
    """Nothing else is in an answer than what its shape says."""

    model_config = ConfigDict(extra="forbid")


def _field(column):
    words = {"title": column.title, "description": column.note or None}
    extra = {key: column.rules[key] for key in ("pattern", "enum") if key in column.rules}
    if column.kind == "date":
        extra["format"] = "date"
    if "enum" in extra and not column.required:
        extra["enum"] = [*extra["enum"], None]
    base = _TYPES[column.kind]
    return (base if column.required else base | None), Field(..., json_schema_extra=extra or None, **words)


def _shape(name, names, **others):
    fields = {column.name: _field(column) for column in COLUMNS if column.name in names}
    return create_model(name, __base__=_Closed, **fields, **others)


Place = _shape("Lieu", tuple(column.name for column in COLUMNS))
PlaceOfLabel = _shape("LieuDuLabel", PLACE_NAMES)
Label = _shape("Label", LABEL_NAMES, lieux=(list[PlaceOfLabel], ...))
OneLabel = _shape("LabelSeul", LABEL_NAMES, lieux=(list[PlaceOfLabel], ...), en_vigueur=(bool, ...))
Fabrique = _shape("Fabrique", STRUCTURE_NAMES, nombre_labels=(int, ...), nombre_lieux=(int, ...))


class Licence(_Closed):
    nom: str
    url: str


class About(_Closed):
    """What every answer says of itself."""

    licence: Licence
    attribution: str
    au: str = Field(..., description="Le jour dont l'état est donné.", json_schema_extra={"format": "date"})
    connu: str | None = Field(..., description="Tel qu'on le savait à la fin de ce jour ; null : aujourd'hui.")


def _page(name, item):
    following = Field(..., description="Adresse de la page suivante, null à la dernière.")
    return create_model(name, __base__=About, resultats=(list[item], ...), suivant=(str | None, following))


PlacePage, LabelPage, FabriquePage = (
    _page("PageLieux", Place),
    _page("PageLabels", Label),
    _page("PageFabriques", Fabrique),
)


class LabelAnswer(About):
    resultat: OneLabel


class Figures(About):
    """The figures of the day, those of the top of the registry: they do not depend on the other filters."""

    fabriques: int
    formations: int
    lieux: int
    objectif_fabriques: int
    reponses: int = Field(..., description="Lieux qui répondent aux filtres.")


class Fault(_Closed):
    parametre: str
    message: str


class ProblemDetails(_Closed):
    type: str
    title: str
    status: int
    detail: str
    erreurs: list[Fault]
