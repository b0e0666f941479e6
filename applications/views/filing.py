"""Filing a dossier, and the receipt that proves it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications import transitions
from applications.closing import exact, local_words
from applications.models import Application
from applications.policies import dossiers as policies
from applications.progress import closing_of, progress_of
from gen_portal.core import access, clock
from gen_portal.core.models import LegalBody
from gen_portal.core.references import new_reference
from gen_portal.core.workflow import Refused


def application_submit(request, reference):
    """Who: an owner. Question: is all right, and until when? Leaves with: the receipt; the same one, however often asked."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    access.require(policies.can_file(request.user, application))
    if request.method == "POST":
        return _submit(request, application)
    if not application.is_writable:
        return _latest_receipt(application)
    context = {
        "application": application,
        "progress": progress_of(application),
        "closing": closing_of(application, clock.now()),
        "key": new_reference(),
    }
    return render(request, "applications/application_submit.html", context)


def _submit(request, application):
    key = request.POST.get("key", "")[:64] or new_reference()
    try:
        filing = transitions.submit(application, by=request.user, key=key)
    except Refused as refusal:
        application.refresh_from_db()
        if not application.is_writable:
            return _latest_receipt(application)
        messages.error(request, str(refusal))
        return redirect("application_submit", application.reference)
    messages.success(request, "Votre dossier est déposé. Voici son récépissé, envoyé aussi par courriel.")
    return redirect("application_receipt", application.reference, filing.number)


def _latest_receipt(application):
    """Somebody filed it already: the proof, rather than an error."""
    filing = application.submissions.latest_first().first()
    if filing is None:
        return redirect("application_page", application.reference)
    return redirect("application_receipt", application.reference, filing.number)


def application_receipt(request, reference, number):
    """Who: members, staff. Question: what proves the filing? Leaves with: the receipt, to print."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    filing = get_object_or_404(application.submissions.for_page(), number=number)
    filed_on = clock.day_of(filing.filed_at)
    context = {
        "application": application,
        "submission": filing,
        "filed_at_text": exact(filing.filed_at),
        "local_text": local_words(filing.filed_at, application.training.structure.time_zone),
        "legal_body": LegalBody.objects.in_force(filed_on).first(),
        "implicit_refusal_on": clock.add_months(filed_on, 2),
        "is_member": policies.is_member(request.user, application),
    }
    return render(request, "applications/application_receipt.html", context)
