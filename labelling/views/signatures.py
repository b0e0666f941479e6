"""Signing: a small page that shows what is signed, asked for only under a second factor given a moment ago."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from gen_portal.core import access
from gen_portal.core.workflow import Refused
from labelling.decision_reasons import lacking_in, lacking_sentence
from labelling.forms.decisions import ReopeningForm
from labelling.models import Decision
from labelling.policies import decisions as policies
from labelling.transitions.decisions import countersign, reopen, sign


def decision_sign(request, pk):
    """Who: director, or their delegate. Question: is this what I sign? Leaves with: it signed, its grant committed."""
    decision = _decision(request.user, pk)
    access.require(policies.can_sign(request.user))
    return _confirm(request, decision, sign, "labelling/decision_sign.html", said="La décision est signée.")


def decision_countersign(request, pk):
    """Who: second signatory, or their delegate. Question: do I agree with it? Leaves with: a decision ready to publish."""
    decision = _decision(request.user, pk)
    access.require(policies.can_countersign(request.user))
    said = "La décision est contresignée : elle est prête à être publiée."
    return _confirm(request, decision, countersign, "labelling/decision_countersign.html", said=said)


def decision_reopen(request, pk):
    """Who: director. Question: why is a signature taken back? Leaves with: a decision that may change again."""
    decision = _decision(request.user, pk)
    access.require(policies.can_decide(request.user))
    form = ReopeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen(decision, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La signature est reprise : la décision peut de nouveau être modifiée.")
            return _back(decision)
    return render(request, "labelling/decision_reopen.html", {"decision": decision, "form": form})


def _decision(user, pk):
    """Those who cannot know that a decision exists get the same 404 as for one that does not."""
    return get_object_or_404(Decision.objects.visible_to(user).for_page(), pk=pk)


def _confirm(request, decision, transition, template, *, said):
    """Show and do: both only with a fresh second factor, asked again on the way, so nothing is lost in between."""
    if not access.has_fresh_second_factor(request):
        return redirect(access.second_factor_url(request.path))
    if request.method == "POST":
        try:
            transition(decision, by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            decision.refresh_from_db()
        else:
            messages.success(request, said)
            return _back(decision)
    lacking = lacking_in([decision]).get(decision.pk)
    context = {"decision": decision, "application": decision.application, "lacking": lacking and lacking_sentence(lacking)}
    return render(request, template, context)


def _back(decision):
    """To the list: the next dossier waits there."""
    slug = decision.application.call.slug
    return redirect(f"{reverse('decision_list', args=[slug])}?{urlencode({'releve': decision.cut_off.number})}")
