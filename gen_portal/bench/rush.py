"""The last day of a call: dossiers that lack nothing, to be filed through the portal and through the floor."""

from collections import Counter

from django.urls import reverse

from applications.models import Application, ApplicationState, Submission
from applications.models.sections import missing_answers
from gen_portal.bench.targets import cookie_of

COUNT = 800  # filings, half on each side


def drafts():
    """Drafts that lack nothing, half for each side."""
    rows = [(row.reference, row.started_by.email) for row in ready(COUNT)]
    return {"pages": rows[: COUNT // 2], "floors": rows[COUNT // 2 :]}


def ready(count):
    """The latest drafts, made by the full-scale demonstration for this: each of another structure, lacking nothing."""
    found = Application.objects.filter(cut_off=None, state=ApplicationState.DRAFT).select_related("started_by")
    rows = [row for row in found.order_by("-pk")[:count] if not missing_answers(row)]
    if len(rows) < count:
        raise RuntimeError(f"{len(rows)} drafts out of {count} may be filed.")
    return rows


def requests_for(rows, path_of, leads_to):
    cookies = {email: cookie_of(email) for _, email in rows}
    return [
        {
            "label": "Dépôt",
            "path": path_of(reference),
            "cookie": cookies[email],
            "form": {"key": f"bench{reference}", "signature": "on"},
            "leads_to": leads_to,
        }
        for reference, email in rows
    ]


def main(what, *references):
    """`requests`: what to post, by side. `filed <references>`: how many of these have exactly one filing."""
    if what == "filed":
        filings = Counter(Submission.objects.filter(application__reference__in=references).values_list("application"))
        return sum(count == 1 for count in filings.values())
    rows = drafts()
    return {
        "pages": requests_for(
            rows["pages"], lambda reference: reverse("application_submit", args=[reference]), "/recepisse/"
        ),
        "floors": requests_for(rows["floors"], lambda reference: f"/submit/{reference}/", "/dossier/"),
        "references": [reference for reference, _ in rows["pages"]],
    }
