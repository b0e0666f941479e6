"""Delegating one's signature, and taking it back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from gen_portal.core import access
from gen_portal.core.models import User
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused
from labelling.forms.deciding_many import DelegationForm
from labelling.models import CALL_ROLES, SignatureDelegation
from labelling.policies import decisions as policies
from labelling.transitions.delegations import delegate_signature, take_back


def delegation_list(request):
    """Who: director, second signatory. Question: who signs in my name, until when? Leaves with: a delegation given."""
    roles = policies.signing_roles(request.user)
    access.require(roles)
    today = access.today(request.user)
    people = User.objects.in_capacity(*CALL_ROLES, today=today).by_name().exclude_person(request.user)
    form = DelegationForm(request.POST or None, people=people, roles=roles, initial={"from_on": today})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, delegate_signature, by=request.user, **form.cleaned_data):
        messages.success(request, f"{form.cleaned_data['delegate']} peut signer en votre nom.")
        return redirect("delegation_list")
    given = SignatureDelegation.objects.given_by(request.user)
    lines = [(delegation, delegation.standing(today)) for delegation in given]
    return render(request, "labelling/delegation_list.html", {"form": form, "lines": lines})


@require_POST
def delegation_take_back(request, pk):
    """Who: who gave it. Leaves with: nobody signs in their name any more, from this instant."""
    delegation = get_object_or_404(SignatureDelegation.objects.given_by(request.user), pk=pk)
    try:
        take_back(delegation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{delegation.delegate} ne signe plus en votre nom.")
    return redirect("delegation_list")
