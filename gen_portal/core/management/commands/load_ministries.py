"""Load the four ministries that carried the programme in 2016 (domain facts: the four portfolios of September 2016)."""

from datetime import date

from django.core.management.base import BaseCommand

from gen_portal.core.models import Ministry

MINISTRIES = (
    ("numerique", "Ministère de l'Économie, de l'Industrie et du Numérique", "Numérique"),
    ("emploi", "Ministère du Travail, de l'Emploi et de la Formation professionnelle", "Emploi et formation"),
    ("education", "Ministère de l'Éducation nationale et de l'Enseignement supérieur", "Éducation"),
    ("ville", "Ministère de la Ville, de la Jeunesse et des Sports", "Ville et jeunesse"),
)


class Command(BaseCommand):
    help = "Charge les quatre ministères du programme (sans effet s'ils y sont déjà)."

    def handle(self, *args, **options):
        for position, (code, name, short_name) in enumerate(MINISTRIES, start=1):
            Ministry.objects.update_or_create(
                code=code,
                defaults={
                    "name": name,
                    "short_name": short_name,
                    "from_on": date(2015, 9, 17),
                    "position": position,
                },
            )
        self.stdout.write(f"{len(MINISTRIES)} ministères chargés.")
