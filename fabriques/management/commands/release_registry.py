"""Publish a dated release of the registry; refused when many labels are gone, unless an officer confirms by name."""

from django.core.management.base import BaseCommand, CommandError

from fabriques import policies
from fabriques.actions.releases import release_registry
from gen_portal.core.models import User
from gen_portal.core.workflow import Refused


class Command(BaseCommand):
    help = "Publie les données ouvertes du registre : CSV, GeoJSON et schéma, avec leurs empreintes."

    def add_arguments(self, parser):
        parser.add_argument(
            "--confirmed-by",
            metavar="ADRESSE",
            help="chargé de mission ou directeur qui confirme une baisse du nombre de labels",
        )

    def handle(self, *args, **options):
        by = _person(options["confirmed_by"]) if options["confirmed_by"] else None
        try:
            release = release_registry(by=by, confirms_drop=by is not None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{release} : {release.label_count} labels, {release.place_count} lieux.")
        for file in release.files.order_by("pk"):
            self.stdout.write(f"{file.sha256}  {file.name}")


def _person(email):
    user = User.objects.filter(email__iexact=email).first()
    if user is None or not policies.can_release_registry(user):
        raise CommandError("Cette adresse n'est pas celle d'un chargé de mission ni du directeur.")
    return user
