"""The documents of a dossier: one slot for each that the call asks, others beside; reading and removing them."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from applications import archive
from applications.actions import dossiers
from applications.forms.dossiers import UploadForm
from applications.models import SECTIONS, Application, Attachment, RequiredDocument
from applications.policies import dossiers as policies
from gen_portal.core import access, files
from gen_portal.core.workflow import Refused


@dataclass(frozen=True)
class Slot:
    """A document that the call asks (None for the others), what is joined there, and the form to join."""

    document: RequiredDocument | None
    attachments: list
    form: UploadForm

    @property
    def anchor(self):
        return f"piece-{self.document.pk}" if self.document else "piece-autre"


def application_files(request, reference):
    """Who: editors and owners. Question: which documents are still to join? Leaves with: a document joined."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    if not application.is_writable:
        messages.info(
            request, f"Ce dossier est à l'état « {application.get_state_display()} » : il ne se modifie plus."
        )
        return redirect("application_page", reference)
    refused = None
    if request.method == "POST":
        refused = UploadForm(request.POST, request.FILES, documents=application.call.required_documents.all())
        if refused.is_valid() and _attach(request, application, refused.cleaned_data):
            return redirect("application_files", reference)
    context = {
        "application": application,
        "slots": _slots(application, refused),
        "limit_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "step": len(SECTIONS) + 1,
    }
    return render(request, "applications/application_files.html", context)


def _attach(request, application, values):
    """Whether the document could be joined; says so either way."""
    try:
        joined = dossiers.attach_file(application, upload=values["file"], document=values["document"], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, f"« {joined.file.name} » est joint au dossier.")
    return True


def _slots(application, refused):
    documents = application.call.required_documents.all()
    joined = list(application.attachments.current().for_page())
    slots = []
    for document in [*documents, None]:
        here = [attachment for attachment in joined if attachment.document_id == (document.pk if document else None)]
        slots.append(Slot(document, here, _form(documents, document, refused)))
    return slots


def _form(documents, document, refused):
    """The empty form of a slot, or the refused one with its errors where it was sent."""
    form = UploadForm(documents=documents, slot=document)
    if refused is not None and refused.data.get("document", "") == (str(document.pk) if document else ""):
        form.is_bound, form._errors = True, refused.errors
        form.data, form.files, form.cleaned_data = refused.data, refused.files, {}
    return form


def attachment_file(request, reference, pk):
    """Who: members; staff once it is filed. Leaves with: the document, as a download."""
    application = _find(request, reference)
    attachment = get_object_or_404(application.attachments.for_reading(), pk=pk)
    contents = application.submissions.values_list("archive", flat=True).order_by("pk")
    is_filed = any(archive.file_row(content, attachment.pk) for content in contents)
    if not policies.can_read_file(request.user, attachment, is_filed=is_filed):
        raise Http404
    return files.response(attachment.file)


def attachment_remove(request, reference, pk):
    """Who: editors and owners. Question: take this document out? Leaves with: the other documents."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    attachment = get_object_or_404(Attachment.objects.for_reading(), application=application, pk=pk)
    if request.method == "POST":
        try:
            dossiers.remove_file(attachment, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"« {attachment.file.name} » est retiré du dossier.")
        return redirect("application_files", reference)
    return render(
        request, "applications/attachment_remove.html", {"application": application, "attachment": attachment}
    )


def _find(request, reference):
    return get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
