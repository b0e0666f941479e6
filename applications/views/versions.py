"""The earlier values of one answer: who wrote what and when, and the way back to any of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from applications.actions import answers
from applications.histories import passages_of, section_of, with_differences
from applications.models import AnswerVersion, Application
from applications.models.sections import label_of
from applications.models.versions import fingerprint, stored_value
from applications.policies import dossiers as policies
from gen_portal.core import access
from gen_portal.core.workflow import Refused


def answer_versions(request, reference, name):
    """Who: members of the structure. Question: what did we answer before? Leaves with: an earlier value, if wanted."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    access.require(policies.is_member(request.user, application))
    section = section_of(name)
    if section is None:
        raise Http404
    can_edit = policies.can_edit(request.user, application)
    if request.method == "POST":
        access.require(can_edit)
        _restore(request, application, name)
        return redirect("answer_versions", reference, name)
    context = {
        "application": application,
        "section": section,
        "label": label_of(name),
        "page_obj": _page_of(application, name, request.GET),
        "is_whole": "tout" in request.GET,
        "seen": fingerprint(stored_value(application, name)),
        "can_edit": can_edit,
    }
    return render(request, "applications/answer_versions.html", context)


def _page_of(application, name, query):
    """Twenty passages, each with what it changed."""
    versions = AnswerVersion.objects.of_answer(application, name)
    passages = passages_of(versions.without_values().for_page(), is_whole="tout" in query)
    page = Paginator(passages, 20).get_page(query.get("page"))
    page.object_list = with_differences(application, name, versions, page.object_list)
    return page


def _restore(request, application, name):
    """Give the answer the value of a version again, unless somebody changed it since the page was read."""
    number = request.POST.get("version", "")
    versions = AnswerVersion.objects.of_answer(application, name).numbered(number)
    try:
        answers.restore_answer(
            application, get_object_or_404(versions), seen=request.POST.get("seen", ""), by=request.user
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La version {number} est rétablie : elle devient la version actuelle.")
