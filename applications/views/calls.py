"""The public pages of calls: what is open, until when, on what terms, and what will be asked."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from applications import deadlines
from applications.forms.calls import PublicFilterForm
from applications.models import SECTIONS, Call, Extension, Incident
from applications.questions import SITE_QUESTIONS, STRUCTURE_QUESTIONS, questions_of
from applications.views.pieces import withheld
from gen_portal.core import clock, files


@login_not_required
def call_list(request):
    """Who: anybody. Question: what can I apply to, and until when? Leaves with: the page of a call."""
    now, form = clock.now(), PublicFilterForm(request.GET)
    shown = Call.objects.published(now).with_standing(now).in_standing(form.standing()).for_public_list()
    page = Paginator(shown, 50).get_page(request.GET.get("page"))
    return render(request, "applications/call_list.html", {"form": form, "page_obj": page})


@login_not_required
def call_page(request, slug):
    """Who: anybody. Question: is it for me, until when, what do I prepare? Leaves with: a dossier begun."""
    now = clock.now()
    call = _published(slug, now)
    cut_off = call.open_cut_off(now)
    context = {"call": call, "cut_off": cut_off, "own_deadlines": [], "overseas_deadlines": []}
    context["incidents"] = Incident.objects.announced(call, now)
    context["extensions"] = Extension.objects.running_for(request.user, call, now)
    if cut_off is not None:
        context["own_deadlines"] = deadlines.own(cut_off.closes_at, request.user)
        context["overseas_deadlines"] = deadlines.overseas(cut_off.closes_at)
    return render(request, "applications/call_page.html", context)


@login_not_required
def call_specification(request, slug):
    """The specification of a published call, as a download."""
    call = _published(slug, clock.now())
    if call.specification is None:
        raise Http404
    if files.why_withheld(call.specification):
        return withheld(request, call.specification, files.why_withheld(call.specification))
    return files.response(call.specification)


@login_not_required
def call_blank(request, slug):
    """Who: anybody. Question: what will I be asked? Leaves with: the blank dossier on paper."""
    call = _published(slug, clock.now())
    context = {
        "call": call,
        "structure_questions": STRUCTURE_QUESTIONS,
        "site_questions": SITE_QUESTIONS,
        "sections": [(section, questions_of(section)) for section in SECTIONS],
    }
    return render(request, "applications/call_blank.html", context)


def _published(slug, now):
    """A draft does not exist on public pages, not even for those who write it."""
    return get_object_or_404(Call.objects.published(now).with_standing(now).for_reading(), slug=slug)
