"""The directory among fabriques (mise en réseau): it does not exist for anybody else."""

import csv

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from fabriques import policies
from fabriques.directory import COLUMNS, cells_of, entry_of
from fabriques.forms.network import DirectoryFilterForm
from gen_portal.core import access
from gen_portal.core.text import csv_cell

_PAGE_SIZE = 30


def network_list(request):
    """Who: members of the fabriques of the day, those who run the calls. Question: who teaches, offers or seeks what?
    Leaves with: somebody to write to."""
    today = _require_reader(request)
    form = DirectoryFilterForm(request.GET)
    page = Paginator(form.fabriques(today).for_directory(today), _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "entries": [entry_of(fabrique) for fabrique in page.object_list],
        "own": policies.fabriques_written_by(request.user, today),
        "can_export": policies.can_export_network(request.user),
    }
    return render(request, "fabriques/network_list.html", context)


def network_export(request):
    """Who: officer, director. Leaves with: the directory as filtered, in CSV."""
    today = _require_reader(request)
    access.require(policies.can_export_network(request.user))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="annuaire-des-fabriques-{today}.csv"'
    response.headers["Cache-Control"] = "no-store, private"
    rows = csv.writer(response, delimiter=";")
    rows.writerow(COLUMNS)
    for fabrique in DirectoryFilterForm(request.GET).fabriques(today).for_directory(today):
        rows.writerow([csv_cell(cell) for cell in cells_of(entry_of(fabrique))])
    return response


def _require_reader(request):
    """The day, for who may read the directory; it does not exist for anybody else."""
    today = access.today(request.user)
    if not policies.can_read_network(request.user, today):
        raise Http404
    return today
