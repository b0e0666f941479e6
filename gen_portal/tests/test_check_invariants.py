"""`manage.py check_invariants` prints what is broken and exits 1."""

import os

import pytest
from django.conf import settings
from django.core.management import call_command

from gen_portal.core import files
from gen_portal.core.models import JournalEntry, StoredFile
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import record

pytestmark = pytest.mark.django_db


def store(content=b"contenu"):
    return files.store(content, name="a.pdf", content_type="application/pdf", by=UserFactory())


def test_a_sound_portal(capsys):
    store()
    record(UserFactory(), "capacity.granted", by=None)
    call_command("check_invariants", "--files")
    assert capsys.readouterr().out == "Toutes les règles sont respectées.\n"


def test_every_broken_rule_is_printed(capsys):
    entry = record(UserFactory(), "capacity.granted", by=None)
    JournalEntry.objects.bulk_create(
        [JournalEntry(subject_type="core.user", subject_id=entry.subject_id, number=3, action="x", at=entry.at)]
    )
    lost, cut, kept = store(), store(), store()
    (settings.FILES_ROOT / lost.content.name).unlink()
    (settings.FILES_ROOT / cut.content.name).write_bytes(b"cont")
    with pytest.raises(SystemExit) as stopped:
        call_command("check_invariants")
    printed = capsys.readouterr()
    assert stopped.value.code == 1
    assert printed.out.splitlines() == [
        f"Journal de core.user {entry.subject_id}, entrée 3 : numéro 2 attendu.",
        f"Fichier {lost.pk} « a.pdf » : contenu introuvable.",
        f"Fichier {cut.pk} « a.pdf » : taille différente de celle enregistrée.",
    ]
    assert printed.err == "3 règle(s) rompue(s).\n"
    assert StoredFile.objects.filter(pk=kept.pk).exists()


def test_contents_are_read_again_when_asked(capsys):
    stored = store(b"contenu")
    (settings.FILES_ROOT / stored.content.name).write_bytes(b"CONTENU")
    call_command("check_invariants")
    with pytest.raises(SystemExit):
        call_command("check_invariants", "--files")
    assert f"Fichier {stored.pk} « a.pdf » : le contenu n'est plus celui qui a été reçu." in capsys.readouterr().out


def test_contents_that_no_row_knows_are_found_once_they_are_an_hour_old(capsys):
    left = settings.FILES_ROOT / "ab" / "abcdef"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"contenu")
    call_command("check_invariants", "--files")
    os.utime(left, (0, 0))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        call_command("check_invariants", "--files")
    assert capsys.readouterr().out == "Contenu ab/abcdef : aucune ligne ne le connaît ; supprimez-le.\n"
