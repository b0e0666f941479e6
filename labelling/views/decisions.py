"""Deciding: the dossiers of a cut-off step by step, and the decision on one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from applications.models.officers import active_officers
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused
from labelling.actions.decisions import DecisionRefused, prepare_decision
from labelling.decision_sheet import sheet_of
from labelling.docket import Line, money, step_counts
from labelling.forms.decisions import DecisionForm, DocketFilterForm
from labelling.models.docket import current_cut_off, docket, dossiers_to_decide
from labelling.policies import decisions as policies

PAGE_SIZE = 50


def decision_list(request, slug):
    """Who: officer, director, second signatory. Question: what is left to decide? Leaves with: the next dossier."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()).for_page(), slug=slug)
    access.require(policies.can_see_decisions(request.user))
    form = DocketFilterForm(request.GET, timetable=call.timetable, current=current_cut_off(call))
    if form.cut_off is None:
        return render(request, "labelling/decision_list_empty.html", {"call": call})
    dossiers = docket(form.cut_off).visible_to(request.user)
    tally = dossiers.tally()
    shown = dossiers.at_step(form.asked.get("etape")).mentioning(form.asked.get("texte", ""))
    page = Paginator(shown.sorted_by(request.GET.get("tri")).rows(), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = [Line(row) for row in page.object_list]
    context = {
        "call": call, "cut_off": form.cut_off, "form": form, "page_obj": page, "steps": step_counts(tally),
        "total_count": sum(count for count, _ in tally.values()), "money": money(call, tally),
        "can_decide": policies.can_decide(request.user), "can_sign": policies.can_sign(request.user),
        "can_countersign": policies.can_countersign(request.user), "can_delegate": policies.signing_roles(request.user),
    }  # fmt: skip
    return render(request, "labelling/decision_list.html", context)


def decision_edit(request, reference):
    """Who: director (others who run the call read). Question: what do we decide? Leaves with: a decision to sign."""
    application = get_object_or_404(dossiers_to_decide(request.user).for_page(), reference=reference)
    access.require(policies.can_see_decisions(request.user))
    sheet = sheet_of(application, request.user)
    form = _form_of(sheet, request.user, request.POST or None)
    if request.method == "POST":
        access.require(policies.can_decide(request.user))
        if form.is_valid() and _prepared(request, application, form):
            return redirect("decision_edit", reference)
    context = {
        "sheet": sheet, "application": application, "decision": sheet.decision, "form": form,
        "can_write": policies.can_write_decision(request.user, application, sheet.decision),
        "can_countersign": policies.can_countersign(request.user),
        "can_decide": policies.can_decide(request.user), "can_sign": policies.can_sign(request.user),
        "can_record_loss": policies.can_record_loss(request.user),
    }  # fmt: skip
    return render(request, "labelling/decision_edit.html", context)


def _form_of(sheet, user, typed):
    initial = DecisionForm.initial_of(sheet.decision, sheet.grid, sheet.conclusion)
    officers = active_officers(access.today(user))
    return DecisionForm(typed, limits=sheet.limits, officers=officers, grid=sheet.grid, initial=initial)


def _prepared(request, application, form):
    """Whether the decision was saved; if not, why, beside the answer to correct, and nothing typed is lost."""
    try:
        prepare_decision(application, by=request.user, **form.proposal())
    except DecisionRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "La décision est enregistrée. Elle n'engage rien tant qu'elle n'est pas signée.")
    return True
