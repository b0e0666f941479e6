"""The documents joined to a report: reading, joining and removing them."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.views.pieces import withheld
from fabriques import policies
from fabriques.actions import reports as actions
from fabriques.forms.follow_up import DocumentForm
from fabriques.models import FollowUpReport
from gen_portal.core import access, files
from gen_portal.core.workflow import Refused


def document_list(request, reference):
    """Who: owner or editor; others read. Question: what goes with the figures? Leaves with: a document joined."""
    report = _find(request, reference)
    can_file = policies.can_file_report(request.user, report)
    form = DocumentForm()
    if request.method == "POST":
        access.require(can_file)
        form = DocumentForm(request.POST, request.FILES)
        if form.is_valid() and _join(request, report, form.cleaned_data["file"]):
            return redirect("report_documents", reference)
    context = {
        "report": report,
        "documents": report.documents.current().for_page(),
        "form": form if can_file and not report.is_closed() else None,
        "limit_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
    }
    return render(request, "fabriques/report_documents.html", context)


def _join(request, report, upload):
    try:
        document = actions.join_document(report, upload=upload, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, f"« {document.file.name} » est joint au relevé.")
    return True


def document_file(request, reference, pk):
    """Who: members and staff. Leaves with: the document, as a download."""
    report = _find(request, reference)
    stored = get_object_or_404(report.documents.current().for_page(), pk=pk).file
    sentence = files.why_withheld(stored)
    if sentence and not policies.can_read_unscanned(request.user, report):
        return withheld(request, stored, sentence)
    return files.response(stored)


def document_remove(request, reference, pk):
    """Who: owner or editor. Question: take this document out? Leaves with: the other documents."""
    report = _find(request, reference)
    access.require(policies.can_file_report(request.user, report))
    document = get_object_or_404(report.documents.current().for_page(), pk=pk)
    if request.method == "POST":
        try:
            actions.remove_document(document, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"« {document.file.name} » est retiré du relevé.")
        return redirect("report_documents", reference)
    return render(request, "fabriques/report_document_remove.html", {"report": report, "document": document})


def _find(request, reference):
    return get_object_or_404(FollowUpReport.objects.visible_to(request.user).for_page(), reference=reference)
