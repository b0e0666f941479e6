"""A structure's reports: what is due and when, the figures, the check before filing, the earlier versions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import policies, transitions
from fabriques.actions import reports as actions
from fabriques.forms.follow_up import FollowUpReportForm
from fabriques.forms.review import mark_asked
from fabriques.models import FollowUpReport, yardsticks
from fabriques.report_reading import differences, read, read_versions
from gen_portal.core import access, clock, phrases
from gen_portal.core.workflow import Refused


def report_list(request):
    """Who: a structure's member. Question: what must I report, by when? Leaves with: the report to fill, or peace."""
    reports = FollowUpReport.objects.of_member(request.user).for_page()
    page = Paginator(reports, 50).get_page(request.GET.get("page"))
    context = {"page_obj": page, "now": clock.now(), "awaited_count": reports.awaited().count()}
    return render(request, "fabriques/report_list.html", context)


def report_page(request, reference):
    """Who: owner or editor; others read. Question: which figures? Leaves with: a draft kept, on the way to filing."""
    report = _find(request, reference)
    may_file, is_closed = policies.can_file_report(request.user, report), report.is_closed()
    if request.method == "POST":
        access.require(may_file)
        return _save(request, report)
    is_asked = report.filed_at is None or report.is_asked_back or "corriger" in request.GET
    shows_form = may_file and not is_closed and is_asked
    if shows_form:
        return _show_form(request, report, _form(report), seen=actions.mark(report.version_count, _draft(report)))
    context = {
        "report": report,
        "groups": read(report.figures()),
        "documents": report.documents.current().for_page(),
        "may_correct": may_file and not is_closed,
        "now": clock.now(),
    }
    return render(request, "fabriques/report_page.html", context)


def report_check(request, reference):
    """Who: owner or editor. Question: is it right, and what changed? Leaves with: the report filed."""
    report = _find(request, reference)
    access.require(policies.can_file_report(request.user, report))
    draft = _draft(report)
    if draft is None:
        return redirect("report_page", reference)
    yardstick = yardsticks([report])[report.pk]
    form = FollowUpReportForm(draft.typed, instance=report, yardstick=yardstick)
    is_valid = form.is_valid()
    if request.method == "POST" and is_valid and _file(request, report, form):
        return redirect("report_page", reference)
    figures = form.figures() if is_valid else {}
    context = {
        "report": report,
        "form": form,
        "seen": actions.mark(report.version_count, draft),
        "groups": read(figures, yardstick.earlier),
        "deviations": yardstick.deviations(figures) if is_valid else [],
        "documents": report.documents.current().for_page(),
    }
    return render(request, "fabriques/report_check.html", context)


def report_versions(request, reference):
    """Who: members and staff. Question: what changed between two filings? Leaves with: each difference."""
    report = _find(request, reference)
    versions = read_versions(report.versions.select_related("filed_by").order_by("number"))
    return render(request, "fabriques/report_versions.html", {"report": report, "versions": versions})


def _find(request, reference):
    return get_object_or_404(FollowUpReport.objects.visible_to(request.user).for_filing(), reference=reference)


def _draft(report):
    return getattr(report, "draft", None)


def _form(report, data=None):
    """Begins with the draft, else with what was filed, else with the figures of the quarter before."""
    yardstick, draft = yardsticks([report])[report.pk], _draft(report)
    initial = draft.typed if draft else {} if report.filed_at else dict(yardstick.earlier)
    return FollowUpReportForm(data, instance=report, initial=initial, yardstick=yardstick)


def _show_form(request, report, form, *, seen, conflict=None, status=200):
    correction = report.correction
    context = {
        "report": report,
        "form": mark_asked(form, correction),
        "correction": correction,
        "seen": seen,
        "promised": form.yardstick.promised,
        "differences": differences(conflict.typed, form.typed()) if conflict else [],
        "document_count": report.documents.current().count(),
        "now": clock.now(),
    }
    return render(request, "fabriques/report_form.html", context, status=status)


def _save(request, report):
    """Keep the draft; go on to the check when it is asked and everything is right."""
    typed, seen = FollowUpReportForm(request.POST, instance=report).typed(), request.POST.get("seen-report", "")
    try:
        mark = actions.save_draft(report, typed, by=request.user, seen=seen)
    except Refused as refusal:
        return _answer_refusal(request, report, refusal, seen)
    if _wants_json(request):
        hour = phrases.hour(clock.now().astimezone(clock.PARIS))
        return JsonResponse({"said": f"Brouillon enregistré à {hour}", "seen": {"report": mark}})
    if "suite" not in request.POST:
        messages.success(request, "Le brouillon est enregistré. Il n'est pas encore transmis.")
        return redirect(f"{request.path}?corriger=1")
    form = _form(report, request.POST)
    if not form.is_valid():
        return _show_form(request, report, form, seen=mark)
    return redirect("report_check", report.reference)


def _answer_refusal(request, report, refusal, seen):
    """Nothing was stored: what was typed stays on the page, beside what somebody else stored."""
    conflict = refusal if isinstance(refusal, actions.Conflict) else None
    if _wants_json(request):
        said = f"Non enregistré. {refusal}"
        return JsonResponse({"said": said, "is_stopped": True}, status=409)
    messages.error(request, str(refusal))
    seen = conflict.version if conflict else seen
    form = _form(report, request.POST)
    return _show_form(request, report, form, seen=seen, conflict=conflict, status=409)


def _wants_json(request):
    return request.headers.get("Accept") == "application/json"


def _file(request, report, form):
    """Whether it was filed; refused when the draft is not the one that was read."""
    seen = request.POST.get("version", "")
    try:
        if seen != actions.mark(report.version_count, report.draft):
            raise Refused("Le brouillon a changé depuis que vous l'avez relu : relisez-le, puis transmettez-le.")
        transitions.file_report(report, by=request.user, seen=report.version_count, **form.filing())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, "Le relevé est transmis. Merci : plus aucun rappel ne partira pour lui.")
    return True
