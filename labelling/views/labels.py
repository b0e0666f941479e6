"""What officers record about labels after their publication."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused
from labelling.forms.decisions import GiveUpForm
from labelling.models import Label
from labelling.policies import decisions as policies
from labelling.transitions.labels import give_up


def label_give_up(request, reference):
    """Who: officer. Question: from when, and why, does the structure give this label up? Leaves with: it is recorded."""
    label = get_object_or_404(Label.objects.published().for_page(), reference=reference)
    access.require(policies.can_record_loss(request.user))
    form = GiveUpForm(request.POST or None, initial={"effective_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            give_up(label, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"L'abandon du label de « {label} » est enregistré.")
            return redirect("label_page", reference)
    return render(request, "labelling/label_give_up.html", {"label": label, "form": form})
