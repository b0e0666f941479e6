"""The officers' pages on which a call is written step by step, checked, and published."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications import defaults, readiness
from applications.actions import calls
from applications.forms.calls import (
    CreationForm,
    DocumentForm,
    DocumentRows,
    GeneralForm,
    GridNoteForm,
    GridRows,
    PresentationForm,
    RuleForm,
    StaffFilterForm,
)
from applications.forms.timetables import TimetableForm
from applications.models import Call, GrantRule
from applications.policies.calls import can_follow_calls, can_prepare_calls
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused

SAVED = "C'est enregistré."


def call_staff_list(request):
    """Who: officer, signatories. Question: where is each call? Leaves with: one to write, to follow or to judge."""
    access.require(can_follow_calls(request.user))
    now, form = clock.now(), StaffFilterForm(request.GET)
    shown = form.matching(Call.objects.visible_to(request.user, now).with_standing(now).with_filed_count())
    page = Paginator(shown.sorted_by(request.GET.get("tri", "")), 50).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "can_prepare": can_prepare_calls(request.user)}
    return render(request, "applications/call_staff_list.html", context)


def call_create(request):
    """Who: officer. Question: what is this call, for whom, from when? Leaves with: a draft, and its timetable to set."""
    access.require(can_prepare_calls(request.user))
    form = CreationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload, opens_at = form.cleaned_data["specification_file"], form.cleaned_data["opens_at"]
        call = calls.create_call(form.values(), opens_at=opens_at, specification=upload, by=request.user)
        messages.success(request, "L'appel est créé. Personne ne le voit avant sa publication.")
        return redirect("call_timetable_edit", slug=call.slug)
    return render(request, "applications/call_create.html", {"form": form})


def call_edit(request, slug):
    """Who: officer. Question: what does the call say of itself? Leaves with: its presentation, even once published."""
    access.require(can_prepare_calls(request.user))
    call = _find(request.user, slug)
    form_class = PresentationForm if call.published_at else GeneralForm
    form = form_class(request.POST or None, request.FILES or None, instance=call)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["specification_file"]
        if _tried(request, calls.change_call, call, form.values(), specification=upload):
            return redirect("call_edit" if call.published_at else "call_timetable_edit", slug=slug)
    return _step(request, "call_edit", slug, form=form)


def call_timetable_edit(request, slug):
    """Who: officer. Question: when may one apply, and when do results come? Leaves with: the cut-offs."""
    access.require(can_prepare_calls(request.user))
    call = _find(request.user, slug)
    form = TimetableForm(request.POST or None, call=call)
    if request.method == "POST" and form.is_valid():
        terms = {"opens_at": form.opens_at, "cut_offs": form.cut_offs(), **form.grace}
        if _tried(request, calls.set_timetable, call, **terms):
            return redirect("call_grid_edit", slug=slug)
    return _step(request, "call_timetable_edit", slug, form=form)


def call_grid_edit(request, slug):
    """Who: officer. Question: on what are dossiers marked, and with what weights? Leaves with: a grid of 100 %."""
    access.require(can_prepare_calls(request.user))
    call = _find(request.user, slug)
    criteria = list(call.criteria.values("code", "label", "weight_percent", "guidance", "section"))
    rows = GridRows(request.POST or None, initial=criteria or defaults.CRITERIA, prefix="criteres")
    note = GridNoteForm(request.POST or None, initial={"is_fictional": call.is_grid_fictional or not criteria})
    if request.method == "POST" and rows.is_valid() and note.is_valid():
        is_fictional = note.cleaned_data["is_fictional"]
        if _tried(request, calls.set_grid, call, rows.kept(), is_fictional=is_fictional):
            return redirect("call_rule_edit", slug=slug)
    return _step(request, "call_grid_edit", slug, rows=rows, note=note, is_proposed=not criteria)


def call_rule_edit(request, slug):
    """Who: officer. Question: how much money, and within what limits? Leaves with: the envelope and the grant rule."""
    access.require(can_prepare_calls(request.user))
    call = _find(request.user, slug)
    rule = GrantRule.objects.of_call(call)
    money = {"budget_euros": call.budget_euros or None, "label_months": call.label_months}
    form = RuleForm(request.POST or None, instance=rule, initial=money)
    if request.method == "POST" and form.is_valid():
        money = {name: form.cleaned_data[name] for name in money}
        if _tried(request, calls.set_rule, call, form.limits(), **money):
            return redirect("call_documents_edit", slug=slug)
    return _step(request, "call_rule_edit", slug, form=form)


def call_documents_edit(request, slug):
    """Who: officer. Question: what must applicants join? Leaves with: the list of documents."""
    access.require(can_prepare_calls(request.user))
    call = _find(request.user, slug)
    documents = list(call.required_documents.values(*DocumentForm.Meta.fields))
    rows = DocumentRows(request.POST or None, initial=documents or defaults.DOCUMENTS, prefix="pieces")
    if request.method == "POST" and rows.is_valid() and _tried(request, calls.set_documents, call, rows.kept()):
        return redirect("call_publish", slug=slug)
    return _step(request, "call_documents_edit", slug, rows=rows, is_proposed=not documents)


def call_publish(request, slug):
    """Who: officer; signatories read. Question: is everything there? Leaves with: the call published."""
    access.require(can_follow_calls(request.user))
    call = _find(request.user, slug)
    if request.method == "POST":
        access.require(can_prepare_calls(request.user))
        if _tried(request, calls.publish_call, call, said="L'appel est publié : tout le monde peut le lire."):
            return redirect("call_page", slug=slug)
    return _step(request, "call_publish", slug, checks=readiness.checks(call, at=clock.now()))


def _find(user, slug):
    now = clock.now()
    return get_object_or_404(Call.objects.visible_to(user, now).with_standing(now).for_reading(), slug=slug)


def _tried(request, action, *args, said=SAVED, **kwargs):
    """Do it and say so, or say why not: what was typed is then shown again."""
    try:
        action(*args, by=request.user, **kwargs)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, said)
    return True


def _step(request, url_name, slug, **context):
    """The page of one step; the call is read again, because a form may have put refused values in the first one."""
    call = _find(request.user, slug)
    steps = readiness.steps(call, at=clock.now())
    number = next(step.number for step in steps if step.url_name == url_name)
    context |= {
        "call": call,
        "steps": steps,
        "step": steps[number - 1],
        "next_title": steps[number].title if number < len(steps) else "",
        "can_prepare": can_prepare_calls(request.user),
    }
    return render(request, f"applications/{url_name}.html", context)
