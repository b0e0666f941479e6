"""The open table of the registry as a file, its schema, and the pages that explain both it and the API."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from fabriques.forms.registry import RegistryFilterForm
from fabriques.map_documents import as_json
from fabriques.open_table import (
    ATTRIBUTION,
    COLUMNS,
    FILE_NAME,
    LICENCE,
    LICENCE_URL,
    csv_of,
    described,
    rows_of,
    table_schema,
)
from fabriques.opendata.answers import answer
from fabriques.opendata.api import document
from gen_portal.core import clock

_KINDS = {"string": "texte", "integer": "nombre entier", "number": "nombre", "boolean": "oui ou non", "date": "date"}
ABOUT = {"licence": LICENCE, "licence_url": LICENCE_URL, "attribution": ATTRIBUTION}


@login_not_required
def registry_csv(request):
    """Who: anybody. The rows of the registry for the same filters, as a file of the published schema."""
    form = RegistryFilterForm(request.GET, today=clock.today())
    rows = rows_of(form.places().sorted_by("structure"))
    response = answer(request, csv_of(rows), "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@login_not_required
def registry_schema(request):
    """Who: programs. The schema of the file (Frictionless Table Schema)."""
    return answer(request, as_json(table_schema()), "application/json")


@login_not_required
def registry_columns(request):
    """Who: somebody who reads the file. Question: what does each column mean? Leaves with: the answer."""
    fields = [described(column) | {"kind": _KINDS[column.kind]} for column in COLUMNS]
    return render(request, "fabriques/registry_columns.html", {"fields": fields, **ABOUT})


@login_not_required
def api_page(request):
    """Who: somebody who writes a program. Question: what may I ask, and what comes back? Leaves with: a first request."""
    return render(request, "fabriques/api_page.html", {"operations": list(operations_of(document())), **ABOUT})


def operations_of(found):
    """What the documentation page lists, read from the OpenAPI document, so that both say the same."""
    shapes = found["components"]["schemas"]
    for path, verbs in found["paths"].items():
        operation = verbs["get"]
        shape = operation["responses"][200]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        yield {
            "path": path,
            "summary": operation["summary"],
            "text": operation["description"],
            "parameters": [_parameter(each) for each in operation.get("parameters", [])],
            "answer": [
                {"name": name, "text": each.get("description") or each.get("title", "")}
                for name, each in shapes[shape]["properties"].items()
            ],
        }


def _parameter(found):
    """A parameter with the values it admits, when they are few."""
    choices = [value for value in found["schema"].get("enum", []) if value]
    return {"name": found["name"], "text": found.get("description", ""), "choices": choices}
