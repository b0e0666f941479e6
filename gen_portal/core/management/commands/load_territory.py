"""Load regions, departments and communes, with their time zones. Running it again corrects and adds, never removes."""

from django.core.management.base import BaseCommand, CommandError

from gen_portal.core import phrases
from gen_portal.core.geography import reader
from gen_portal.core.geography.loading import load


class Command(BaseCommand):
    help = "Charge les régions, les départements et les communes (sans effet s'ils y sont déjà)."

    def add_arguments(self, parser):
        parser.add_argument("--only", nargs="+", metavar="CODE", help="ne charger que les communes de ces codes INSEE")

    def handle(self, *args, only=None, **options):
        regions, departments, communes = reader.regions(), reader.departments(), reader.communes(only)
        if unknown := set(only or ()) - {commune.code for commune in communes}:
            raise CommandError(f"Aucune commune n'a pour code INSEE : {', '.join(sorted(unknown))}.")
        load(regions, departments, communes)
        counts = f"{_count(communes, 'commune')}, {_count(departments, 'département')}"
        self.stdout.write(f"Territoire chargé : {counts}, {len(regions)} régions et collectivités.")


def _count(rows, word):
    return f"{phrases.number(len(rows))} {word}{'s' if len(rows) > 1 else ''}"
