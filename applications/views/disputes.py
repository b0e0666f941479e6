"""The dispute report of a structure, for those who run the calls: on a page, as PDF, as CSV."""

import csv
from io import StringIO

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from applications import disputes
from applications.models import Structure
from applications.policies import dossiers as policies
from gen_portal.core import access, clock, pdf
from gen_portal.core.text import csv_cell


def dispute_page(request, reference):
    """Who: those who run the call. Question: what did this structure try, when, and what was it told? Leaves with: proofs."""
    structure = _find(request, reference)
    context = {"structure": structure, "dossiers": disputes.facts_of(structure, request.user)}
    return render(request, "applications/dispute_page.html", context)


def dispute_pdf(request, reference):
    """Leaves with: the report as a tagged PDF."""
    structure = _find(request, reference)
    content = disputes.document(structure, request.user, at=clock.now())
    return _download(content, f"depots-{structure.reference}.pdf", pdf.MEDIA_TYPE)


def dispute_csv(request, reference):
    """Leaves with: the lines of the ledger, for a spreadsheet."""
    structure, content = _find(request, reference), StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(disputes.COLUMNS)
    writer.writerows([csv_cell(cell) for cell in row] for row in disputes.rows_of(structure, request.user))
    name, media_type = f"depots-{structure.reference}.csv", "text/csv; charset=utf-8"
    return _download(content.getvalue().encode("utf-8-sig"), name, media_type)


def _find(request, reference):
    access.require(policies.can_run_calls(request.user))
    return get_object_or_404(Structure.objects.for_page(), reference=reference)


def _download(content, name, media_type):
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
