"""Repair: open the fabrique of every structure with a published label that has none."""

from django.core.management.base import BaseCommand

from fabriques.actions.publication import open_missing_fabriques


class Command(BaseCommand):
    help = "Ouvre les fabriques manquantes (sans effet s'il n'en manque aucune)."

    def handle(self, *args, **options):
        opened = open_missing_fabriques()
        for fabrique in opened:
            self.stdout.write(f"{fabrique} : /fabriques/{fabrique.slug}/")
        self.stdout.write(f"Fabriques ouvertes : {len(opened)}.")
