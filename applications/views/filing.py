"""Filing a dossier, taking it up again after a withdrawal, and its history."""

import re

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications import ledger, transitions
from applications.actions import signature
from applications.briefing import briefing_of
from applications.history import banner_of, closing_of, expected_of, history_of
from applications.models import Application
from applications.policies import dossiers as policies
from applications.progress import progress_of
from gen_portal.core import access, clock
from gen_portal.core.references import new_reference
from gen_portal.core.snapshot import one_instant
from gen_portal.core.workflow import Refused

_REQUEST_ID = re.compile(r"[\w.:-]{1,80}")


def application_submit(request, reference):
    """Who: an owner. Question: is all right, and until when? Leaves with: the receipt; the same one, however often asked."""
    if request.method == "POST":
        found = Application.objects.visible_to(request.user).for_acting()
        return _submit(request, get_object_or_404(found, reference=reference))
    application = _find(request, reference)
    access.require(policies.can_file(request.user, application))
    if not application.is_writable:
        return _latest_receipt(application)
    ledger.opened(application, by=request.user, request_id=_request_id(request))
    now = clock.now()
    context = {
        "application": application,
        "progress": progress_of(application),
        "closing": closing_of(application, now),
        "incidents": banner_of(application.call, now),
        "briefing": briefing_of(application, now),
        "attachments": application.attachments.current().for_page(),
        "signature": ", ".join(filter(None, [application.signatory_name, application.signatory_role])),
        "held": signature.signature_in_force(application),
        "is_signatory": signature.is_declared_signatory(request.user, application),
        "key": new_reference(),
    }
    return render(request, "applications/application_submit.html", context)


def _submit(request, application):
    request_id = _request_id(request)
    if not policies.can_file(request.user, application):
        ledger.turned_away(application, by=request.user, request_id=request_id)
        access.require(False)
    key = request.POST.get("key", "")[:64] or new_reference()
    try:
        filing = transitions.submit(
            application, by=request.user, key=key, request_id=request_id, signs="signature" in request.POST
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        application.refresh_from_db()
        return redirect("application_submit" if application.is_writable else "application_page", application.reference)
    messages.success(request, f"Voici le récépissé du dépôt {filing.number}, envoyé aussi par courriel.")
    return redirect("application_receipt", application.reference, filing.number)


def _request_id(request):
    """The proxy's name for this request, when it gives one that looks like a name."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else ""


def _latest_receipt(application):
    """Somebody filed it already: the proof, rather than an error."""
    filing = application.submissions.latest_first().first()
    if filing is None or not application.cut_off_id:
        return redirect("application_page", application.reference)
    return redirect("application_receipt", application.reference, filing.number)


def application_reopen(request, reference):
    """Who: an owner. Question: go on with a withdrawn dossier? Leaves with: the draft it is again."""
    application = _find(request, reference)
    access.require(policies.can_file(request.user, application))
    if request.method == "POST":
        try:
            transitions.reopen(application, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Le dossier est de nouveau un brouillon : complétez-le, puis déposez-le.")
        return redirect("application_page", reference)
    return render(request, "applications/application_reopen.html", {"application": application})


@one_instant()
def application_history(request, reference):
    """Who: members. Question: what happened, what comes next, who waits for whom? Leaves with: the dates."""
    application = _find(request, reference)
    access.require(policies.is_member(request.user, application))
    now = clock.now()
    context = {
        "application": application,
        "expected": expected_of(application, now),
        "closing": closing_of(application, now),
        "history": history_of(application),
        "filings": application.submissions.for_page(),
    }
    return render(request, "applications/application_history.html", context)


def _find(request, reference):
    return get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
