"""Officers look at the pages that fabriques publish, hold one back with its reason, and release it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import own_page, policies
from fabriques.forms.own_pages import HoldForm, session_titles
from fabriques.models import FabriquePage, PageState
from fabriques.models.registry import public_labels
from fabriques.models.standing import standings
from fabriques.transitions.own_pages import hold_page, release_page
from gen_portal.core import access, clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused


def page_list(request):
    """Who: officer. Question: which pages are out, held, to look at again? Leaves with: one to read."""
    access.require(policies.can_look_at_pages(request.user))
    pages, state = FabriquePage.objects.ever_published(), request.GET.get("etat", "")
    if state in PageState.values:
        pages = pages.in_state(state)
    page = Paginator(pages.for_page(), 50).get_page(request.GET.get("page"))
    states = [("", "Toutes"), *[choice for choice in PageState.choices if choice[0] != PageState.DRAFT]]
    context = {"page_obj": page, "state": state, "states": states}
    return render(request, "fabriques/page_list.html", context)


def page_look(request, slug):
    """Who: officer. Question: may this stand under our name? Leaves with: the page held back, or released."""
    access.require(policies.can_look_at_pages(request.user))
    page = get_object_or_404(FabriquePage.objects.ever_published().for_page(), fabrique__slug=slug)
    form = HoldForm(request.POST or None) if "retenir" in request.POST else HoldForm()
    if request.method == "POST":
        access.require(policies.can_hold_page(request.user, page))
        if _judge(request, page, form):
            return redirect(request.path)
    content = page.current.content
    labels = standings(public_labels().of(page.fabrique).with_sessions().for_page(), clock.today())
    context = {
        "fabrique": page.fabrique,
        "page_row": page,
        "shown": own_page.read(content, page.fabrique.contacts.public()),
        "sessions": own_page.sessions_of(labels, content, clock.today()),
        "versions": own_page.read_versions(page, session_titles(labels)),
        "entries": JournalEntry.objects.of("fabriques.fabriquepage", page.pk),
        "form": form if policies.can_hold_page(request.user, page) else None,
    }
    return render(request, "fabriques/page_look.html", context)


def _judge(request, page, form):
    """Whether the page was held or released as asked."""
    seen = request.POST.get("seen", "")
    try:
        if "remettre" in request.POST:
            release_page(page, by=request.user, seen=seen)
            messages.success(request, "La page est de nouveau en ligne ; la structure en est prévenue.")
        elif form.is_valid():
            hold_page(page, by=request.user, reason=form.cleaned_data["reason"], seen=seen)
            messages.success(request, "La page est retenue ; la structure reçoit le motif.")
        else:
            return False
    except Refused as refusal:
        form.add_error(None, str(refusal)) if form.is_bound else messages.error(request, str(refusal))
        return False
    return True
