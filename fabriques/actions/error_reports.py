"""A mistake told by a reader of the registry."""

from django.db import transaction

from fabriques import messages
from fabriques.models import ErrorReport
from gen_portal.core import clock


@transaction.atomic
def report_error(label, *, text, name="", email=""):
    """Keep what is wrong on the page of a label, and tell who follows its dossier, without saying who told it."""
    now = clock.now()
    report = ErrorReport.objects.create(label=label, text=text, name=name, email=email, received_at=now)
    messages.tell_error(report, now)
    return report
