"""The proof of a filing: its page, its PDF, its export, and the public page that checks it."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from applications import receipts
from applications.closing import exact
from applications.forms.verification import ExportForm
from applications.models import Application, ApplicationState, Submission
from applications.policies import dossiers as policies
from gen_portal.core import pdf


def application_receipt(request, reference, number):
    """Who: members, staff. Question: what proves the filing? Leaves with: the receipt, as PDF, and the means to check it."""
    application, filing = _find(request, reference, number)
    exported = receipts.export(filing)
    context = {
        "application": application,
        "submission": filing,
        "receipt": exported["receipt"],
        "seal": exported["seal"],
        "standing": _standing(application, filing),
        "is_member": policies.is_member(request.user, application),
    }
    return render(request, "applications/application_receipt.html", context)


def _standing(application, filing):
    """What became of a filing since, in a sentence; empty while it is the one that counts."""
    if application.submissions.latest_first().first() != filing:
        return "Ce dépôt a été remplacé par un dépôt plus récent du même dossier."
    if application.state in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN):
        return "Ce dépôt a été retiré par la structure : le dossier n'est plus déposé."
    return ""


def receipt_pdf(request, reference, number):
    """Who: members, staff. Leaves with: the receipt as a tagged PDF, made now, outside any filing."""
    _, filing = _find(request, reference, number)
    return _download(receipts.document(filing), f"recepisse-{filing.number}.pdf", pdf.MEDIA_TYPE)


def receipt_export(request, reference, number):
    """Who: members, staff. Leaves with: answers, manifest of files and fingerprints, to be checked anywhere."""
    _, filing = _find(request, reference, number)
    content = json.dumps(receipts.export(filing), ensure_ascii=False, indent=1, sort_keys=True)
    return _download(content.encode(), f"depot-{filing.number}.json", "application/json")


@login_not_required
def receipt_check(request):
    """Who: anybody. Question: does this receipt exist, is this export intact? Leaves with: yes or no, and nothing of whom."""
    number, form = request.GET.get("numero", "").strip()[:40], ExportForm(request.POST or None, request.FILES or None)
    filing = Submission.objects.numbered(number) if number else None
    context = {"form": form, "number": number, "filing": filing, "verdict": None, "checked_number": ""}
    if filing is not None:
        context["filed_at_text"] = exact(filing.filed_at)
    if request.method == "POST" and form.is_valid():
        checked = _matching(form.exported)
        context |= {"verdict": checked is not None, "checked_number": checked.number if checked else ""}
    return render(request, "applications/receipt_check.html", context)


def _matching(exported):
    """The filing whose export this is, None when it is not one to the last sign."""
    receipt = exported.get("receipt") if exported else None
    number = receipt.get("number") if isinstance(receipt, dict) else None
    filing = Submission.objects.for_receipt().numbered(number) if isinstance(number, str) else None
    return filing if filing is not None and receipts.matches(filing, exported) else None


def _find(request, reference, number):
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    return application, get_object_or_404(application.submissions.for_receipt(), number=number)


def _download(content, name, media_type):
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
