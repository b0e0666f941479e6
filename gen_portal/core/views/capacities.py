"""Capacities: who may do what, since when and until when (technical administrator)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from gen_portal.core import access, capacities, clock
from gen_portal.core.forms import CapacityFilterForm, CapacityForm
from gen_portal.core.models import Capacity, Role
from gen_portal.core.workflow import Refused


def capacity_list(request):
    """Who: technical administrator. Question: who may do what today? Leaves with: the list, or a change to make."""
    access.require(access.has_role(request.user, Role.TECHNICAL_ADMIN))
    form = CapacityFilterForm(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    shown = Capacity.objects.in_role(values.get("role"))
    if not values.get("passees"):
        shown = shown.not_over(clock.today())
    page = Paginator(shown.for_page(), 50).get_page(request.GET.get("page"))
    return render(request, "core/capacity_list.html", {"form": form, "page_obj": page, "today": clock.today()})


def capacity_create(request):
    """Who: technical administrator. Question: give a role to this person. Leaves with: the role given."""
    access.require(access.has_role(request.user, Role.TECHNICAL_ADMIN))
    form = CapacityForm(request.POST or None, initial={"from_on": localdate()})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("role", "ministry", "region", "from_on", "until_on")}
        try:
            capacities.grant(form.instance.user, by=request.user, **values)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{form.instance.user} a maintenant cette habilitation.")
            return redirect("capacity_list")
    return render(request, "core/capacity_form.html", {"form": form})


@require_POST
def capacity_end(request, pk):
    """Ends one capacity at once."""
    access.require(access.has_role(request.user, Role.TECHNICAL_ADMIN))
    capacity = get_object_or_404(Capacity, pk=pk)
    try:
        capacities.end(capacity, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L'habilitation est terminée : ses droits ont cessé.")
    return redirect("capacity_list")
