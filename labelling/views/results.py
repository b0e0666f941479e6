"""The outcome of a dossier, for its structure: from the instant of publication, never before."""

from django.shortcuts import get_list_or_404, render

from gen_portal.core import clock
from gen_portal.core.models import LegalBody
from gen_portal.core.snapshot import one_instant
from labelling.models import Decision


@one_instant()
def application_result(request, reference):
    """Who: the structure (and those who run the call). Question: what was decided, why, and what now? Leaves with: both.

    Without a published decision it answers exactly as for a dossier that does not exist.
    """
    decisions = get_list_or_404(Decision.objects.published().visible_to(request.user).of_dossier(reference).for_page())
    latest = decisions[0]
    context = {
        "decision": latest,
        "earlier": decisions[1:],
        "application": latest.application,
        "label": getattr(latest, "label", None),
        "legal_body": LegalBody.objects.in_force(clock.day_of(latest.published_at)).first(),
        "appeal_until_on": clock.add_months(clock.day_of(latest.published_at), 2),
        "today": clock.today(),
    }
    return render(request, "labelling/application_result.html", context)
