"""The staff map: what the public list and map cannot tell, layer by layer, for those who follow the campaigns."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from fabriques import policies
from fabriques.forms.layers import LayerFilterForm
from fabriques.layers.points import PAGE_SIZE, features_of
from fabriques.views.campaigns import as_file
from gen_portal.core import access
from gen_portal.core.snapshot import one_instant


@one_instant()
def staff_map(request):
    """Who: officer, director, regional service. Question: where is something missing, late or ending? Leaves with: the
    list, as a file or as a mail."""
    form, found = _found(request)
    page = Paginator(found.lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "layer": form.layer,
        "found": found,
        "count": len(found.lines),
        "counted": form.layer.counted(len(found.lines)),
        "page_obj": page,
        "rows": [(line, found.cells_of(line)) for line in page.object_list],
        "may_write": form.layer.wording is not None and policies.can_write_to_structures(request.user),
    }
    return render(request, "fabriques/staff_map.html", context)


@one_instant()
def staff_map_points(request):
    """Who: our own map. The lines of the page for the same filters, as GeoJSON; nobody else's cache keeps them."""
    form, found = _found(request)
    kept = request.GET.copy()
    kept.pop("page", None)

    def page_path(number):
        return f"{reverse('staff_map')}?{urlencode([*kept.items(), ('page', number)])}"

    features = features_of(form.layer, found, page_path, tells_pressing=form.tells_pressing)
    answer = JsonResponse(features, content_type="application/geo+json")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@one_instant()
def staff_map_export(request, kind):
    """The whole list of a layer, with its filters, as a CSV or XLSX file."""
    form, found = _found(request)
    today = access.today(request.user)
    return as_file(kind, f"carte-{form.layer.code}-{today:%Y-%m-%d}", form.layer.title, found.headings, found.rows())


def _found(request):
    """The filters, and what their layer answers to this person."""
    access.require(policies.can_follow_campaigns(request.user))
    form = LayerFilterForm(request.GET, user=request.user, today=access.today(request.user))
    access.require(form.layer in form.layers)
    return form, form.layer.answer(form.asked_of_layer())
