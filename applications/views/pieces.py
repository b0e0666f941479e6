"""The documents of a dossier: one slot for each that the call asks, others beside; reading and removing them."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from applications import archive
from applications.actions import pieces
from applications.forms.dossiers import UploadForm
from applications.models import SECTIONS, Application, Attachment, RequiredDocument
from applications.policies import dossiers as policies
from gen_portal.core import access, files
from gen_portal.core.tasks import scan_soon
from gen_portal.core.workflow import Refused


@dataclass(frozen=True)
class Slot:
    """A document that the call asks (None for the others), what is joined there now and was before, the form to join."""

    document: RequiredDocument | None
    attachments: list
    earlier: list
    form: UploadForm

    @property
    def anchor(self):
        return anchor_of(self.document)

    @property
    def is_infected(self):
        return any(attachment.is_infected for attachment in self.attachments)


def anchor_of(document):
    return f"piece-{document.pk}" if document else "piece-autre"


def application_files(request, reference):
    """Who: members; editors and owners write. Question: what is still to join? Leaves with: a document joined."""
    application = _find(request, reference)
    access.require(policies.is_member(request.user, application))
    if request.method != "POST":
        return _show(request, application)
    access.require(policies.can_write(request.user, application))
    document = _posted_document(request, application)
    form = UploadForm(request.POST, request.FILES, document=document)
    status = _attach(request, application, document, form)
    wants_json = request.headers.get("Accept") == "application/json"
    if status == 200:
        url = f"{request.path}#{anchor_of(document)}"
        return JsonResponse({"url": url}) if wants_json else redirect(url)
    if wants_json:
        return JsonResponse({"sentence": " ".join(form.errors["file"])}, status=status)
    return _show(request, application, document, form, status=status)


def _posted_document(request, application):
    key = request.POST.get("document", "")
    return get_object_or_404(application.call.required_documents, pk=key) if key.isdecimal() else None


def _attach(request, application, document, form):
    """Join what the form holds: 200, or the status of the refusal, whose sentence is then on the form."""
    if not form.is_valid():
        return 422
    try:
        joined = pieces.attach_file(application, upload=form.cleaned_data["file"], document=document, by=request.user)
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return 409
    except files.DiskFull as full:
        form.add_error("file", str(full))
        return 507
    scan_soon()
    messages.success(request, f"« {joined.file.name} » est joint au dossier.")
    for place in joined.twins():
        messages.warning(request, f"Ce fichier est déjà joint aussi comme « {place} » : vérifiez que c'est voulu.")
    return 200


def _show(request, application, refused_for=None, refused=None, *, status=200):
    slots = _slots(application, refused_for, refused)
    asked = [slot for slot in slots if slot.document and slot.document.is_mandatory]
    context = {
        "application": application,
        "slots": slots,
        "can_write": application.is_writable and policies.can_write(request.user, application),
        "asked_count": len(asked),
        "joined_count": sum(bool(slot.attachments) and not slot.is_infected for slot in asked),
        "file_count": sum(len(slot.attachments) for slot in slots),
        "max_files": settings.DOSSIER_MAX_FILES,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "limit_mb": settings.UPLOAD_MAX_BYTES // 1024**2,
        "has_antivirus": bool(settings.CLAMAV_URL),
        "step": len(SECTIONS) + 1,
    }
    return render(request, "applications/application_files.html", context, status=status)


def _slots(application, refused_for, refused):
    """One slot per document of the call, then the others; the refused form stands where it was sent."""
    attachments = list(application.attachments.for_page())
    slots = []
    for document in [*application.call.required_documents.all(), None]:
        here = [
            attachment for attachment in attachments if attachment.document_id == (document.pk if document else None)
        ]
        is_refused = refused is not None and document == refused_for
        slots.append(
            Slot(
                document,
                [attachment for attachment in here if attachment.removed_at is None],
                [attachment for attachment in reversed(here) if attachment.removed_at is not None],
                refused if is_refused else UploadForm(document=document),
            )
        )
    return slots


def attachment_file(request, reference, pk):
    """Who: members; staff once it is filed. Leaves with: the document, as a download."""
    application = _find(request, reference)
    attachment = get_object_or_404(application.attachments.for_reading(), pk=pk)
    contents = application.submissions.values_list("archive", flat=True).order_by("pk")
    is_filed = any(archive.file_row(content, attachment.pk) for content in contents)
    if not policies.can_read_file(request.user, attachment, is_filed=is_filed):
        raise Http404
    if not policies.is_member(request.user, application) and files.why_withheld(attachment.file):
        return withheld(request, attachment.file, files.why_withheld(attachment.file))
    return files.response(attachment.file)


def withheld(request, stored, sentence):
    """The page that says why a file is not handed to somebody who did not send it."""
    context = {"stored": stored, "sentence": sentence}
    return render(request, "applications/file_withheld.html", context, status=403)


def attachment_remove(request, reference, pk):
    """Who: editors and owners. Question: take this document out? Leaves with: the other documents."""
    application = _find(request, reference)
    access.require(policies.can_write(request.user, application))
    attachment = get_object_or_404(Attachment.objects.for_reading(), application=application, pk=pk)
    if request.method == "POST":
        try:
            pieces.remove_file(attachment, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"« {attachment.file.name} » est retiré du dossier.")
        return redirect(reverse("application_files", args=[reference]) + f"#{anchor_of(attachment.document)}")
    return render(
        request, "applications/attachment_remove.html", {"application": application, "attachment": attachment}
    )


def _find(request, reference):
    return get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
