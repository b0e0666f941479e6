"""Close the portal for maintenance, or open it again: a file under FILES_ROOT, seen by every web process at once."""

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "« maintenance on » ferme le portail (page 503, la page de santé répond toujours) ; « off » le rouvre."

    def add_arguments(self, parser):
        parser.add_argument("state", choices=["on", "off"])

    def handle(self, *args, **options):
        marker = settings.FILES_ROOT / "maintenance"
        if options["state"] == "on":
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
            self.stdout.write("Le portail est fermé : chaque page répond qu'il revient bientôt.")
        else:
            marker.unlink(missing_ok=True)
            self.stdout.write("Le portail est ouvert.")
