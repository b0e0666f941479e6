"""The outcome of a dossier, for its structure: from the instant of publication, never before."""

from django.http import HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, render

from gen_portal.core import clock, pdf
from gen_portal.core.snapshot import one_instant
from labelling import letter_paper
from labelling.models import Decision, Letter
from labelling.results import result_of


@one_instant()
def application_result(request, reference):
    """Who: the structure (and those who run the call). Question: what was decided, why, and what now? Leaves with: all that.

    Without a published decision it answers exactly as for a dossier that does not exist.
    """
    decisions = get_list_or_404(_published(request.user, reference).for_page())
    latest = decisions[0]
    context = {
        "result": result_of(decisions, at=clock.now()),
        "decision": latest,
        "application": latest.application,
        "label": getattr(latest, "label", None),
        "today": clock.today(),
    }
    return render(request, "labelling/application_result.html", context)


def letter_pdf(request, reference, number):
    """Who: the structure, those who run the call. Leaves with: the letter as a tagged PDF, the same bytes each time."""
    letters = Letter.objects.of_published(_published(request.user, reference))
    letter = get_object_or_404(letters.numbered(number))
    answer = HttpResponse(letter_paper.document(letter), content_type=pdf.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="lettre-{letter.number}.pdf"'
    return answer


def _published(user, reference):
    return Decision.objects.published().visible_to(user).of_dossier(reference)
