"""The registry inside another site's page: the one page of the portal that may be framed, and how to frame it."""

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from fabriques.forms.registry import RegistryFilterForm
from fabriques.map_documents import known_version
from fabriques.opendata.answers import opened
from gen_portal.core import clock
from gen_portal.core.snapshot import one_instant

PAGE_SIZE = 20


@login_not_required
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@one_instant()
def embed_registry(request):
    """Who: a reader of another site. Question: which trainings are labelled here? Leaves with: a page of the portal.

    Nothing in it depends on who is signed in, and nothing in it acts: it may be framed by anybody.
    """
    form = RegistryFilterForm(request.GET, today=clock.today())
    page = Paginator(form.places().sorted_by(request.GET.get("tri", "")).for_page(), PAGE_SIZE)
    version = None if form.asked() else known_version(form.today)
    context = {
        "form": form,
        "page_obj": page.get_page(request.GET.get("page")),
        "moment": form.moment,
        "version": version,
    }
    return opened(render(request, "fabriques/embed_registry.html", context))


@login_not_required
def registry_embedding(request):
    """Who: who runs a site. Question: how do I show this map on it? Leaves with: the code to paste."""
    form = RegistryFilterForm(request.GET, today=clock.today())
    kept = QueryDict(mutable=True)
    for name in form.asked():
        kept[name] = request.GET[name]
    query = f"?{kept.urlencode()}" if kept else ""
    path = reverse("embed_registry") + query
    context = {"form": form, "path": path, "address": request.build_absolute_uri(path)}
    return render(request, "fabriques/registry_embedding.html", context)
