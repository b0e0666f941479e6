"""What anybody may ask of the registry without an account: alerts by mail, a mistake to tell; and the list of mistakes."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fabriques import messages as mails
from fabriques import policies
from fabriques.actions import alerts, error_reports
from fabriques.forms.public import AlertForm, CloseForm, ErrorForm
from fabriques.forms.registry import RegistryFilterForm
from fabriques.models import ErrorReport, ErrorState
from fabriques.models.registry import public_labels
from fabriques.transitions.error_reports import correct_error, dismiss_error
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused

TOO_MANY = "Trop de demandes sont venues d'ici : réessayez dans une heure."


@login_not_required
def alert_ask(request):
    """Who: a learner. Question: where to write when something new answers this search? Leaves with: a mail to confirm."""
    search = RegistryFilterForm(request.GET, today=clock.today())
    form, is_sent = AlertForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        if ratelimit.consume(request, action="alert_ask", key=asked["email"].lower()):
            alerts.ask_alert(asked["email"], search.saved_query(), asked["frequency"], described=search.described())
            is_sent = True
        else:
            form.add_error(None, TOO_MANY)
    context = {"form": form, "search": search, "described": search.described(), "is_sent": is_sent}
    return render(request, "fabriques/alert_ask.html", context)


@login_not_required
def alert_confirm(request, token):
    """Who: whoever got the mail. Question: start this alert? Leaves with: an alert, once."""
    if request.method != "POST":
        return render(request, "fabriques/alert_confirm.html", {"alert": None, "refusal": ""})
    try:
        context = {"alert": alerts.confirm_alert(token), "refusal": ""}
    except Refused as refusal:
        context = {"alert": None, "refusal": str(refusal)}
    return render(request, "fabriques/alert_confirm.html", context)


@csrf_exempt  # a mail reader posts here by itself (RFC 8058): the signed token is the only right there is
@login_not_required
def alert_stop(request, token):
    """Who: whoever got the mail. Question: how do I stop this alert? Leaves with: nothing kept of them."""
    try:
        pk = mails.read_stop(token)
    except BadSignature as error:
        raise Http404 from error
    if request.method == "POST":
        alerts.stop_alert(pk)
    return render(request, "fabriques/alert_stop.html", {"is_done": request.method == "POST"})


@login_not_required
def label_error(request, reference):
    """Who: anybody. Question: what is wrong on this page? Leaves with: an officer told."""
    label = get_object_or_404(public_labels().numbered(reference).for_page())
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="error_tell"):
            told = {name: form.cleaned_data[name] for name in ("text", "name", "email")}
            error_reports.report_error(label, **told)
            messages.success(request, "Merci. L'équipe est prévenue et vérifiera cette page.")
            return redirect("label_page", label.reference)
        form.add_error(None, TOO_MANY)
    return render(request, "fabriques/label_error.html", {"form": form, "label": label})


def error_list(request):
    """Who: officer. Question: which mistakes were told, what is still to do? Leaves with: one closed."""
    access.require(policies.can_close_errors(request.user))
    state = request.GET.get("etat", "")
    state = state if state in ErrorState.values else ErrorState.OPEN
    page = Paginator(ErrorReport.objects.in_state(state).for_page(), 50).get_page(request.GET.get("page"))
    context = {"page_obj": page, "state": state, "states": ErrorState.choices}
    return render(request, "fabriques/error_list.html", context)


@require_POST
def error_close(request, pk):
    """Who: officer. Question: corrected, or nothing to correct? Leaves with: the next one."""
    access.require(policies.can_close_errors(request.user))
    report = get_object_or_404(ErrorReport, pk=pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        close = {"corrected": correct_error, "dismissed": dismiss_error}[form.cleaned_data["outcome"]]
        try:
            close(report, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "C'est enregistré : ce signalement est traité.")
    return redirect("error_list")
