"""Structures: inscribing one, reading it, correcting it; the communes that an address field suggests."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from applications.actions import structures
from applications.forms.addresses import described
from applications.forms.structures import StructureForm, stored_values
from applications.models import Call, Structure
from applications.policies import dossiers as policies
from applications.policies import members
from gen_portal.core import access, clock
from gen_portal.core.models import Commune
from gen_portal.core.workflow import Refused

_SUGGESTED = 10


def structure_create(request):
    """Who: anybody signed in. Question: which organisation do I apply for? Leaves with: the structure, and its next step."""
    wanted = request.GET.get("appel")  # the call one was about to apply to
    call = next((call for call in Call.objects.open(clock.now()).for_page() if call.slug == wanted), None)
    form = StructureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            structure = structures.create_structure(by=request.user, **stored_values(form))
        except Refused as refusal:
            form.add_error("siret", str(refusal))
        else:
            messages.success(request, f"{structure.name} est inscrite : vous en êtes responsable sur ce portail.")
            return redirect("application_start", call.slug) if call else redirect("structure_page", structure.reference)
    return render(request, "applications/structure_form.html", {"form": form, "structure": None, "call": call})


def structure_page(request, reference):
    """Who: its members, staff. Question: what is known of this structure? Leaves with: the page, or a correction."""
    structure = get_object_or_404(Structure.objects.visible_to(request.user).for_page(), reference=reference)
    is_staff = policies.can_run_calls(request.user)
    return render(
        request,
        "applications/structure_page.html",
        {
            "structure": structure,
            "sites": structure.sites.for_page(),
            "members": structure.memberships.for_page(),
            "is_staff": is_staff,
            "twins": Structure.objects.with_siren(structure.siren).other_than(structure).for_page() if is_staff else [],
            "can_view_members": members.can_view_members(request.user, structure),
            "can_edit": policies.can_edit_structure(request.user, structure),
            "can_apply": policies.can_apply_for(request.user, structure),
        },
    )


def structure_edit(request, reference):
    """Who: an owner. Question: what changed? Leaves with: the structure as it is now."""
    structure = get_object_or_404(Structure.objects.visible_to(request.user).for_page(), reference=reference)
    access.require(policies.can_edit_structure(request.user, structure))
    form = StructureForm(request.POST or None, instance=structure)
    if request.method == "POST" and form.is_valid():
        structures.update_structure(structure, by=request.user, **stored_values(form))
        messages.success(request, "Les informations de la structure sont enregistrées.")
        return redirect("structure_page", structure.reference)
    return render(request, "applications/structure_form.html", {"form": form, "structure": structure, "call": None})


def commune_suggest(request):
    """The communes that begin like `q`, or have this postcode, the largest first: what the address field suggests."""
    text = request.GET.get("q", "").strip()
    found = Commune.objects.matching(text)[:_SUGGESTED] if len(text) > 1 else []
    return JsonResponse({"communes": [{"code": row.code, "name": row.name, "label": described(row)} for row in found]})
