"""The progress points of the regions: filled by the State's regional services, asked for and read by staff."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from fabriques import policies
from fabriques.actions.progress import ask_for_progress
from fabriques.counting import counted_for
from fabriques.forms.progress import ProgressFilterForm, ProgressForm, ProgressRequestForm
from fabriques.models import ProgressPoint, ProgressRequest
from fabriques.periods import periods_of
from fabriques.transitions.progress import file_progress
from fabriques.views.campaigns import as_file
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused

PAGE_SIZE = 50
COLUMNS = (
    "Région",
    "Du",
    "Au",
    "À transmettre jusqu'au",
    "Transmis",
    "Labels en vigueur",
    "Fabriques",
    "Fabriques visées",
    "Personnes formées ou en formation",
    "Personnes visées",
    "Événements",
    "Difficultés",
    "Actions",
)


def progress_list(request):
    """Who: regional service, officer, director. Question: where do the regions stand? Leaves with: a point."""
    access.require(policies.can_follow_campaigns(request.user))
    form, points = _points(request)
    page = Paginator(points, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "today": clock.today(),
        "requests": ProgressRequest.objects.for_page() if policies.can_set_progress(request.user) else (),
        "may_set": policies.can_set_progress(request.user),
    }
    return render(request, "fabriques/progress_list.html", context)


def progress_export(request, kind):
    """The list with its filters, as a CSV or XLSX file."""
    access.require(policies.can_follow_campaigns(request.user))
    _, points = _points(request)
    rows = [cells_of(point) for point in points]
    return as_file(kind, f"avancement-{clock.today():%Y-%m-%d}", "Points d'avancement", COLUMNS, rows)


def progress_page(request, reference):
    """Who: regional service (staff read). Question: where does my region stand? Leaves with: a point filed."""
    point = get_object_or_404(ProgressPoint.objects.visible_to(request.user).for_page(), reference=reference)
    may_file = policies.can_file_progress(request.user, point)
    counted = counted_for(point)
    if request.method == "POST":
        access.require(may_file)
        form = ProgressForm(request.POST, instance=point, counted=counted)
        if form.is_valid() and _file(request, point, form, counted):
            return redirect("progress_page", reference)
    else:
        form = ProgressForm(instance=point, counted=counted, initial={} if point.filed_at else counted)
    can_correct = may_file and not ProgressPoint.objects.later_than(point).exists()
    shows_form = may_file and (point.filed_at is None or (can_correct and "corriger" in request.GET) or form.is_bound)
    context = {
        "point": point,
        "form": form if shows_form else None,
        "may_correct": can_correct,
        "earlier": ProgressPoint.objects.earlier_than(point).first(),
        "today": clock.today(),
    }
    return render(request, "fabriques/progress_page.html", context)


def progress_request(request, slug):
    """Who: officer. Question: until when do regions report on this call, aiming at what? Leaves with: it being set."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_set_progress(request.user))
    asked = ProgressRequest.objects.of_call(call)
    form = ProgressRequestForm(request.POST or None, initial=_initial(asked, call))
    if request.method == "POST" and form.is_valid() and _ask(request, call, form):
        return redirect("progress_list")
    periods = periods_of(asked.first_on, asked.last_on) if asked else ()
    return render(
        request, "fabriques/progress_request.html", {"call": call, "form": form, "asked": asked, "periods": periods}
    )


def _points(request):
    points = ProgressPoint.objects.visible_to(request.user)
    periods = [first for first, _ in points.periods()]
    form = ProgressFilterForm(request.GET, user=request.user, periods=periods)
    return form, form.matching(points, clock.today()).for_list()


def _file(request, point, form, counted):
    texts = {name: form.cleaned_data[name] for name in ("difficulties", "actions")}
    try:
        file_progress(point, by=request.user, figures=form.figures(), counted=counted, **texts)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Le point d'avancement est transmis. Merci : plus aucun rappel ne partira pour lui.")
    return True


def _ask(request, call, form):
    days = {name: form.cleaned_data[name] for name in ("first_on", "last_on")}
    try:
        ask_for_progress(call, by=request.user, targets=form.targets(), **days)
    except Refused as refusal:
        form.add_error("last_on", str(refusal))
        return False
    messages.success(
        request, "Les points d'avancement sont demandés : ils s'ouvriront seuls, à la fin de chaque période."
    )
    return True


def _initial(asked, call):
    if asked is None:
        return {"first_on": clock.day_of(call.opens_at).isoformat()}
    found = {"first_on": asked.first_on.isoformat(), "last_on": asked.last_on.isoformat()}
    for target in asked.targets.all():
        found[f"fabriques_{target.region_id}"] = target.fabrique_count
        found[f"personnes_{target.region_id}"] = target.people_count
    return found


def cells_of(point):
    """One point, in the order of `COLUMNS`."""
    return (
        point.region.name,
        point.starts_on,
        point.last_on,
        point.due_on,
        point.filed_at,
        point.label_count,
        point.fabrique_count,
        point.target_fabriques,
        point.people_count,
        point.target_people,
        point.event_count,
        point.difficulties,
        point.actions,
    )
