"""Everything `make run` needs before it starts, in one process: tables, then the demonstration if there is nobody yet."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prépare la base embarquée : migrations, table du cache, données de démonstration la première fois."

    def handle(self, *args, **options):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_demo", if_empty=True, stdout=self.stdout)
