"""Give a capacity from the command line: how the first technical administrator of a new portal comes to be."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from gen_portal.core import capacities, clock
from gen_portal.core.models import Capacity, Ministry, Region, Role, User
from gen_portal.core.workflow import Refused


class Command(BaseCommand):
    help = "Donne une habilitation à une personne qui a un compte : grant_capacity adresse@exemple.fr technical_admin"

    def add_arguments(self, parser):
        parser.add_argument("email", help="adresse électronique du compte")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--ministry", help="code du ministère (instructeur, membre du comité)")
        parser.add_argument("--region", help="code de la région (service régional)")
        parser.add_argument(
            "--from", dest="from_on", type=date.fromisoformat, help="premier jour, AAAA-MM-JJ (aujourd'hui)"
        )
        parser.add_argument("--until", dest="until_on", type=date.fromisoformat, help="dernier jour, AAAA-MM-JJ")

    def handle(self, *args, **options):
        capacity = Capacity(
            user=_found(User, "Aucun compte", email__iexact=options["email"]),
            role=options["role"],
            ministry=_found(Ministry, "Aucun ministère", code=options["ministry"]),
            region=_found(Region, "Aucune région", code=options["region"]),
            from_on=options["from_on"] or clock.today(),
            until_on=options["until_on"],
        )
        try:
            capacity.full_clean()
            capacities.grant(
                capacity.user, role=capacity.role, ministry=capacity.ministry, region=capacity.region,
                from_on=capacity.from_on, until_on=capacity.until_on, by=None,
            )  # fmt: skip
        except (Refused, ValidationError) as refusal:
            sentences = getattr(refusal, "messages", [str(refusal)])
            raise CommandError(" ".join(sentences)) from refusal
        self.stdout.write(f"{capacity.user} : {capacity}.")


def _found(model, nothing, **lookup):
    """The row asked for, None when nothing was; refused when there is none."""
    (value,) = lookup.values()
    if value is None:
        return None
    row = model.objects.filter(**lookup).first()
    if row is None:
        raise CommandError(f"{nothing} « {value} ».")
    return row
