"""Signing a dossier: by mandate, or by a link sent to a signatory; and the page that this link opens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.actions import signature
from applications.forms.signature import MandateForm, SignatureRequestForm
from applications.models import Application, SignatureRequest
from applications.models.sections import missing_answers
from applications.policies import dossiers as policies
from gen_portal.core import access, clock, files
from gen_portal.core.workflow import Refused


def application_signature(request, reference):
    """Who: members. Question: who signs, has somebody signed what it says now? Leaves with: a way to have it signed."""
    application = _find(request, reference)
    access.require(policies.is_member(request.user, application))
    held = signature.signature_in_force(application)
    context = {
        "application": application,
        "held": held,
        "earlier": [row for row in application.signatures.latest_first() if row != held],
        "requests": application.signature_requests.pending().for_page(),
        "is_complete": not missing_answers(application),
        "is_signatory": signature.is_declared_signatory(request.user, application),
        "can_edit": policies.can_edit(request.user, application),
        "can_submit": policies.can_submit(request.user, application),
        "now": clock.now(),
    }
    return render(request, "applications/application_signature.html", context)


def signature_mandate(request, reference):
    """Who: editors and owners. Question: sign for the declared signatory? Leaves with: a signature of this content."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    form = MandateForm(request.POST or None, application=application)
    if request.method == "POST" and form.is_valid():
        try:
            signature.sign_by_mandate(application, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Vous avez signé par mandat : le dossier peut être déposé tel qu'il est.")
            return redirect("application_signature", reference)
    context = {"application": application, "form": form}
    return render(request, "applications/signature_mandate.html", context)


def signature_request(request, reference):
    """Who: editors and owners. Question: where does the signatory read mail? Leaves with: a link sent to them."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    form = SignatureRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = signature.request_signature(application, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"Le lien de signature part à l'adresse {made.email}, pour quatorze jours.")
            return redirect("application_signature", reference)
    return render(request, "applications/signature_request.html", {"application": application, "form": form})


@require_POST
def signature_request_cancel(request, reference, pk):
    """The link serves no more."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    try:
        signature.cancel_request(get_object_or_404(application.signature_requests.for_page(), pk=pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le lien de signature est annulé.")
    return redirect("application_signature", reference)


def _find(request, reference):
    return get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)


# --- The page of the signatory, who has no account --------------------------------------------------------------------


@login_not_required
def signature_page(request, token):
    """Who: whoever holds the link. Question: do I engage the structure on this? Leaves with: a signature, by POST alone."""
    asked = SignatureRequest.objects.with_token(token).for_page().first()
    if asked is None:
        return render(request, "applications/signature_unknown.html", status=404)
    if request.method == "POST":
        return _sign(request, asked, token)
    is_open = asked.is_open(clock.now()) and asked.application.is_writable
    content, digest = signature.content_of(asked.application) if is_open else (None, "")
    context = {
        "asked": asked,
        "application": asked.application,
        "is_open": is_open,
        "content": content,
        "digest": digest,
        "is_complete": is_open and not missing_answers(asked.application),
        "files_prefix": f"{reverse('signature_page', args=[token])}pieces/",
    }
    return render(request, "applications/signature_page.html", context)


def _sign(request, asked, token):
    if "engage" not in request.POST:
        messages.error(request, "Cochez la case qui dit que vous engagez la structure, puis signez.")
        return redirect("signature_page", token)
    try:
        signature.sign_by_link(asked, digest=request.POST.get("digest", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("signature_page", token)


@login_not_required
def signature_file(request, token, pk):
    """Who: whoever holds a link still valid. Leaves with: a document of the dossier, as a download."""
    asked = SignatureRequest.objects.with_token(token).for_page().first()
    if asked is None or not asked.is_open(clock.now()):
        raise Http404
    attachment = get_object_or_404(asked.application.attachments.current().for_reading(), pk=pk)
    return files.response(attachment.file)
