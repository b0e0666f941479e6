"""The documents of a dossier read in the page by its reviewer, and its PDF, or that of a pile, made in the background."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.models import Call
from applications.views.pieces import withheld
from gen_portal.core import access, clock, files, jobs, reading
from gen_portal.core.tasks import enqueue, run_job
from labelling.models import Assignment
from labelling.models.piles import references_to_merge
from labelling.pieces import piece_of
from labelling.policies import reviews as policies
from labelling.tasks import DOSSIER_PDF, PILE_PDF
from labelling.views.documents import filed_attachment


def review_reading(request, reference, pk):
    """Who: the reviewer of this dossier. Question: what does this document say? Leaves with: every page of it read."""
    application = _own_dossier(request.user, reference)
    row, attachment = filed_attachment(application, pk)
    context = {
        "application": application,
        "piece": piece_of(row, attachment.file),
        "files_prefix": reverse("review_page", args=[reference]) + "pieces/",
    }
    return render(request, "labelling/piece_page.html", context)


def review_reading_image(request, reference, pk, number):
    """Who: the reviewer of this dossier. Leaves with: the picture of one page; 404 when the document has no such page."""
    _, attachment = filed_attachment(_own_dossier(request.user, reference), pk)
    if sentence := files.why_withheld(attachment.file):
        return withheld(request, attachment.file, sentence)
    try:
        return files.image_response(reading.page_image(attachment.file, number), "image/webp")
    except LookupError as error:
        raise Http404 from error
    except reading.Unshowable as failure:
        return withheld(request, attachment.file, str(failure))


@require_POST
def review_merge(request, reference):
    """Asks for the dossier and its documents as one PDF, made in the background."""
    application = _own_dossier(request.user, reference)
    return _asked(
        request, DOSSIER_PDF, [reference], title=application.training.title, name=f"dossier-{application.reference}"
    )


@require_POST
def pile_merge(request, slug):
    """Asks for the dossiers of a call that one still has to review as one PDF, made in the background."""
    access.require(policies.can_review(request.user))
    references, rest = references_to_merge(request.user, slug)
    if not references:
        raise Http404
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    name = f"dossiers-{call.slug}-{access.today(request.user):%Y-%m-%d}"
    return _asked(request, PILE_PDF, references, title=f"Dossiers à évaluer : {call.title}", name=name, rest=rest)


def _asked(request, kind, references, **parameters):
    job = jobs.ask(kind, by=request.user, parameters={"references": references, **parameters})
    enqueue(run_job, job.pk)
    return redirect("job_page", job.reference)


def _own_dossier(user, reference):
    """A dossier that is the person's to review; whatever else exists under this reference is 404 to them."""
    places = Assignment.objects.visible_to(user).for_page()
    return get_object_or_404(places, application__reference=reference).application
