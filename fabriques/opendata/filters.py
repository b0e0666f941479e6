"""The filters of the registry as parameters of the API: those of the page's form, read by that form, refused out loud."""

from django import forms
from ninja import Schema
from pydantic import Field, create_model

from fabriques.forms.registry import RegistryFilterForm
from fabriques.opendata.problems import Problem

_TICKED = ("on", "true", "false", "")


def _parameter(field):
    """A field of the form as a parameter: its type, and what the documentation says of it."""
    words = {"description": ". ".join(filter(None, (field.label, str(field.help_text))))}
    if isinstance(field, forms.BooleanField):
        return str | None, Field(None, json_schema_extra={"enum": list(_TICKED)}, **words)
    if isinstance(field, forms.ModelChoiceField):
        return str | None, Field(None, description=f"{field.label} ({_named_by(field)})")
    if isinstance(field, forms.DateField):
        return str | None, Field(None, json_schema_extra={"format": "date"}, **words)
    if isinstance(field, forms.ChoiceField):
        return str | None, Field(None, json_schema_extra={"enum": [value for value, _ in field.choices]}, **words)
    return str | None, Field(None, max_length=getattr(field, "max_length", None), **words)


def _named_by(field):
    return "identifiant" if field.to_field_name == "slug" else "code"


Filters = create_model(
    "Filtres",
    __base__=Schema,
    **{name: _parameter(field) for name, field in RegistryFilterForm.base_fields.items()},
)


def filters_of(request, today, *others):
    """The form of the registry, valid; a filter that makes no sense, or that does not exist, is refused.

    The page names such a filter and shows the rest; a program would take the answer for what it asked.
    """
    form = RegistryFilterForm(request.GET, today=today)
    faults = [
        {"parametre": name, "message": f"Ce paramètre n'existe pas. Paramètres admis : {', '.join(form.fields)}."}
        for name in request.GET
        if name not in form.fields and name not in others
    ]
    for name, field in form.fields.items():
        if isinstance(field, forms.BooleanField) and request.GET.get(name, "") not in _TICKED:
            faults.append({"parametre": name, "message": "Écrivez on, true ou false."})
        if isinstance(field, forms.DateField) and request.GET.get(name) == "":
            faults.append({"parametre": name, "message": "Écrivez un jour, comme 2026-03-10, ou ôtez ce paramètre."})
    for name, messages in form.errors.items():
        faults += [{"parametre": name, "message": message} for message in messages]
    if faults:
        raise Problem(400, "Paramètre refusé", faults)
    return form
