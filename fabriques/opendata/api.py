"""The public API, read-only: what the pages of the registry show, by the same filters, for programs (decision 0082)."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.utils.http import urlencode
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from pydantic import Field

from fabriques.map_documents import as_json
from fabriques.models import Fabrique
from fabriques.models.registry import headline, places_at, places_over, public_labels
from fabriques.open_table import ATTRIBUTION, LICENCE, LICENCE_URL, NAMES, rows_of
from fabriques.opendata import shapes
from fabriques.opendata.answers import answer
from fabriques.opendata.filters import Filters, filters_of
from fabriques.opendata.paging import LARGEST, page_of, size_of
from fabriques.opendata.problems import PROBLEM, Problem
from gen_portal.core import clock
from gen_portal.core.snapshot import one_instant

PREFIX = "api/v1/"
PAGING = ("curseur", "par_page")
REFUSALS = {400: shapes.ProblemDetails}
DESCRIPTION = (
    "Les formations labellisées par la Grande école du numérique, en lecture seule : les mêmes lignes et les mêmes "
    "filtres que le registre public, à n'importe quel jour passé. Chaque page porte un ETag ; redemandée avec "
    "If-None-Match, elle répond 304 tant que rien n'a changé."
)
api = NinjaAPI(
    title="Registre public de la Grande école du numérique",
    version="1.0.0",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="registry_api",
    openapi_extra={"info": {"license": {"name": LICENCE, "url": LICENCE_URL}}},
)


class PageFilters(Filters):
    """The filters, where one is in the pages, and how long a page is."""

    curseur: str | None = Field(None, description="Donné par « suivant » ; ne se fabrique pas.")
    par_page: str | None = Field(
        None, description=f"Résultats par page, 50 sans rien dire, {LARGEST} au plus.",
        json_schema_extra={"pattern": "^([1-9][0-9]?|1[0-9]{2}|200)$"},
    )  # fmt: skip


def _about(form):
    moment = form.moment
    known = form.asked().get("connu")
    licence = {"nom": LICENCE, "url": LICENCE_URL}
    return {
        "licence": licence, "attribution": ATTRIBUTION, "au": moment.on.isoformat(),
        "connu": known.isoformat() if known else None,
    }  # fmt: skip


def _said(request, form, **content):
    return answer(request, as_json({**_about(form), **content}), "application/json")


def _paged(request, form, items, following):
    """An answer with its items; the following page is about the same day, even after midnight."""
    url = None
    if following:
        asked = {**request.GET.dict(), "au": form.moment.on.isoformat(), "curseur": following}
        url = f"{request.build_absolute_uri(request.path)}?{urlencode(asked)}"
    return _said(request, form, resultats=items, suivant=url)


def _asked(request):
    return filters_of(request, clock.today(), *PAGING)


def _page(request, rows, key_name, kind):
    size = size_of(request.GET.get("par_page"))
    return page_of(rows, key_name, cursor=request.GET.get("curseur"), kind=kind, size=size)


@api.get(
    "lieux",
    response={200: shapes.PlacePage, **REFUSALS},
    url_name="api_places",
    summary="Lieux des formations labellisées",
)
@one_instant()
def places(request, filters: Query[PageFilters]):
    """Une ligne par formation labellisée et par lieu : les lignes de la liste, de la carte et du fichier CSV."""
    form = _asked(request)
    found = form.places()
    keys, following = _page(request, found, "pk", "l")
    rows = rows_of(found.filter(pk__in=keys).order_by("pk"))
    return _paged(request, form, [dict(zip(NAMES, row, strict=True)) for row in rows], following)


def _with_places(rows):
    """One dictionary per label, in the order of the rows, each with its places."""
    labels = {}
    for row in rows:
        cells = dict(zip(NAMES, row, strict=True))
        label = labels.setdefault(cells["id_label"], {name: cells[name] for name in shapes.LABEL_NAMES} | {"lieux": []})
        label["lieux"].append({name: cells[name] for name in shapes.PLACE_NAMES})
    return list(labels.values())


@api.get(
    "labels", response={200: shapes.LabelPage, **REFUSALS}, url_name="api_labels", summary="Formations labellisées"
)
@one_instant()
def labels(request, filters: Query[PageFilters]):
    """Une entrée par label, avec ceux de ses lieux qui répondent aux filtres."""
    form = _asked(request)
    found = form.places()
    keys, following = _page(request, public_labels().filter(pk__in=found.order_by().values("label")), "pk", "f")
    rows = rows_of(found.filter(label__in=keys).order_by("label", "pk"))
    return _paged(request, form, _with_places(rows), following)


@api.get(
    "labels/{reference}", response={200: shapes.LabelAnswer, 400: shapes.ProblemDetails, 404: shapes.ProblemDetails},
    url_name="api_label", summary="Un label par son numéro",
)  # fmt: skip
@one_instant()
def label(request, reference: str, au: str | None = None, connu: str | None = None):
    """En vigueur ce jour-là, ou qui ne l'était plus."""
    form = filters_of(request, clock.today())
    one = public_labels().numbered(reference)
    rows = rows_of(places_at(form.moment).filter(label__in=one).order_by("pk"))
    is_in_force = bool(rows)
    rows = rows or rows_of(places_over(form.moment).filter(label__in=one).order_by("pk"))
    if not rows:
        raise Problem(404, "Aucun label public ne porte ce numéro")
    return _said(request, form, resultat=_with_places(rows)[0] | {"en_vigueur": is_in_force})


