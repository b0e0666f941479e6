"""Entrusting a whole call at once: a proposal is asked for, read with its reasons, then applied."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Application, Call
from gen_portal.core import access, clock
from gen_portal.core.models import Ministry, User
from gen_portal.core.workflow import Refused
from labelling.forms.proposals import ProposalForm
from labelling.models import AssignmentProposal, ProposalAim
from labelling.policies import reviews as policies
from labelling.transitions.proposals import apply_proposal, make_proposal
from labelling.views.assignment import REVIEW_TIME

#: Changes shown on the page; the summary counts them all.
SHOWN = 200
USUAL_LOAD = 40  # a reviewer has about forty files to read


def proposal_ask(request, slug):
    """Who: officer. Question: who should review the dossiers of this call? Leaves with: a proposal to read."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_share_out(request.user, call))
    initial = {
        "due_on": access.today(request.user) + REVIEW_TIME, "max_load": USUAL_LOAD, "aim": ProposalAim.FEWEST_CHANGES
    }  # fmt: skip
    form = ProposalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = make_proposal(call, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("proposal_page", proposal.pk)
    earlier = AssignmentProposal.objects.of_call(call).for_page()[:5]
    return render(request, "labelling/proposal_ask.html", {"call": call, "form": form, "earlier": earlier})


def proposal_page(request, pk):
    """Who: officer. Question: is this how the dossiers should be shared out? Leaves with: them entrusted, or not."""
    access.require(policies.can_assign(request.user))
    proposal = get_object_or_404(AssignmentProposal.objects.for_page(), pk=pk)
    access.require(policies.can_share_out(request.user, proposal.call))
    if request.method == "POST":
        try:
            apply_proposal(proposal, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, "La répartition est appliquée. Chaque personne est prévenue par un seul courriel."
            )
        return redirect("proposal_page", proposal.pk)
    return render(request, "labelling/proposal_page.html", {"proposal": proposal, **_in_words(proposal)})


def _in_words(proposal):
    """The names behind the keys that the page shows."""
    content = proposal.content
    added, removed = content["added"][:SHOWN], content["removed"][:SHOWN]
    people = User.objects.in_bulk({row[2] for row in (*added, *removed)} | {row[0] for row in content["loads"]})
    dossiers = Application.objects.for_page().in_bulk({row[0] for row in (*added, *removed)})
    ministries = Ministry.objects.in_bulk()

    def named(rows):
        return [(dossiers[a], ministries[m], people[p], words) for a, m, p, words in rows]

    loads = [(people[pk], before, after) for pk, before, after in content["loads"]]
    return {"added": named(added), "removed": named(removed), "shown_count": SHOWN,
            "loads": sorted(loads, key=lambda load: (-load[2], str(load[0])))}  # fmt: skip
