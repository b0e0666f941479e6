"""Who of the team follows the dossiers of a call."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.actions import officers
from applications.forms.officers import OfficerForm, OfficersForm
from applications.models import Application, Call, DossierOfficer
from applications.models.officers import active_officers, following_of
from applications.policies import dossiers as policies
from applications.policies.calls import can_prepare_calls
from gen_portal.core import access, clock
from gen_portal.core.models import Region
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused


def officers_edit(request, slug):
    """Who: officer. Question: who follows which region in this call? Leaves with: a name for every dossier."""
    access.require(can_prepare_calls(request.user))
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    held = {row.region_id: row for row in DossierOfficer.objects.of_regions(call)}
    people = active_officers(access.today(request.user))
    form = OfficersForm(request.POST or None, regions=Region.objects.all(), held=held, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            count = officers.set_officers(call, form.wanted(), seen=form.seen(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C'est enregistré." if count else "Aucun changement.")
            return redirect("officers_edit", slug)
    return render(request, "applications/officers_edit.html", {"call": call, "form": form})


def officer_edit(request, reference):
    """Who: officer. Question: who follows this dossier? Leaves with: somebody else than for its region, or not."""
    access.require(policies.can_run_calls(request.user))
    found = Application.objects.filed().open_to(request.user).for_writing()
    application = get_object_or_404(found, reference=reference)
    access.require(policies.can_judge_admissibility(request.user, application))
    own = DossierOfficer.objects.of_dossier(application)
    initial = {"officer": own.officer_id, "substitute": own.substitute_id} if own else {}
    people = active_officers(access.today(request.user))
    form = OfficerForm(request.POST or None, people=people, initial=initial)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, officers.set_officer, application, by=request.user, **form.cleaned_data):
        messages.success(request, "C'est enregistré.")
        return redirect("admissibility_page", reference)
    following = following_of(application, access.today(request.user))
    context = {"application": application, "form": form, "following": following}
    return render(request, "applications/officer_edit.html", context)
