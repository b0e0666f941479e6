"""Check that the sealed minutes still say what the tables say; exits 1 and says where one does not."""

import sys

from django.core.management.base import BaseCommand

from labelling.invariants.meetings import broken_minutes
from labelling.models import Minutes


class Command(BaseCommand):
    help = (
        "Recalcule chaque procès-verbal scellé à partir des votes, présences et conclusions ; code 1 s'il en diffère."
    )

    def handle(self, *args, **options):
        sentences = list(broken_minutes())
        for sentence in sentences:
            self.stdout.write(sentence)
        if sentences:
            sys.exit(1)
        self.stdout.write(f"Procès-verbaux conformes à leur sceau : {Minutes.objects.count()}.")
