"""Check what must always hold: chains of the journal, files, and the invariants of every floor; exits 1 if one is broken."""

import sys
from importlib import import_module
from importlib.util import find_spec

from django.core.management.base import BaseCommand

from gen_portal.core import clock, invariants

FLOORS = ("gen_portal.core", "applications", "labelling", "fabriques")


def broken():
    """Every broken invariant of every floor that names some, lowest floor first, one sentence each."""
    for floor in FLOORS:
        if find_spec(f"{floor}.invariants"):
            yield from import_module(f"{floor}.invariants").broken()


def _about_files(now):
    yield from invariants.changed_files()
    yield from invariants.orphan_objects(now)


class Command(BaseCommand):
    help = (
        "Vérifie les chaînes du journal, les fichiers et les règles de chaque étage ; code 1 si une règle est rompue."
    )

    def add_arguments(self, parser):
        words = "relit chaque fichier, compare son empreinte et cherche les contenus sans ligne"
        parser.add_argument("--files", action="store_true", help=words)

    def handle(self, *args, **options):
        count = 0
        for sentence in broken():
            count += self._tell(sentence)
        for sentence in _about_files(clock.now()) if options["files"] else ():
            count += self._tell(sentence)
        if count:
            self.stderr.write(f"{count} règle(s) rompue(s).")
            sys.exit(1)
        self.stdout.write("Toutes les règles sont respectées.")

    def _tell(self, sentence):
        self.stdout.write(sentence)
        return 1
