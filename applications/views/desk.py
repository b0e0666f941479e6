"""The officers' desk: the filed dossiers of a call, each dossier as it was filed, and the three answers about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications import transitions
from applications.forms.desk import AdmissibilityFilterForm, CompletionForm, InadmissibleForm
from applications.history import history_of
from applications.models import Application, Call, Structure
from applications.models.officers import following_of
from applications.policies import dossiers as policies
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused


def admissibility_list(request, slug):
    """Who: staff. Question: which dossiers of this call wait for an answer? Leaves with: one to examine."""
    access.require(policies.can_run_calls(request.user))
    call = get_object_or_404(Call.objects.for_page(), slug=slug)
    filed = Application.objects.filed().open_to(request.user).of_call(call)
    form = AdmissibilityFilterForm(request.GET, call=call)
    shown = form.matching(filed, request.user, access.today(request.user)).sorted_by(request.GET.get("tri", ""))
    context = {
        "call": call,
        "form": form,
        "page_obj": Paginator(shown.listed(), 50).get_page(request.GET.get("page")),
        "waiting_count": filed.waiting().count(),
        "can_name": access.has_role(request.user, Role.OFFICER),
    }
    return render(request, "applications/admissibility_list.html", context)


def admissibility_page(request, reference):
    """Who: staff. Question: may this dossier be judged? Leaves with: one of the three answers."""
    application = _find(request, reference)
    structure = application.training.structure
    same_siren = Application.objects.filed().open_to(request.user).of_call(application.call).with_siren(structure.siren)
    filings = list(application.submissions.for_page())
    context = {
        "application": application,
        "filings": filings,
        "filing": filings[0],
        "history": history_of(application),
        "other_dossiers": same_siren.other_than(application).for_page(),
        "twins": Structure.objects.with_siren(structure.siren).other_than(structure).for_page(),
        "can_declare": policies.can_declare(request.user, application),
        "can_judge": policies.can_judge_admissibility(request.user, application),
        "is_own": policies.is_member(request.user, application),
        "today": access.today(request.user),
        "following": following_of(application, access.today(request.user)),
    }
    return render(request, "applications/admissibility_page.html", context)


def admissibility_accept(request, reference):
    """Who: an officer. Leaves with: an admissible dossier, and a structure that knows it."""
    application = _find_to_judge(request, reference)
    if request.method == "POST":
        said = "Le dossier est recevable. La structure est prévenue."
        return _decide(request, application, said, transitions.declare_admissible)
    return render(request, "applications/admissibility_accept.html", {"application": application})


def admissibility_reject(request, reference):
    """Who: an officer. Leaves with: an inadmissible dossier, and a structure that reads why."""
    application = _find_to_judge(request, reference)
    form = InadmissibleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = "Le dossier est irrecevable. La structure est prévenue, avec le motif."
        return _decide(request, application, said, transitions.declare_inadmissible, **form.cleaned_data)
    return render(request, "applications/admissibility_reject.html", {"application": application, "form": form})


def admissibility_return(request, reference):
    """Who: an officer. Leaves with: a dossier given back, with what is asked and until when."""
    application = _find_to_judge(request, reference)
    form = CompletionForm(request.POST or None, initial={"due_on": clock.today() + 14 * clock.ONE_DAY})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, transitions.return_for_completion, application, by=request.user, **form.cleaned_data):
        messages.success(request, "Le dossier est renvoyé à la structure, qui est prévenue par courriel.")
        return redirect("admissibility_page", reference)
    return render(request, "applications/admissibility_return.html", {"application": application, "form": form})


def admissibility_stop_waiting(request, reference):
    """Who: an officer. Question: must I still wait for the completion? Leaves with: the dossier as it was filed last."""
    application = _find_to_judge(request, reference)
    if request.method == "POST":
        said = "Le dossier est examiné tel qu'il a été déposé. La structure est prévenue."
        return _decide(request, application, said, transitions.stop_waiting)
    return render(request, "applications/admissibility_stop_waiting.html", {"application": application})


def _decide(request, application, said, transition, **values):
    try:
        transition(application, by=request.user, **values)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("admissibility_page", application.reference)


def _find(request, reference):
    """A filed dossier: staff only, and never a draft, even of the officer's own structure."""
    access.require(policies.can_run_calls(request.user))
    return get_object_or_404(Application.objects.filed().open_to(request.user).for_page(), reference=reference)


def _find_to_judge(request, reference):
    application = _find(request, reference)
    access.require(policies.can_judge_admissibility(request.user, application))
    return application
