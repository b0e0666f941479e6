"""The releases of the registry, for everybody: their list, their differences, and their files for ever."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from fabriques import policies
from fabriques.models import RegistryRelease, ReleaseFile
from fabriques.opendata.answers import IMMUTABLE, answer
from fabriques.opendata.tables import ABOUT


@login_not_required
def release_list(request):
    """Who: somebody who reuses the data. Question: where are the files, and what changed? Leaves with: a file."""
    page = Paginator(RegistryRelease.objects.for_page(), 20).get_page(request.GET.get("page"))
    may_release = request.user.is_authenticated and policies.can_release_registry(request.user)
    return render(request, "fabriques/release_list.html", {"page_obj": page, "may_release": may_release, **ABOUT})


@login_not_required
def release_page(request, number):
    """Who: somebody who used an earlier release. Question: what is in this one, and what changed? Leaves with: a file."""
    release = get_object_or_404(RegistryRelease.objects.for_page(), number=number)
    return render(request, "fabriques/release_page.html", {"release": release, **ABOUT})


@login_not_required
def release_file(request, number, name):
    """Who: programs. A file as it was published: its address and its bytes never change."""
    file = get_object_or_404(ReleaseFile, release__number=number, name=name)
    response = answer(
        request, bytes(file.content), file.content_type, etag=file.sha256[:32], cache=IMMUTABLE, packed=True
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{name}"'
    return response
