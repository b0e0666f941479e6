"""The public registry at several sizes: labels of the demonstration copied until there are so many places, and its faces."""

import time
from dataclasses import asdict

from django.db import connection
from django.urls import reverse

from applications.models import Site
from fabriques.map_documents import current_document
from fabriques.models.registry import places_in_force
from fabriques.opendata.paging import cursor_of
from gen_portal.bench import counting
from gen_portal.bench.targets import GZIP, Target
from gen_portal.core import clock
from gen_portal.core.models import Commune
from gen_portal.core.references import new_reference
from labelling.models import LabelSite

SITES_PER_LABEL = 1.3  # as the first call: 130 places of 100 labels


def main(step, count="0"):
    return {"fill": fill, "targets": targets}[step](int(count))


def fill(count):
    """So many places in force, each copied label with its own training, dossier, filing and decision; returns the counts."""
    sources = list(
        places_in_force(clock.today())
        .select_related("label__training", "label__decision__application", "label__submission", "site")
        .order_by("label", "pk")
    )
    first_of = list({place.label_id: place for place in sources}.values())
    communes = list(Commune.objects.exclude(latitude=None).order_by("pk"))
    missing, made = count - len(sources), []
    for number in range(round(missing / SITES_PER_LABEL)):
        made.append(_copied(first_of[number % len(first_of)], number))
    for index in range(len(made[0]) if made else 0):
        column = [row[index] for row in made]
        type(column[0]).objects.bulk_create(column, batch_size=500)
    labels = [row[-1] for row in made]
    _give_places(labels, first_of, communes, missing)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return {"places": places_in_force(clock.today()).count(), "labels": len(first_of) + len(labels)}


def _copied(place, number):
    """(training, dossier, filing, decision, label), each pointing at the one before; none is in the database yet."""
    source = place.label
    training = _anew(source.training, reference=new_reference(), title=f"{source.training.title} {number}")
    application = _anew(source.decision.application, reference=new_reference(), training=training)
    submission = _anew(
        source.submission, application=application, number=f"BENCH-{number}", idempotency_key=f"b{number}"
    )
    decision = _anew(source.decision, application=application)
    label = _anew(
        source, reference=new_reference(), training=training, decision=decision, submission=submission,
        title=f"{source.title} {number}",
    )  # fmt: skip
    return training, application, submission, decision, label


def _anew(row, **columns):
    fields = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(
        **{name: value for name, value in fields.items() if not {name, name.removesuffix("_id")} & set(columns)},
        **columns,
    )


def _give_places(labels, sources, communes, missing):
    """One site each, then a second for as many as it takes."""
    sites, places = [], []
    for number in range(max(missing, 0)):
        label, source = labels[number % len(labels)], sources[number % len(sources)]
        commune = communes[number * 37 % len(communes)]
        site = _anew(source.site, structure_id=label.training.structure_id, name=f"Lieu {number}")
        sites.append(site)
        where = {"name": site.name, "street": source.street, "postcode": "35000", "commune": commune}
        places.append(LabelSite(label=label, site=site, **where))
    Site.objects.bulk_create(sites, batch_size=500)
    LabelSite.objects.bulk_create(places, batch_size=500)


def targets(_):
    """Each face of the registry as a request, with what it costs the database; and the last page of the API."""
    begun = time.perf_counter()
    version = current_document(clock.today(), clock.now()).version
    built_ms = round(1000 * (time.perf_counter() - begun))
    last = _last_page()
    asked = [
        Target("registry", "Registre, 50 lieux", "registry"),
        Target("embed", "Carte intégrée, 20 lieux", "embed_registry"),
        Target("points", f"GeoJSON du jour, construit en {built_ms} ms", "registry_points", headers=GZIP),
        Target("version", "GeoJSON d'une version", "registry_points_version", [version], headers=GZIP),
        Target("columns", "Colonnes de la carte", "registry_columns_version", [version], headers=GZIP),
        Target("filtered", "Points d'une famille", "registry_points", query="?famille=dev", headers=GZIP),
        Target("csv", "CSV entier", "registry_csv", headers=GZIP),
        Target("api", "API, lieux, première page", "api_places"),
        Target("api_last", "API, lieux, dernière page", "api_places", query=last),
        Target("api_labels", "API, labels, première page", "api_labels"),
    ]
    found = []
    for target in asked:
        request = {**asdict(target), "path": reverse(target.name, args=target.args) + target.query}
        found.append({**request, **counting.count(request)})
    return found


def _last_page():
    """The query of the last fifty places."""
    keys = places_in_force(clock.today()).order_by("-pk").values_list("pk", flat=True)[50:51]
    return "".join(f"?curseur={cursor_of('l', key)}" for key in keys)
