"""Load the demonstration: fictitious structures in real towns, deterministic for a given day."""

from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from gen_portal.core import clock
from gen_portal.core.models import Commune, User
from gen_portal.demo.full_scale import APPLICATION_COUNT, FullScale
from gen_portal.demo.planner import let_the_planner_know
from gen_portal.demo.scenario import Scenario


class Command(BaseCommand):
    help = "Charge les données de démonstration (structures fictives, secrets publiés : refusé en production)."

    def add_arguments(self, parser):
        parser.add_argument("--today", type=date.fromisoformat, help="le jour de la démonstration, AAAA-MM-JJ")
        parser.add_argument("--if-empty", action="store_true", help="ne rien faire s'il existe déjà un compte")
        parser.add_argument(
            "--scale", choices=("demo", "full"), default="demo", help="full : 5 000 dossiers pour mesurer"
        )
        parser.add_argument(
            "--applications",
            type=int,
            default=APPLICATION_COUNT,
            help="avec --scale full : un autre nombre de dossiers",
        )

    def handle(self, *args, **options):
        if settings.HTTPS:
            raise CommandError("Ces données publient des mots de passe : elles sont refusées quand HTTPS est actif.")
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("La base contient déjà des comptes. Chargez la démonstration dans une base vide.")
        if not Commune.objects.exists():
            call_command("load_territory", stdout=self.stdout)
        with transaction.atomic():
            _take_the_time_it_takes()
            call_command("load_ministries", stdout=self.stdout)
            scenario = Scenario(options["today"] or clock.today(), self.stdout.write)
            scenario.load()
            if options["scale"] == "full":
                FullScale(scenario, options["applications"]).load()
            let_the_planner_know()


def _take_the_time_it_takes():
    """The limits of a web request do not hold here: thousands of rows are built between two statements."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL statement_timeout = 0")
