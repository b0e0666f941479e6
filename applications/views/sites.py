"""The places of a structure, described from one of its dossiers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.actions import sites
from applications.forms.sites import SiteForm
from applications.forms.structures import stored_values
from applications.models import Application
from applications.models.site_versions import PARTS, sheet_of_site, versions_of
from applications.policies import dossiers as policies
from applications.site_sheets import disputed_parts, initial_of, passages_of, seen_next
from gen_portal.core import access
from gen_portal.core.workflow import Refused


def site_create(request, reference):
    """Who: editors and owners. Question: where is the training given? Leaves with: one more site in the dossier."""
    application = _find(request, reference)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            site = sites.add_site(application, by=request.user, **stored_values(form))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Le site « {site.name} » est ajouté au dossier.")
            return redirect("application_section", reference, "sites")
    return render(request, "applications/site_form.html", {"application": application, "form": form})


def site_edit(request, reference, pk):
    """Who: editors and owners. Question: what is this place like, and where exactly? Leaves with: a fuller description."""
    application = _find(request, reference)
    site = get_object_or_404(application.training.structure.sites.for_page(), pk=pk)
    version = site.versions.numbered(request.GET.get("version", "")).first()
    seen, disputed = versions_of(sheet_of_site(site)), []
    form = SiteForm(request.POST or None, instance=site, initial=initial_of(version) if version else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = sites.describe_site(application, site, seen=_sent(request), by=request.user, **stored_values(form))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if not saved.conflicts:
                messages.success(request, f"La fiche de « {saved.site.name} » est enregistrée.")
                return redirect("application_section", reference, "sites")
            seen, disputed = seen_next(saved, _sent(request)), disputed_parts(saved, form.cleaned_data)
    context = {"application": application, "form": form, "site": site, "seen": seen, "disputed": disputed}
    context |= {"version": version, "passages": passages_of(site), "last": site.versions.latest_first().first()}
    return render(request, "applications/site_form.html", context)


def _sent(request):
    """The version of each part that was before the writer's eyes."""
    return {part: request.POST[f"seen-{part}"] for part in PARTS if f"seen-{part}" in request.POST}


def _find(request, reference):
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    access.require(policies.can_write(request.user, application))
    return application
