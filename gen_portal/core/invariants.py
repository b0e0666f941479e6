"""What must always hold of the foundation: chains of the journal unbroken, sealed heads present, files intact.

Each function yields French sentences; none means sound. `manage.py check_invariants` runs those of every app.
"""

import hashlib
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Max

from gen_portal.core.models import JournalEntry, StoredFile

ORPHAN_SECONDS = 3600
SEAL_TYPE = "core.journalentry"  # the nightly seals are themselves a chain: entries about the journal


def broken():
    """Every broken invariant of the foundation, one sentence each."""
    yield from broken_chains()
    yield from broken_seals()
    yield from missing_files()


def broken_chains():
    """Entries missing, renumbered, changed, or chained to something else."""
    entries = JournalEntry.objects.order_by("subject_type", "subject_id", "number").iterator(chunk_size=2000)
    for (subject_type, subject_id), chain in groupby(entries, key=lambda e: (e.subject_type, e.subject_id)):
        if fault := _fault_in(chain):
            yield f"Journal de {subject_type} {subject_id}, {fault}."


def faults_of(subjects):
    """What breaks the journal of some subjects of one model, by their pk, in words; whole chains are not in it."""
    if not subjects:
        return {}
    label, keys = subjects[0]._meta.label_lower, [subject.pk for subject in subjects]
    entries = JournalEntry.objects.filter(subject_type=label, subject_id__in=keys).order_by("subject_id", "number")
    faults = {pk: _fault_in(chain) for pk, chain in groupby(entries, key=lambda entry: entry.subject_id)}
    return {pk: fault for pk, fault in faults.items() if fault}


def _fault_in(chain):
    previous = ""
    for number, entry in enumerate(chain, start=1):
        if reason := _fault(entry, number, previous):
            return f"entrée {entry.number} : {reason}"
        previous = entry.hash
    return ""


def _fault(entry, number, previous):
    if entry.number != number:
        return f"numéro {number} attendu"
    if entry.previous_hash != previous:
        return "chaînage rompu"
    if entry.hash != entry.computed_hash():
        return "contenu modifié"
    if entry.note and entry.note_digest != entry.computed_note_digest():
        return "note modifiée"
    return ""


def seal_note(until):
    """What a seal says: an instant, the last entry before it, and the digest of the heads up to there.

    The last entry is part of it because an act may be recorded later with an earlier instant.
    """
    last_pk = JournalEntry.objects.filter(at__lt=until).aggregate(last=Max("pk"))["last"] or 0
    return f"{until.isoformat()} {last_pk} {heads_digest(until, last_pk)}"


def heads_digest(until, last_pk):
    """SHA-256 over the last hash of every chain, seals excepted: a chain removed whole changes it."""
    heads = {}
    rows = JournalEntry.objects.filter(at__lt=until, pk__lte=last_pk).exclude(subject_type=SEAL_TYPE)
    columns = rows.order_by("number").values_list("subject_type", "subject_id", "hash")
    for subject_type, subject_id, digest in columns.iterator():
        heads[subject_type, subject_id] = digest
    lines = "\n".join(f"{kind} {pk} {digest}" for (kind, pk), digest in sorted(heads.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def broken_seals():
    """The latest seal was erased, or no longer matches the chains it sealed (one was removed, or added behind it)."""
    seal = JournalEntry.objects.filter(subject_type=SEAL_TYPE).order_by("-number").first()
    if seal is None:
        return
    try:
        until, last_pk, digest = seal.note.split(" ")
    except ValueError:
        yield f"Sceau du journal n° {seal.number} : effacé ou illisible."
        return
    if heads_digest(datetime.fromisoformat(until), int(last_pk)) != digest:
        yield f"Sceau du journal n° {seal.number} : les chaînes antérieures au {until} ne sont plus celles d'alors."


def missing_files():
    """Rows whose object is gone or whose size changed; contents are compared by `check_invariants --files`."""
    for stored in StoredFile.objects.order_by("pk").iterator():
        if not default_storage.exists(stored.content.name):
            yield f"Fichier {stored.pk} « {stored.name} » : contenu introuvable."
        elif default_storage.size(stored.content.name) != stored.size_bytes:
            yield f"Fichier {stored.pk} « {stored.name} » : taille différente de celle enregistrée."


def changed_files():
    """Files whose content is no longer the one received: every byte is read again (`check_invariants --files`)."""
    for stored in StoredFile.objects.order_by("pk").iterator():
        if not default_storage.exists(stored.content.name):
            continue
        with stored.content.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != stored.sha256:
                yield f"Fichier {stored.pk} « {stored.name} » : le contenu n'est plus celui qui a été reçu."


def orphan_objects(now):
    """Contents that no row knows, older than an hour: what a machine that stopped in the middle of an upload leaves."""
    root = Path(default_storage.location)
    for found in sorted(root.glob("[0-9a-f][0-9a-f]/*")):
        is_settled = now.timestamp() - found.stat().st_mtime > ORPHAN_SECONDS
        if is_settled and not StoredFile.objects.filter(content=found.relative_to(root).as_posix()).exists():
            yield f"Contenu {found.relative_to(root)} : aucune ligne ne le connaît ; supprimez-le."
