"""Releasing the registry as dated files: validated against the schema, compared with the last release, never changed."""

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass

from django.db import transaction

from fabriques.map_documents import as_json, compressed, geojson
from fabriques.models import JournalAction, RegistryRelease, ReleaseFile
from fabriques.models.registry import places_in_force
from fabriques.open_table import FILE_NAME, csv_of, faults, rows_of, table_schema
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, record

#: More labels gone than this share of the last release asks for a person's confirmation.
DROP_PERCENT = 5
_SHOWN_FAULTS = 5


@dataclass(frozen=True)
class Differences:
    """Labels since the last release, each told by its number, training and structure."""

    added: list
    removed: list
    changed: list
    earlier_count: int

    @property
    def is_a_drop(self):
        return len(self.removed) * 100 > self.earlier_count * DROP_PERCENT

    @property
    def told(self):
        """(words, labels) pairs, in the order of a page."""
        return (("Ajoutés", self.added), ("Retirés", self.removed), ("Modifiés", self.changed))

    @property
    def is_empty(self):
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Draft:
    """What would be released now; `seal` tells this content from any other."""

    table: bytes
    points: bytes
    label_count: int
    place_count: int
    differences: Differences
    last: RegistryRelease | None

    @property
    def seal(self):
        return hashlib.sha256(self.table).hexdigest()

    @property
    def is_new(self):
        return self.last is None or not self.differences.is_empty


def draft(today):
    """The release that would be made today. Refused when a row breaks the published schema."""
    places = places_in_force(today).order_by("pk")
    rows = rows_of(places)
    if broken := list(faults(rows))[:_SHOWN_FAULTS]:
        raise Refused(f"Les données ne respectent pas leur schéma : {' '.join(broken)}")
    table = csv_of(rows)
    last = RegistryRelease.objects.latest_first().first()
    labels = _labels_of(table)
    return Draft(
        table=table,
        points=geojson(places.for_map()),
        label_count=len(labels),
        place_count=len(rows),
        differences=_compared(_labels_of(_table_of(last)) if last else {}, labels),
        last=last,
    )


def _table_of(release):
    return gzip.decompress(release.files.get(name=FILE_NAME).content)


def _labels_of(table):
    """The rows of each label, as the file says them."""
    labels = {}
    for row in csv.DictReader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"):
        labels.setdefault(row["id_label"], []).append(row)
    return labels


def _compared(earlier, now):
    return Differences(
        added=_told(now, now.keys() - earlier.keys()),
        removed=_told(earlier, earlier.keys() - now.keys()),
        changed=_told(now, {key for key in now.keys() & earlier.keys() if now[key] != earlier[key]}),
        earlier_count=len(earlier),
    )


def _told(labels, keys):
    found = [(labels[key][0]["structure"], labels[key][0]["intitule_formation"], key) for key in keys]
    return [{"label": key, "formation": training, "structure": structure} for structure, training, key in sorted(found)]


@transaction.atomic
def release_registry(*, by, seen=None, confirms_drop=False):
    """Publish what the registry holds today as a new release; `seen`: the seal of what was previewed.

    Refused when nothing changed, when a row breaks the schema, and when many labels are gone (`DROP_PERCENT`) unless a
    person (`by`) confirms it.
    """
    RegistryRelease.objects.select_for_update(no_key=True).latest_first().first()  # one release at a time
    now = clock.now()
    made = draft(clock.day_of(now))
    _check(made, by, seen, confirms_drop)
    release = RegistryRelease.objects.create(
        number=made.last.number + 1 if made.last else 1,
        released_on=clock.day_of(now),
        released_at=now,
        released_by=by,
        label_count=made.label_count,
        place_count=made.place_count,
        added=made.differences.added,
        removed=made.differences.removed,
        changed=made.differences.changed,
    )
    ReleaseFile.objects.bulk_create(_files_of(release, made))
    record(release, JournalAction.REGISTRY_RELEASED, by=by, at=now, note=_counted(made.differences))
    return release


def _check(made, by, seen, confirms_drop):
    if seen is not None and seen != made.seal:
        raise Refused("Le registre a changé depuis cet aperçu : relisez ce qui serait publié.")
    if not made.is_new:
        raise Refused(f"Rien n'a changé depuis la publication {made.last.number}.")
    if made.last and made.differences.is_a_drop and not (by and confirms_drop):
        gone = len(made.differences.removed)
        words = "1 label de la dernière publication n'y est" if gone == 1 else f"{gone} labels n'y sont"
        raise Refused(f"{words} plus, sur {made.differences.earlier_count} : une personne doit le confirmer.")


def _files_of(release, made):
    contents = (
        (FILE_NAME, "text/csv; charset=utf-8", made.table),
        (FILE_NAME.replace(".csv", ".geojson"), "application/geo+json", made.points),
        (FILE_NAME.replace(".csv", ".schema.json"), "application/json", as_json(table_schema())),
    )
    return [
        ReleaseFile(
            release=release,
            name=name,
            content_type=content_type,
            size_bytes=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            content=compressed(body),
        )
        for name, content_type, body in contents
    ]


def _counted(differences):
    return ", ".join(f"{words.lower()} : {len(labels)}" for words, labels in differences.told)
