"""Many reports in one sheet: the template, the file, what it would do, then the act. Nothing is filed by halves."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import transitions
from fabriques.actions.report_uploads import keep_upload
from fabriques.forms.report_uploads import HEADERS, UploadForm, judge, template_rows
from fabriques.models import FollowUpReport, ReportUpload
from gen_portal.core import clock, spreadsheets
from gen_portal.core.workflow import Refused

KINDS = {
    "csv": (spreadsheets.as_csv, spreadsheets.CSV_TYPE),
    "xlsx": (spreadsheets.as_xlsx, spreadsheets.XLSX_TYPE),
}


def upload_template(request, extension):
    """Who: owner or editor. Leaves with: a sheet with a line for each awaited report."""
    if extension not in KINDS:
        raise Http404
    write, content_type = KINDS[extension]
    answer = HttpResponse(write(HEADERS, template_rows(request.user)), content_type=content_type)
    name = f"releves-{clock.today():%Y-%m-%d}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def upload_create(request):
    """Who: owner or editor. Question: what is wrong in my sheet, line by line? Leaves with: the page of its effects."""
    form, verdict, status = UploadForm(), None, 200
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            verdict = judge(form.sheet, request.user)
            if not verdict.faults or _is_known(form, request.user):
                return redirect("upload_page", _keep(form, request.user).reference)
            status = 422
    awaited = FollowUpReport.objects.fileable_by(request.user).awaited().count()
    context = {"form": form, "verdict": verdict, "awaited_count": awaited}
    return render(request, "fabriques/upload_create.html", context, status=status)


def upload_page(request, reference):
    """Who: its sender. Question: what will be filed? Leaves with: every report of the sheet filed."""
    upload = get_object_or_404(ReportUpload.objects.of(request.user), reference=reference)
    verdict = None
    if upload.filed_at is None:
        verdict = judge(spreadsheets.read(_content(upload), HEADERS), request.user)
        if request.method == "POST" and not verdict.faults and _file(request, upload, verdict):
            return redirect("report_list")
    elif request.method == "POST":
        messages.info(request, "Ce fichier était déjà transmis : rien n'a été refait.")
        return redirect("report_list")
    return render(request, "fabriques/upload_page.html", {"upload": upload, "verdict": verdict})


def _content(upload):
    with upload.file.content.open("rb") as kept:
        return kept.read()


def _is_known(form, user):
    return ReportUpload.objects.of(user).filed_with(form.sha256()).exists()


def _keep(form, user):
    upload = form.cleaned_data["file"]
    kind = "xlsx" if form.content.startswith(b"PK") else "csv"
    return keep_upload(form.content, name=upload.name, content_type=KINDS[kind][1], by=user)


def _file(request, upload, verdict):
    try:
        filed = transitions.file_upload(upload, by=request.user, filings=verdict.filings)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    count = filed.report_count
    messages.success(request, "Un relevé est transmis." if count == 1 else f"{count} relevés sont transmis.")
    return True
