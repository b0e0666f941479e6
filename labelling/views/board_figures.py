"""The figures of a board: how the marks are spread, who is severe, which regions are there."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from applications.models import Call
from gen_portal.core import access, clock, spreadsheets
from labelling.board import dossiers_for
from labelling.board_figures import figures_of
from labelling.forms.board_figures import BoardFiguresForm
from labelling.policies import reviews as policies


def board_figures(request, slug):
    """Who: officer, director, second signatory. Question: are the marks comparable, and is the country covered?
    Leaves with: a conviction before the committee, and a table to show."""
    call, form, figures = _asked(request, slug)
    context = {"call": call, "form": form, "figures": figures}
    return render(request, "labelling/board_figures.html", context)


def board_figures_export(request, slug, name):
    """Who: the same people. Leaves with: one table of the page as a CSV file."""
    call, form, figures = _asked(request, slug)
    table = figures.table(name)
    if table is None:
        raise Http404
    cut_off = f"-releve-{form.cut_off}" if form.cut_off else ""
    answer = HttpResponse(spreadsheets.as_csv(table.headers, table.rows), content_type=spreadsheets.CSV_TYPE)
    name = f"{table.key}-{call.slug}{cut_off}-{access.today(request.user):%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request, slug):
    """The call, the form, and the figures of the dossiers that this person may compare."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_board(request.user))
    dossiers = dossiers_for(request.user, call)
    form = BoardFiguresForm(request.GET, facets=dossiers.facets())
    return call, form, figures_of(call, dossiers, cut_off=form.cut_off)
