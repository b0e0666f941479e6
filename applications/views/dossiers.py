"""The structure's dossiers: the list, starting one, its page, what it lacks, reading it whole, taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications import archive, transitions
from applications.actions import starting, structures
from applications.call_changes import changes_between
from applications.forms.dossiers import StartForm
from applications.history import banner_of, closing_of, expected_of, history_of
from applications.models import Application, Call, Structure
from applications.models.officers import Following, following_of
from applications.policies import dossiers as policies
from applications.progress import progress_of, stage_of
from gen_portal.core import access, clock
from gen_portal.core.snapshot import one_instant
from gen_portal.core.workflow import Refused


@one_instant()
def application_list(request):
    """Who: members of structures. Question: where are my dossiers? Leaves with: the one to go on with, or a new one."""
    now = clock.now()
    structures = list(Structure.objects.of_member(request.user).for_page())
    chosen = next((row for row in structures if row.reference == request.GET.get("structure")), None)
    mine = Application.objects.of_member(request.user).in_structure(chosen).for_list()
    return render(
        request,
        "applications/application_list.html",
        {
            "page_obj": Paginator(mine, 50).get_page(request.GET.get("page")),
            "structures": structures,
            "chosen": chosen,
            "open_calls": Call.objects.open(now).for_page(),
        },
    )


def application_start(request, slug):
    """Who: anybody signed in. Question: apply for which training? Leaves with: a draft to fill."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()).for_page(), slug=slug)
    mine = Structure.objects.writable_by(request.user).for_page()
    form = StartForm(request.POST or None, structures=mine, taken_up=request.GET.get("depuis", ""))
    live = None
    if request.method == "POST" and form.is_valid():
        try:
            application = _start(call, form.cleaned_data, by=request.user)
        except starting.AlreadyLive as told:
            live = told.application
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("application_page", application.reference)
    is_open = call.is_open(clock.now())
    context = {"call": call, "form": form, "has_structure": bool(mine), "is_open": is_open, "live": live}
    return render(request, "applications/application_start.html", context)


def _start(call, values, *, by):
    training = values.get("training") or structures.create_training(values["structure"], title=values["title"], by=by)
    return starting.start_application(call, training, by=by, source=values.get("source"))


@one_instant()
def application_page(request, reference):
    """Who: members of the structure. Question: what is left to do, until when? Leaves with: the next step."""
    application, now = _find(request, reference), clock.now()
    access.require(policies.is_member(request.user, application))
    return render(
        request,
        "applications/application_page.html",
        {
            "application": application,
            "progress": progress_of(application),
            "stage": stage_of(application),
            "closing": closing_of(application, now),
            "incidents": banner_of(application.call, now),
            "expected": expected_of(application, now),
            "history": history_of(application)[:5],
            "changes": _changes_since(application),
            "can_copy": policies.can_apply_for(request.user, application.structure) and application.call.is_open(now),
            "filings": application.submissions.for_page(),
            "following": _following(request.user, application),
            "can_edit": policies.can_edit(request.user, application),
            "can_submit": policies.can_submit(request.user, application),
            "can_withdraw": policies.can_withdraw(request.user, application),
            "can_reopen": policies.can_reopen(request.user, application),
        },
    )


def _following(user, application):
    """Who of the team follows the dossier, once it is filed; nobody before."""
    return following_of(application, access.today(user)) if application.submitted_at else Following()


def _changes_since(application):
    """What this call asks otherwise than that of the dossier whose answers were taken up."""
    source = application.copied_from
    return changes_between(source.call, application.call) if source and application.is_writable else []


def application_preview(request, reference):
    """Who: members of the structure. Question: how will my dossier be read? Leaves with: the whole of it, as it is now."""
    application = _find(request, reference)
    access.require(policies.is_member(request.user, application))
    content = archive.build(archive.for_archiving([application])[0])
    context = {
        "application": application,
        "archive": content,
        "can_submit": policies.can_submit(request.user, application),
    }
    return render(request, "applications/application_preview.html", context)


def application_withdraw(request, reference):
    """Who: an owner. Question: take the dossier back? Leaves with: a withdrawn dossier, or the page as it was."""
    application = _find(request, reference)
    access.require(policies.can_file(request.user, application))
    if request.method == "POST":
        try:
            transitions.withdraw(application, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Le dossier est retiré : il n'est plus en course.")
        return redirect("application_page", reference)
    context = {"application": application, "is_filed": application.submitted_at is not None}
    return render(request, "applications/application_withdraw.html", context)


def application_missing(request, reference):
    """Who: members of the structure. Question: what is still missing? Leaves with: a link to each field to fill."""
    application = _find(request, reference)
    access.require(policies.is_member(request.user, application))
    context = {
        "application": application,
        "progress": progress_of(application),
        "closing": closing_of(application, clock.now()),
        "can_edit": policies.can_edit(request.user, application),
        "can_submit": policies.can_submit(request.user, application),
    }
    return render(request, "applications/application_missing.html", context)


def _find(request, reference):
    return get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
