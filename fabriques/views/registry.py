"""The public registry: the list and its map, the page of a fabrique, the check of one label."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import nearby, own_page
from fabriques.forms.registry import RegistryFilterForm
from fabriques.label_sheet import sheet_of
from fabriques.map_documents import known_version
from fabriques.models import Fabrique
from fabriques.models.registry import headline, public_labels
from fabriques.models.standing import history_of, standing_of, standings
from gen_portal.core import clock
from gen_portal.core.snapshot import one_instant

PAGE_SIZE = 50


@login_not_required
@one_instant()
def registry(request):
    """Who: anybody. Question: which trainings are labelled, and where? Leaves with: a fabrique's page."""
    form = RegistryFilterForm(request.GET, today=clock.today())
    if label := form.label():
        return redirect("label_page", label.reference)
    moment, places = form.moment, form.places()
    page = Paginator(places.sorted_by(request.GET.get("tri") or form.default_sort).for_page(), PAGE_SIZE)
    context = {
        "form": form,
        "page_obj": page.get_page(request.GET.get("page")),
        "meant": None if page.count else form.meant(),
        "headline": headline(moment.on, moment.known_before),
        "moment": moment,
        **places.counts(),
        "version": None if form.asked() else known_version(form.today),
        "over_count": form.labels_over().count() if form.is_about_another_day else None,
    }
    return render(request, "fabriques/registry_list.html", context)


@login_not_required
def commune_names(request):
    """Who: the field « près de » while one types. The communes that begin so, as one writes them there; no page."""
    found = nearby.communes_beginning(request.GET.get("q", ""))
    return JsonResponse({"communes": [str(commune) for commune in found]}, headers={"Cache-Control": "max-age=3600"})


@login_not_required
@one_instant()
def registry_over(request):
    """Who: a journalist. Question: which labels were over that day, and why? Leaves with: each with its reason."""
    form = RegistryFilterForm(request.GET, today=clock.today())
    moment = form.moment
    page = Paginator(form.labels_over(), PAGE_SIZE).get_page(request.GET.get("page"))
    standings = [standing_of(label, moment.on, moment.known_before) for label in page.object_list]
    context = {"form": form, "page_obj": page, "standings": standings, "moment": moment}
    return render(request, "fabriques/registry_over.html", context)


@login_not_required
@one_instant()
def fabrique_page(request, slug):
    """Who: anybody. Question: what does this fabrique teach, and are its labels in force? Leaves with: its website."""
    fabrique, today = get_object_or_404(Fabrique.objects.public().for_page().with_own_page(), slug=slug), clock.today()
    labels = standings(public_labels().of(fabrique).with_sessions().for_page(), today)
    shown = own_page.shown_of(fabrique)
    context = {
        "fabrique": fabrique,
        "standings": labels,
        "shown": shown,
        "sessions": own_page.sessions_of(labels, fabrique.page.current.content if shown else None, today),
    }
    return render(request, "fabriques/fabrique_page.html", context)


@login_not_required
@one_instant()
def label_page(request, reference):
    """Who: a learner, or somebody shown a label's number. Question: is it in force today, what is taught, how does one
    apply? Leaves with: the answers, dated."""
    label = get_object_or_404(public_labels().numbered(reference).for_page().with_filing())
    if label.reference != reference:
        return redirect("label_page", label.reference)
    today = clock.today()
    standing = standing_of(label, today)
    context = {
        "standing": standing,
        "today": today,
        "sheet": sheet_of(label, today),
        "history": history_of(standing, today),
        "others": standings(public_labels().of_training(label).prefetch_related("events"), today),
    }
    return render(request, "fabriques/label_page.html", context)


@login_not_required
def registry_place(request, pk):
    """Who: somebody who opens a point of the map. Leaves with: the page of the label given there, or of its fabrique."""
    label = get_object_or_404(public_labels().covering(pk).for_page())
    if request.GET.get("vers") == "fabrique":
        return redirect("fabrique_page", label.training.structure.fabrique.slug)
    return redirect("label_page", label.reference)
