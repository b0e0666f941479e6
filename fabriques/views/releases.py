"""Publishing a release of the open data: what would be published, on one page, then the act."""

from django.contrib import messages
from django.shortcuts import redirect, render

from fabriques import policies
from fabriques.actions.releases import draft, release_registry
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused


def release_create(request):
    """Who: officer, director. Question: what would this release change? Leaves with: it is published."""
    access.require(policies.can_release_registry(request.user))
    if request.method == "POST":
        try:
            release = release_registry(
                by=request.user, seen=request.POST.get("seen", ""), confirms_drop="confirms_drop" in request.POST
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("release_create")
        messages.success(request, f"{release} : en ligne, avec ses trois fichiers.")
        return redirect("release_page", release.number)
    try:
        made, refusal = draft(clock.today()), None
    except Refused as refused:
        made, refusal = None, str(refused)
    return render(request, "fabriques/release_create.html", {"draft": made, "refusal": refusal})
