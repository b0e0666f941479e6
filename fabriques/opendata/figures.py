"""The public figures: the page of progress, each figure with its definition, source and list; and the same as a file."""

import io

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from fabriques import figure_sheet as sheet
from fabriques.figure_rows import COLUMNS, rows_of
from fabriques.forms.figures import PublicFiguresForm
from fabriques.opendata.answers import answer
from fabriques.opendata.tables import ABOUT
from fabriques.public_figures import figures_of
from fabriques.secrecy import Cut
from gen_portal.core import clock
from gen_portal.core.sheets import write_csv
from gen_portal.core.snapshot import one_instant


@login_not_required
@one_instant()
def public_figures(request):
    """Who: a journalist. Question: where does the programme stand, and may I check it? Leaves with: an address to cite."""
    form = PublicFiguresForm(request.GET, today=clock.today())
    found = figures_of(form.day)
    context = {
        "form": form,
        "found": found,
        "figures": sheet.headline_figures(found),
        "quarters": sheet.quarter_rows(found),
        "charts": sheet.quarter_charts(found),
        "cuts": [sheet.cut_of(found, cut) for cut in (Cut.REGION, Cut.CALL)],
        **ABOUT,
    }
    return render(request, "fabriques/public_figures.html", context)


@login_not_required
@one_instant()
def public_figures_csv(request):
    """Who: somebody who checks or draws them. The figures of a day, with what is hidden told as such."""
    day = PublicFiguresForm(request.GET, today=clock.today()).day
    out = io.BytesIO()
    write_csv(out, COLUMNS, rows_of(figures_of(day)))
    response = answer(request, out.getvalue(), "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="chiffres-{day:%Y-%m-%d}.csv"'
    return response
