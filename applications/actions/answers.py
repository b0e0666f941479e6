"""Writing answers of a dossier, each with its own version: two people never overwrite each other, no value is lost."""

from dataclasses import dataclass

from django.db import transaction

from applications.models import WRITABLE_STATES, AnswerVersion, Application
from applications.models.sections import SITES
from applications.models.versions import blank_value, column_value, fingerprint, json_value, stored_value
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock


@dataclass(frozen=True)
class Conflict:
    """An answer that somebody else changed meanwhile: its present value (JSON), who wrote it (None: nobody here), when.

    `version` is the fingerprint of that value: whoever answers "mine, rather than this one" sends it back.
    """

    name: str
    value: object
    by: object
    at: object

    @property
    def version(self):
        return fingerprint(self.value)


@dataclass(frozen=True)
class Saved:
    """The dossier as it is now, the names of the answers just stored, and those that wait for a choice."""

    application: Application
    names: tuple
    conflicts: tuple


@transaction.atomic
def save_answers(application, values, *, seen, by):
    """Store the answers that this writer changed: those of `values` that differ from the version they had before them.

    `seen` gives that version by name; an answer without one was not sent. What somebody else changed meanwhile stays as
    it is and comes back as a conflict; every other answer is stored. Refused once the dossier is filed.
    """
    application = lock(application, *WRITABLE_STATES)
    changed, disputed = {}, []
    for name in [name for name in values if name in seen]:
        mine, present = fingerprint(json_value(values[name])), fingerprint(stored_value(application, name))
        if mine in (seen[name], present):
            continue  # not changed here, or both wrote the same
        if present == seen[name]:
            changed[name] = values[name]
        else:
            disputed.append(name)
    if changed:
        write_answers(application, changed, by=by, at=clock.now())
    return Saved(application, tuple(changed), _conflicts(application, disputed))


def write_answers(application, values, *, by, at):
    """Store these answers of a locked dossier and add a version of each, in the caller's transaction."""
    before = {name: stored_value(application, name) for name in values}
    after = {name: json_value(value) for name, value in values.items()}
    for name, value in after.items():
        if name == SITES:
            application.sites.set(value)
        else:
            setattr(application, name, column_value(name, value))
    application.changed_at = at
    application.save(update_fields=[*(name for name in values if name != SITES), "changed_at"])
    _add_versions(application, before, after, by=by, at=at)


@transaction.atomic
def restore_answer(application, version, *, seen, by):
    """Give an answer an earlier value again, as a new version of it.

    Refused once the dossier is filed, and when the answer is no longer the one (`seen`) that the person compared it to.
    """
    application, name = lock(application, *WRITABLE_STATES), version.name
    if fingerprint(stored_value(application, name)) != seen:
        raise Refused(
            "Cette réponse vient d'être modifiée par une autre personne : relisez la liste avant de rétablir."
        )
    value = column_value(name, version.value)
    if name == SITES:
        value = list(application.training.structure.sites.filter(pk__in=value).order_by("pk"))
    write_answers(application, {name: value}, by=by, at=clock.now())
    return application


def _add_versions(application, before, after, *, by, at):
    """A row for each new value; one before it where the value it replaces is in no row yet (carried over, by nobody)."""
    last = {row.name: row for row in AnswerVersion.objects.latest(application, list(after)).order_by("name")}
    rows = []
    for name, value in after.items():
        row = last.get(name)
        number = row.number if row else 0
        is_known = before[name] == (row.value if row else blank_value(name))
        if not is_known:
            number += 1
            rows.append(_version(application, name, number, before[name], None, application.started_at))
        rows.append(_version(application, name, number + 1, value, by, at))
    AnswerVersion.objects.bulk_create(rows)


def _version(application, name, number, value, by, at):
    return AnswerVersion(application=application, name=name, number=number, value=value, by=by, at=at)


def _conflicts(application, names):
    if not names:
        return ()
    rows = {row.name: row for row in AnswerVersion.objects.latest(application, names).for_page().order_by("name")}
    return tuple(_conflict(name, stored_value(application, name), rows.get(name)) for name in names)


def _conflict(name, value, row):
    """Whose value it is, where its version says so."""
    is_theirs = row is not None and row.value == value
    return Conflict(name, value, row.by if is_theirs else None, row.at if is_theirs else None)
