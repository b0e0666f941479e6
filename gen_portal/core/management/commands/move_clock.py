"""Move the portal's clock for a rehearsal; production settings refuse it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gen_portal.core import clock, phrases


class Command(BaseCommand):
    help = "Avance, recule, arrête ou remet à l'heure l'horloge du portail (répétitions seulement)."

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--days", type=float, help="décale l'horloge de tant de jours par rapport à l'heure réelle")
        group.add_argument("--freeze", help="arrête l'horloge à cet instant, heure de Paris : 2026-03-10T18:00")
        group.add_argument("--reset", action="store_true", help="remet l'horloge à l'heure")

    def handle(self, *args, **options):
        if not settings.CLOCK_IS_MOVABLE:
            raise CommandError("L'horloge ne se déplace pas quand HTTPS est actif.")
        if options["freeze"]:
            clock.freeze(_instant(options["freeze"]))
        else:
            clock.move(timedelta(days=options["days"] or 0))
        self.stdout.write(f"Le portail est maintenant au {phrases.instant(clock.now())} (heure de Paris).")


def _instant(text):
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"« {text} » n'est pas un instant. Écrivez-le ainsi : 2026-03-10T18:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=clock.PARIS)
