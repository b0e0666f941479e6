"""Scenarios of a cut-off: copies under a name, two of them side by side, and the choice the portal suggests."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from gen_portal.core import access
from gen_portal.core.workflow import Refused
from labelling import suggesting
from labelling.actions import scenarios
from labelling.forms.lines import CompareForm, CopyForm, RestoreForm, SuggestionForm
from labelling.line_rows import Compared
from labelling.lines import adjusted_means, field_of, lines_of
from labelling.models import Scenario
from labelling.models.scenario import published_since
from labelling.policies import lines as policies
from labelling.portfolio import WOMEN_GOAL_PERCENT
from labelling.suggestion import MOST_DOSSIERS, TooLong
from labelling.views.lines import asked_cut_off, say


def scenario_list(request, slug, number):
    """Who: officer, director (second signatory reads). Question: what would each way of drawing the lines cost and bring?
    Leaves with: two scenarios compared, or the working one kept under a name."""
    cut_off = asked_cut_off(request, slug, number)
    kept = list(Scenario.objects.of_cut_off(cut_off).for_page())
    form = CopyForm(request.POST or None)
    if request.method == "POST":
        access.require(policies.can_move_lines(request.user))
        working = get_object_or_404(Scenario.objects.of_cut_off(cut_off), is_working=True)
        if form.is_valid() and _copied(request, working, form):
            return redirect("scenario_list", slug, number)
    asked = CompareForm(request.GET, scenarios=kept)
    context = {
        "call": cut_off.call, "cut_off": cut_off, "scenarios": kept, "form": form, "asked": asked,
        "compared": _compared(cut_off, kept, *asked.chosen()), "can_move": policies.can_move_lines(request.user),
        "published_since": published_since(cut_off),
    }  # fmt: skip
    return render(request, "labelling/scenario_list.html", context)


def scenario_restore(request, slug, number, pk):
    """Who: officer, director. Question: shall this copy become the lines? Leaves with: it done, the former ones kept."""
    copy = _copy_to_change(request, slug, number, pk)
    cut_off = copy.cut_off
    form = RestoreForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = scenarios.restore(copy, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("exception", str(refusal))
        else:
            say(request, change)
            return redirect("lines_page", slug, number)
    context = {"call": cut_off.call, "cut_off": cut_off, "copy": copy, "form": form}
    return render(request, "labelling/scenario_restore.html", context)


def scenario_rename(request, slug, number, pk):
    """Who: officer, director. Question: under which name is this copy kept? Leaves with: its new name."""
    copy = _copy_to_change(request, slug, number, pk)
    form = CopyForm(request.POST or None, initial={"name": copy.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = scenarios.rename(copy, form.cleaned_data["name"], by=request.user)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"Le scénario « {copy} » s'appelle maintenant « {renamed} ».")
            return redirect("scenario_list", slug, number)
    context = {"call": copy.cut_off.call, "cut_off": copy.cut_off, "copy": copy, "form": form}
    return render(request, "labelling/scenario_rename.html", context)


def scenario_remove(request, slug, number, pk):
    """Who: officer, director. Question: is this copy of no more use? Leaves with: it gone, its name in the journal."""
    copy = _copy_to_change(request, slug, number, pk)
    if request.method == "POST":
        try:
            scenarios.remove(copy, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Le scénario « {copy} » est retiré. Le journal garde son nom.")
        return redirect("scenario_list", slug, number)
    context = {"call": copy.cut_off.call, "cut_off": copy.cut_off, "copy": copy}
    return render(request, "labelling/scenario_remove.html", context)


def lines_suggest(request, slug, number):
    """Who: officer, director. Question: which labels are worth the most? Leaves with: a scenario to compare."""
    cut_off = asked_cut_off(request, slug, number)
    access.require(policies.can_move_lines(request.user))
    field = field_of(cut_off, adjusted=adjusted_means(request.user, cut_off.call))
    working, count = Scenario.objects.working(cut_off), len(field.candidates)
    initial = {
        "max_labels": (working and working.label_line) or max(1, count // 2), "women_percent": WOMEN_GOAL_PERCENT,
        "name": "Suggestion", "every_region": True,
    }  # fmt: skip
    form = SuggestionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and (kept := _suggested(request, cut_off, field, form)):
        other = working.pk if working else ""
        return redirect(f"{reverse('scenario_list', args=[slug, number])}?a={other}&b={kept.pk}")
    context = {"call": cut_off.call, "cut_off": cut_off, "form": form, "count": count, "most": MOST_DOSSIERS}
    return render(request, "labelling/lines_suggest.html", context)


def _copy_to_change(request, slug, number, pk):
    cut_off = asked_cut_off(request, slug, number)
    access.require(policies.can_move_lines(request.user))
    return get_object_or_404(Scenario.objects.of_cut_off(cut_off).for_page(), pk=pk, is_working=False)


def _copied(request, working, form):
    try:
        copy = scenarios.save_copy(working, form.cleaned_data["name"], by=request.user)
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return False
    messages.success(request, f"Les lignes sont gardées sous le nom « {copy} ». Cette copie ne changera plus.")
    return True


def _compared(cut_off, kept, first, second):
    found = {each.pk: each for each in kept}
    if first is None or second is None or first == second:
        return None
    field = field_of(cut_off)
    return Compared(lines_of(found[first], field=field), lines_of(found[second], field=field))


def _suggested(request, cut_off, field, form):
    """The scenario made of the suggestion; None when there is none, and the form says why."""
    asked = dict(form.cleaned_data)
    name = asked.pop("name")
    if not 0 < len(field.candidates) <= MOST_DOSSIERS:
        sentence = (
            f"Une suggestion se calcule pour un à {MOST_DOSSIERS} dossiers : ce relevé en a {len(field.candidates)}."
        )
        form.add_error(None, sentence)
        return None
    try:
        found = suggesting.ask(field, suggesting.minima_of(field, **asked))
        if found.choice is None:
            form.add_error(None, found.blocking_sentence)
            return None
        return scenarios.keep_suggestion(
            cut_off, name, found.order, label_line=len(found.choice.labelled), money_line=len(found.choice.funded),
            notes=found.notes, by=request.user,
        )  # fmt: skip
    except TooLong:
        form.add_error(None, "Le calcul n'a rien trouvé dans le temps imparti : demandez moins de minima à la fois.")
    except Refused as refusal:
        form.add_error("name", str(refusal))
    return None
