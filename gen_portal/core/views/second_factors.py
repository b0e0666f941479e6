"""Lost phones: two people reset a second factor."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from gen_portal.core import access, clock, second_factors
from gen_portal.core.forms import FactorResetForm
from gen_portal.core.models import SecondFactorReset
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused


def factor_reset_list(request):
    """Who: officer, technical administrator. Question: who lost their phone, who must answer? Leaves with: an answer."""
    access.require(access.has_role(request.user, *second_factors.HELPING_ROLES))
    now = clock.now()
    resets = SecondFactorReset.objects.for_page()
    context = {
        "waiting": [
            (reset, request.user.pk not in (reset.asked_by_id, reset.user_id)) for reset in resets.waiting(now)
        ],
        "settled": resets.settled(now)[:20],
    }
    return render(request, "core/factor_reset_list.html", context)


def factor_reset_ask(request):
    """Who: the same. Question: is it really them? Leaves with: a request for somebody else to answer."""
    access.require(access.has_role(request.user, *second_factors.HELPING_ROLES))
    form = FactorResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["checked_how"]
        if accepts(form, second_factors.ask_reset, form.user, checked_how=how, by=request.user):
            messages.success(request, "La demande attend une seconde personne. L'intéressé est prévenu par courriel.")
            return redirect("factor_reset_list")
    return render(request, "core/factor_reset_ask.html", {"form": form})


def factor_reset_answer(request, pk):
    """Who: the other of the two, under a fresh second factor. Question: do I agree? Leaves with: the factor reset, or not."""
    access.require(access.has_role(request.user, *second_factors.HELPING_ROLES))
    reset = get_object_or_404(SecondFactorReset.objects.for_page(), pk=pk)
    if not access.has_fresh_second_factor(request):
        return redirect(access.second_factor_url(request.path))
    if request.method == "POST":
        is_refusal = "refuser" in request.POST
        act = second_factors.refuse_reset if is_refusal else second_factors.approve_reset
        try:
            act(reset, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            done = (
                "refusée"
                if is_refusal
                else "faite : cette personne choisit un nouveau mot de passe, puis se reconnecte"
            )
            messages.success(request, f"La remise à zéro est {done}.")
        return redirect("factor_reset_list")
    return render(
        request, "core/factor_reset_answer.html", {"reset": reset, "is_waiting": reset.is_waiting(clock.now())}
    )
