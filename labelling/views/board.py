"""The board of a call: its dossiers side by side, for those who run it."""

from dataclasses import asdict

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.models import Call
from gen_portal.core import access, clock, jobs
from gen_portal.core.tasks import enqueue, run_job
from labelling.board import Board, dossiers_for
from labelling.board_rows import rows_html
from labelling.forms.board import BoardFilterForm
from labelling.policies import reviews as policies
from labelling.policies.decisions import can_decide
from labelling.tasks import EXPORTS


def call_board(request, slug):
    """Who: officer, director, second signatory. Question: how do the dossiers compare? Leaves with: one to decide."""
    now = access.now(request.user)
    call = get_object_or_404(Call.objects.visible_to(request.user, now), slug=slug)
    access.require(policies.can_see_board(request.user))
    dossiers = dossiers_for(request.user, call)
    form = BoardFilterForm(request.GET, facets=dossiers.facets())
    board = Board(dossiers, form.asked(), clock.day_of(now), call)
    page = board.page(request.GET.get("page"), sort=request.GET.get("tri"), size=form.page_size)
    context = {
        "call": call, "form": form, "page_obj": page, "columns": form.columns,
        "rows": rows_html(page.object_list, form.columns, can_decide=can_decide(request.user)),
        "line": form.asked().line, "crossing_count": len(board.crossing),
    }  # fmt: skip
    return render(request, "labelling/call_board.html", context)


@require_POST
def board_export(request, slug):
    """Asks for the filtered board as a sheet (CSV unless told), or for its dossiers as an archive, made in the background."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_board(request.user))
    form = BoardFilterForm(request.GET, facets=dossiers_for(request.user, call).facets())
    format_ = request.POST.get("format", "csv")
    if format_ not in EXPORTS:
        raise Http404
    asked = {"slug": call.slug, "asked": asdict(form.asked()), "sort": request.GET.get("tri", ""), "format": format_}
    job = jobs.ask(EXPORTS[format_], by=request.user, parameters=asked)
    enqueue(run_job, job.pk)
    return redirect("job_page", job.reference)
