"""Asking for a completion of a dossier that is being judged."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.forms.desk import CompletionForm
from applications.models import Application
from applications.policies.dossiers import can_judge_admissibility
from gen_portal.core import access, clock
from gen_portal.core.posted import accepts
from labelling.transitions.completions import ask_completion


def completion_ask(request, reference):
    """Who: officer. Question: what is missing to judge it? Leaves with: the dossier given back, its reviews waiting."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_page(), reference=reference)
    access.require(can_judge_admissibility(request.user, application))
    form = CompletionForm(request.POST or None, initial={"due_on": clock.today() + 14 * clock.ONE_DAY})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, ask_completion, application, by=request.user, **form.cleaned_data):
        messages.success(request, "La demande est envoyée à la structure ; les évaluations attendent sa réponse.")
        return redirect("assignment_edit", reference)
    return render(request, "labelling/completion_ask.html", {"application": application, "form": form})
