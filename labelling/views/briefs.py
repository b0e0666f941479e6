"""What the director reads before deciding, on paper: the brief of one dossier, those of a cut-off made in the background."""

from io import BytesIO

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from applications.models import Call
from gen_portal.core import access, clock, jobs, pdf
from gen_portal.core.tasks import enqueue, run_job
from labelling.briefs import brief_of, references_of
from labelling.forms.decisions import DocketFilterForm
from labelling.models.docket import current_cut_off, dossiers_to_decide
from labelling.policies import decisions as policies
from labelling.tasks import BRIEFS_PDF


def decision_brief(request, reference):
    """Who: those who run the call. Question: what do I need to decide on this dossier? Leaves with: one page of it."""
    application = get_object_or_404(dossiers_to_decide(request.user).for_page(), reference=reference)
    access.require(policies.can_see_decisions(request.user))
    content = brief_of(application, request.user, at=access.now(request.user))
    name = f"fiche-{application.reference}.pdf"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=pdf.MEDIA_TYPE)


@require_POST
def decision_briefs(request, slug):
    """Asks for the briefs of all the dossiers of a cut-off as one PDF, made in the background."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()).for_page(), slug=slug)
    access.require(policies.can_see_decisions(request.user))
    cut_off = DocketFilterForm(request.GET, timetable=call.timetable, current=current_cut_off(call)).cut_off
    references = references_of(cut_off, request.user) if cut_off else []
    if not references:
        raise Http404
    parameters = {
        "references": references, "title": f"Fiches de décision : {call.title}, {str(cut_off).lower()}",
        "name": f"fiches-{call.slug}-releve-{cut_off.number}",
    }  # fmt: skip
    job = jobs.ask(BRIEFS_PDF, by=request.user, parameters=parameters)
    enqueue(run_job, job.pk)
    return redirect("job_page", job.reference)