@api.get(
    "fabriques",
    response={200: shapes.FabriquePage, **REFUSALS},
    url_name="api_fabriques",
    summary="Fabriques du numérique",
)
@one_instant()
def fabriques(request, filters: Query[PageFilters]):
    """Les structures dont un label répond aux filtres, avec le nombre de ces labels et de ces lieux."""
    form = _asked(request)
    found = form.places()
    holders = Fabrique.objects.filter(structure__in=found.order_by().values("label__training__structure"))
    keys, following = _page(request, holders, "pk", "s")
    rows = rows_of(found.filter(label__training__structure__fabrique__in=keys).order_by(_FABRIQUE, "pk"))
    return _paged(request, form, _counted(rows), following)


_FABRIQUE = "label__training__structure__fabrique"


def _counted(rows):
    counts = {}
    for row in rows:
        cells = dict(zip(NAMES, row, strict=True))
        found = counts.setdefault(cells["page_structure"], (cells, set(), set()))
        found[1].add(cells["id_label"])
        found[2].add(cells["id_lieu"])
    return [
        {name: cells[name] for name in shapes.STRUCTURE_NAMES}
        | {"nombre_labels": len(own_labels), "nombre_lieux": len(own_places)}
        for cells, own_labels, own_places in counts.values()
    ]


@api.get("chiffres", response={200: shapes.Figures, **REFUSALS}, url_name="api_figures", summary="Chiffres du jour")
@one_instant()
def figures(request, filters: Query[Filters]):
    """Fabriques, formations labellisées et lieux en vigueur ce jour-là, et les lieux qui répondent aux filtres."""
    form = filters_of(request, clock.today())
    moment = form.moment
    found = headline(moment.on, moment.known_before)
    return _said(
        request, form, fabriques=found.fabrique_count, formations=found.training_count, lieux=found.site_count,
        objectif_fabriques=found.target, reponses=form.places().count(),
    )  # fmt: skip


@api.exception_handler(Problem)
def _refused(request, problem):
    return answer(request, problem.body, PROBLEM, cache="no-store", status=problem.status)


@api.exception_handler(ValidationError)
def _malformed(request, error):
    faults = [{"parametre": str(each["loc"][-1]), "message": "Cette valeur n'est pas admise."} for each in error.errors]
    return _refused(request, Problem(400, "Paramètre refusé", faults))


def document():
    """The OpenAPI 3.1 document."""
    found = api.get_openapi_schema(path_prefix=f"/{PREFIX}")
    for verbs in found["paths"].values():
        for parameter in verbs["get"].get("parameters", []):
            parameter["schema"] = _without_null(parameter["schema"])
        for status, response in verbs["get"]["responses"].items():
            _describe(response, is_refusal=int(status) >= 400)
    return found


def _without_null(schema):
    """A parameter is given or left out; no address says null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "description")}
    return {**(kinds[0] if kinds else {}), **rest}


def _describe(response, *, is_refusal):
    response["description"] = "Ce qui est demandé, avec sa licence."
    if is_refusal:
        response["description"] = "Refusé : ce qui ne va pas, paramètre par paramètre, en français."
        response["content"] = {PROBLEM: response["content"]["application/json"]}


@login_not_required
def api_schema(request):
    """Who: programs. The OpenAPI document of the API."""
    return answer(request, as_json(document()), "application/json")


def routes():
    """The urls of the API, each with a name of ours and open to everybody."""
    patterns, _, _ = api.urls
    for pattern in patterns:
        if pattern.name != "api-root":
            yield path(f"{PREFIX}{pattern.pattern}", login_not_required(pattern.callback), name=pattern.name)
