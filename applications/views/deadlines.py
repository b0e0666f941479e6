"""Moving deadlines: time given to one structure, and closings moved for everybody after an incident signed by two people."""

import csv
from io import StringIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from applications.actions import deadlines
from applications.forms.deadlines import ExtensionForm, IncidentForm
from applications.models import Call, Extension, Incident, Submission
from applications.policies import calls as policies
from gen_portal.core import access, clock
from gen_portal.core.posted import accepts
from gen_portal.core.text import csv_cell
from gen_portal.core.workflow import Refused


def call_deadlines(request, slug):
    """Who: those who run the call. Question: who has until when, and who used it? Leaves with: a delay given, or proposed."""
    call = _find(request, slug)
    context = {
        "call": call,
        "extensions": Extension.objects.of_call(call).for_page(),
        "incidents": Incident.objects.of_call(call).for_page(),
        "late_filings": Submission.objects.in_cut_offs_of(call).beyond_the_closing(),
        "may_sign": policies.may_sign_incidents(request.user),
    }
    return render(request, "applications/call_deadlines.html", context)


def deadline_report(request, slug):
    """Leaves with: who filed beyond the closing, by what right, as CSV."""
    call, content = _find(request, slug), StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Dépôt", "Structure", "Formation", "Relevé", "Instant (UTC)", "Au titre de", "Fin du délai (UTC)"])
    for filing in Submission.objects.in_cut_offs_of(call).beyond_the_closing():
        training, ends_at = filing.application.training, filing.term_ends_at
        cells = (
            *(filing.number, training.structure.name, training.title, str(filing.cut_off), filing.filed_at.isoformat()),
            *(filing.get_basis_display(), ends_at.isoformat() if ends_at else ""),
        )
        writer.writerow([csv_cell(cell) for cell in cells])
    answer = HttpResponse(content.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="delais-{call.slug}.csv"'
    return answer


def extension_create(request, slug):
    """Who: those who run the call. Question: more time for whom, until when, why? Leaves with: the structure told."""
    call = _find(request, slug)
    form = ExtensionForm(request.POST or None, call=call)
    if request.method == "POST" and form.is_valid():
        access.require(policies.can_extend(request.user, form.cleaned_data["structure"]))
        if _tried(
            request, form, deadlines.grant_extension, "Le délai est accordé, et la structure prévenue par courriel."
        ):
            return redirect("call_deadlines", slug)
    return render(request, "applications/extension_create.html", {"call": call, "form": form})


def incident_create(request, slug):
    """Who: those who run the call. Question: what failed, until when may all file? Leaves with: a proposal to be signed."""
    call = _find(request, slug)
    form = IncidentForm(request.POST or None, call=call)
    said = "Le report est proposé. Il n'a aucun effet tant qu'une autre personne ne l'a pas signé."
    if request.method == "POST" and form.is_valid() and _tried(request, form, deadlines.propose_incident, said):
        return redirect("call_deadlines", slug)
    return render(request, "applications/incident_create.html", {"call": call, "form": form})


def incident_sign(request, reference):
    """Who: a signatory who did not propose it. Question: do I agree, knowing all it moves? Leaves with: it is in force."""
    access.require(policies.may_sign_incidents(request.user))
    incident = get_object_or_404(Incident.objects.for_page(), reference=reference)
    access.require(policies.can_sign_incident(request.user, incident))
    if not access.has_fresh_second_factor(request):
        return redirect(access.second_factor_url(request.path))
    if request.method == "POST":
        said = "Le report est signé : la nouvelle clôture est en vigueur et les candidats sont prévenus."
        return _settled(request, incident, deadlines.sign_incident, said)
    moves = deadlines.moves_of(incident) if incident.state == "proposed" else list(incident.milestones.all())
    context = {"incident": incident, "call": incident.cut_off.call, "moves": moves}
    return render(request, "applications/incident_sign.html", context)


def incident_drop(request, reference):
    """Who: those who run the call. Question: give this proposal up? Leaves with: nothing has changed."""
    access.require(policies.can_move_deadlines(request.user))
    incident = get_object_or_404(Incident.objects.for_page(), reference=reference)
    if request.method == "POST":
        return _settled(request, incident, deadlines.drop_incident, "Le report est abandonné : rien n'a changé.")
    return render(request, "applications/incident_drop.html", {"incident": incident, "call": incident.cut_off.call})


def _settled(request, incident, action, said):
    try:
        action(incident, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("call_deadlines", incident.cut_off.call.slug)


def _tried(request, form, action, said):
    """Do it and say so; a refusal is shown in the form, with all that was typed."""
    is_done = accepts(form, action, **form.values(), by=request.user)
    if is_done:
        messages.success(request, said)
    return is_done


def _find(request, slug):
    access.require(policies.can_move_deadlines(request.user))
    now = clock.now()
    return get_object_or_404(Call.objects.published(now).with_standing(now).for_reading(), slug=slug)
