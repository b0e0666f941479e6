"""Entrusting a whole call by a file: today's places out, the same lines back, read before anything changes."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from gen_portal.core import access, clock, spreadsheets
from gen_portal.core.workflow import Refused
from labelling.forms.assignment_files import HEADERS, AssignmentFileForm, judge, rows_of
from labelling.models import ProposalAim
from labelling.policies import reviews as policies
from labelling.proposing import content_from
from labelling.transitions.proposals import keep_proposal, read_call
from labelling.views.assignment import REVIEW_TIME
from labelling.views.proposals import USUAL_LOAD

KINDS = {
    "csv": (spreadsheets.as_csv, spreadsheets.CSV_TYPE),
    "xlsx": (spreadsheets.as_xlsx, spreadsheets.XLSX_TYPE),
}


def assignment_export(request, slug, extension):
    """Who: officer. Leaves with: who reviews what in a call today, a line a place, to read or to fill in."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_share_out(request.user, call))
    if extension not in KINDS:
        raise Http404
    write, content_type = KINDS[extension]
    today = access.today(request.user)
    answer = HttpResponse(write(HEADERS, rows_of(call, request.user, today)), content_type=content_type)
    name = f"repartition-{call.slug}-{today:%Y-%m-%d}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def assignment_import(request, slug):
    """Who: officer. Question: what would my file change? Leaves with: a proposal that says just that, to apply or not."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_share_out(request.user, call))
    initial = {"due_on": access.today(request.user) + REVIEW_TIME, "max_load": USUAL_LOAD}
    form, verdict = AssignmentFileForm(request.POST or None, request.FILES or None, initial=initial), None
    if request.method == "POST" and form.is_valid():
        proposal, verdict = _proposed(request, call, form)
        if proposal is not None:
            return redirect("proposal_page", proposal.pk)
    context, status = {"call": call, "form": form, "verdict": verdict}, 422 if request.method == "POST" else 200
    return render(request, "labelling/assignment_import.html", context, status=status)


def _proposed(request, call, form):
    """The proposal of a file without fault, and the verdict on it; a refusal goes to the form."""
    limits = {name: form.cleaned_data[name] for name in ("due_on", "max_load")}
    try:
        reading = read_call(call, **limits)
    except Refused as refusal:
        form.add_error("due_on", str(refusal))
        return None, None
    verdict = judge(form.sheet, reading)
    if verdict.faults:
        return None, verdict
    content = content_from(reading, verdict.pairs)
    kept = keep_proposal(reading, content, max_load=limits["max_load"], aim=ProposalAim.FILE, by=request.user)
    return kept, verdict
