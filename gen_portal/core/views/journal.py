"""The journal, to be read by staff: the latest acts, and the history of one subject."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from gen_portal.core import access
from gen_portal.core.forms import JournalFilterForm
from gen_portal.core.models import JournalEntry, Role


def journal_list(request):
    """Who: officer. Question: what was done, by whom? Leaves with: the act and its subject's history."""
    access.require(access.has_role(request.user, Role.OFFICER, Role.TECHNICAL_ADMIN))
    form = JournalFilterForm(request.GET)
    entries = JournalEntry.objects.open_to(request.user).for_page()
    if form.is_valid():
        entries = entries.matching(
            action=form.cleaned_data["acte"], person=form.cleaned_data["personne"], since=form.period_start()
        )
    page = Paginator(entries, 50).get_page(request.GET.get("page"))
    return render(request, "core/journal_list.html", {"form": form, "page_obj": page})


def journal_subject(request, kind, pk):
    """Who: officer. Question: what happened to this? Leaves with: every act in order."""
    access.require(access.has_role(request.user, Role.OFFICER, Role.TECHNICAL_ADMIN))
    entries = list(JournalEntry.objects.open_to(request.user).of(kind, pk))
    if not entries:
        raise Http404
    return render(request, "core/journal_subject.html", {"entries": entries, "kind": kind, "subject_id": pk})
