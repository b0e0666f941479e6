"""The label line and the money line of a cut-off: the dossiers in order, moved one by one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.models import Call, CutOff
from gen_portal.core import access
from gen_portal.core.workflow import Refused
from labelling.actions import scenarios
from labelling.forms.lines import DrawForm, MoveForm, PlaceForm
from labelling.line_rows import gauges_of, rows_of
from labelling.line_words import told
from labelling.lines import adjusted_means, field_of, lines_of
from labelling.models import Scenario
from labelling.models.scenario import published_since
from labelling.policies import lines as policies
from labelling.policies.decisions import can_decide


def lines_page(request, slug, number):
    """Who: officer, director, second signatory, if they see every dossier. Question: who gets a label, who a grant, and what
    does that add up to? Leaves with: the two lines where they should be."""
    cut_off = asked_cut_off(request, slug, number)
    if request.method == "POST":
        access.require(policies.can_move_lines(request.user))
        attempt(request, _open_or_settle, cut_off, by=request.user)
        return redirect("lines_page", slug, number)
    context = {
        "call": cut_off.call, "cut_off": cut_off, "can_decide": can_decide(request.user), **_standing(request, cut_off)
    }  # fmt: skip
    scenario = Scenario.objects.working(cut_off)
    if scenario is None:
        return render(request, "labelling/lines_empty.html", context)
    lines = lines_of(scenario, field=field_of(cut_off, adjusted=adjusted_means(request.user, cut_off.call)))
    found = lines.portfolio
    context |= {
        "lines": lines, "rows": rows_of(lines), "gauges": gauges_of(lines), "label_line": found.label_line,
        "money_line": found.money_line,
    }  # fmt: skip
    return render(request, "labelling/lines_page.html", context)


@require_POST
def lines_move(request, slug, number):
    """Who: officer, director. A button of the table: one dossier before another. Leaves with: the order changed."""
    cut_off, scenario = _to_move(request, slug, number)
    form = MoveForm(request.POST)
    keys = {reference: key for key, reference in field_of(cut_off).references.items()}
    moved, before = form.cleaned_data["move"] if form.is_valid() else ("", "")
    if moved not in keys or (before and before not in keys):
        messages.error(request, "Ce dossier n'est plus dans ce relevé : la page est maintenant à jour.")
    elif attempt(request, scenarios.move_before, scenario, keys[moved], keys.get(before), by=request.user) is None:
        return redirect("lines_place", slug, number, moved)
    return redirect("lines_page", slug, number)


@require_POST
def lines_draw(request, slug, number):
    """Who: officer, director. Leaves with: one of the lines drawn under so many dossiers of the order as it stands."""
    _, scenario = _to_move(request, slug, number)
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Indiquez un nombre de dossiers, de zéro au nombre de dossiers du relevé.")
        return redirect("lines_page", slug, number)
    order = [candidate.key for candidate in lines_of(scenario).order]
    draws = {"labels": scenarios.draw_label_line, "grants": scenarios.draw_money_line}
    for name, draw in draws.items():
        if (count := form.cleaned_data[name]) is not None:
            attempt(request, draw, scenario, order[:count][-1] if order[:count] else None, by=request.user)
    return redirect("lines_page", slug, number)


def lines_place(request, slug, number, reference):
    """Who: officer, director (second signatory reads). Question: where does this dossier go? Leaves with: it there."""
    cut_off = asked_cut_off(request, slug, number)
    scenario = get_object_or_404(Scenario.objects.of_cut_off(cut_off), is_working=True)
    lines = lines_of(scenario)
    row = next((row for row in rows_of(lines) if row.dossier.reference == reference), None)
    if row is None:
        raise Http404
    others = [(c.key, _named(lines, n, c)) for n, c in enumerate(lines.order, start=1) if c.key != row.candidate.key]
    form = PlaceForm(request.POST or None, others=others, initial={"exception": row.exception})
    if request.method == "POST":
        access.require(policies.can_move_lines(request.user))
        if form.is_valid() and _placed(request, scenario, row.candidate.key, form):
            return redirect("lines_page", slug, number)
    context = {
        "call": cut_off.call, "cut_off": cut_off, "row": row, "form": form, "count": len(lines.order),
        **_standing(request, cut_off),
    }  # fmt: skip
    return render(request, "labelling/lines_place.html", context)


# --- Shared ---------------------------------------------------------------------------------------------------------


def asked_cut_off(request, slug, number):
    """The cut-off whose lines a person may read: all of them or none (decisions, 0093)."""
    call = get_object_or_404(Call.objects.visible_to(request.user, access.now(request.user)), slug=slug)
    access.require(policies.can_see_lines(request.user))
    if not policies.sees_whole_call(request.user, call):
        raise PermissionDenied(policies.KEPT_AWAY)
    return get_object_or_404(CutOff.objects.select_related("call__grant_rule"), call=call, number=number)


def attempt(request, act, *args, by):
    """Do one act and say exactly what it changed; None when it was refused, and why is said."""
    try:
        change = act(*args, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    say(request, change)
    return change


def say(request, change):
    """Exactly what an act changed: who crosses which line, the money, the targets."""
    references = {key: row.reference for key, row in change.rows.items()}
    messages.success(request, " ".join(told(change.before, change.after, references)))


def _standing(request, cut_off):
    """Since when the lines stay as they are, if they do, and whether this person may still move them."""
    since = published_since(cut_off)
    return {"published_since": since, "can_move": since is None and policies.can_move_lines(request.user)}


def _to_move(request, slug, number):
    cut_off = asked_cut_off(request, slug, number)
    access.require(policies.can_move_lines(request.user))
    return cut_off, get_object_or_404(Scenario.objects.of_cut_off(cut_off), is_working=True)


def _open_or_settle(cut_off, *, by):
    return scenarios.settle(scenarios.open_scenario(cut_off, by=by), by=by)


def _named(lines, position, candidate):
    row = lines.field.rows[candidate.key]
    return f"{position}. {row.reference}, {row.row_title} ({row.row_structure_name})"


def _placed(request, scenario, key, form):
    """Whether the dossier was placed; if not, why, beside the answer to correct."""
    before, text = form.cleaned_data["before"], form.cleaned_data["exception"]
    try:
        if before == PlaceForm.HERE:
            change = scenarios.write_exception(scenario, key, text, by=request.user)
        else:
            target = None if before == PlaceForm.LAST else int(before)
            change = scenarios.move_before(scenario, key, target, by=request.user, exception=text)
    except Refused as refusal:
        form.add_error("exception", str(refusal))
        return False
    say(request, change)
    return True
