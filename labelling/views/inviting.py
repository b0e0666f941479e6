"""Inviting reviewers and regional services, many at once: the list, what it would do, then the act."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gen_portal.core import access, spreadsheets
from gen_portal.core.workflow import Refused
from labelling.actions.inviting import invite
from labelling.forms.inviting import EXAMPLE, HEADERS, InvitationForm, Judge
from labelling.policies import reviews as policies


def people_template(request):
    """Who: officer. Leaves with: a workbook with the right columns and one line to follow."""
    access.require(policies.can_assign(request.user))
    answer = HttpResponse(spreadsheets.as_xlsx(HEADERS, [EXAMPLE]), content_type=spreadsheets.XLSX_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="instructeurs.xlsx"'
    return answer


def people_invite(request):
    """Who: officer. Question: what would this list do, line by line? Leaves with: everybody on it invited, or nobody."""
    access.require(policies.can_assign(request.user))
    form, verdict, status = InvitationForm(), None, 200
    if request.method == "POST":
        form = InvitationForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            verdict = Judge(form.sheet, access.today(request.user)).judge()
            if "inviter" in request.POST and not verdict.faults and _invited(request, form, verdict):
                return redirect("people_list")
            status = 422 if verdict.faults or form.errors else 200
    context = {
        "form": form, "verdict": verdict, "text": form.as_text if verdict else "", "columns": HEADERS.values()
    }  # fmt: skip
    return render(request, "labelling/people_invite.html", context, status=status)


def _invited(request, form, verdict):
    try:
        count = invite(verdict.guests, by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    said = {0: "Rien de nouveau : ces personnes étaient déjà invitées.", 1: "Une personne est invitée par courriel."}
    messages.success(request, said.get(count, f"{count} personnes sont invitées par courriel."))
    return True
