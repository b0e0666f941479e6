"""The floor beside each page: the least honest Django view with the same rows (session, user, count, rows in a template).

No rights, no navigation, no journal chain, no component: what a page costs above its floor is what those cost.
"""

import gzip
import json
import secrets
from html import escape

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from applications.models import Application, Call, Submission
from fabriques.models import FollowUpReport
from fabriques.models.registry import places_in_force
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from labelling.models import Assignment, Review, Score

_PLACE = "label__training__structure"


@login_required
def board(request, slug, size):
    """Dossiers under review with the figures kept for them, best mean first."""
    dossiers = Application.objects.filter(call__slug=slug, state="under_review")
    rows = dossiers.select_related("figures", "training__structure__commune").order_by("-figures__mean", "pk")[:size]
    return render(request, "board.html", {"rows": rows, "count": dossiers.count()})


@login_required
def board_all(request, slug):
    """All of them, raw rows written by Python."""
    found = Application.objects.filter(call__slug=slug, state="under_review").order_by("-figures__mean", "pk")
    columns = ("reference", "training__title", "training__structure__name", "figures__mean", "figures__spread")
    cells = (f"<tr>{''.join(f'<td>{escape(str(cell))}' for cell in row)}" for row in found.values_list(*columns))
    return HttpResponse(f"<!doctype html><title>{found.count()}</title><table>{''.join(cells)}</table>")


@login_required
def dossiers(request, slug):
    """Fifty dossiers of a call, the latest first."""
    found = Application.objects.filter(call__slug=slug).exclude(state="draft")
    rows = found.select_related("cut_off", "training__structure__commune").order_by("-submitted_at", "-pk")[:50]
    return render(request, "dossiers.html", {"rows": rows, "count": found.count()})


@login_required
def dossier(request, reference):
    """The answers of a dossier as filed, its documents and its history."""
    return render(request, "dossier.html", _dossier(reference))


def _dossier(reference):
    found = Application.objects.select_related("call", "training__structure__commune")
    application = get_object_or_404(found, reference=reference)
    filing = application.submissions.order_by("-pk").first()
    entries = JournalEntry.objects.filter(subject_type="applications.application", subject_id=application.pk)
    return {
        "application": application,
        "answers": filing.archive if filing else {},
        "history": entries.select_related("by").order_by("number"),
    }


@login_required
def review(request, reference):
    """The dossier and the grid of a reviewer; POST keeps the marks."""
    place = get_object_or_404(Assignment, application__reference=reference, reviewer=request.user)
    if request.method == "POST":
        _keep(place, request.POST)
        return redirect(request.path)
    written = Review.objects.filter(assignment=place).prefetch_related("scores__criterion").first()
    return render(request, "review.html", {**_dossier(reference), "review": written})


@transaction.atomic
def _keep(place, typed):
    written = Review.objects.select_for_update(of=("self",)).get(assignment=place)
    written.comment, written.changed_at = typed["comment"], clock.now()
    written.save(update_fields=["comment", "changed_at"])
    marks = {name.removeprefix("mark_"): value for name, value in typed.items() if name.startswith("mark_")}
    rows = [Score(review=written, criterion_id=pk, value=v, comment=typed[f"comment_{pk}"]) for pk, v in marks.items()]
    Score.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["review", "criterion"], update_fields=["value", "comment"]
    )


@login_required
def submit(request, reference):
    """Mark a dossier as filed with one row of its content and one of audit, in one transaction."""
    with transaction.atomic():
        row = Application.objects.select_for_update(of=("self",)).select_related("call").get(reference=reference)
        cut_off, now = row.call.cut_offs.last(), clock.now()
        Submission.objects.create(
            application=row, number=secrets.token_hex(12), idempotency_key=request.POST["key"], cut_off=cut_off,
            filed_at=now, filed_by=request.user, archive={"summary": row.summary}, sha256=secrets.token_hex(32),
        )  # fmt: skip
        Application.objects.filter(pk=row.pk).update(submitted_at=now, cut_off=cut_off)
        JournalEntry.objects.create(
            subject_type="bench", subject_id=row.pk, number=1, action="filed", by=request.user, at=now,
            salt="", note_digest="", hash=secrets.token_hex(32),
        )  # fmt: skip
    return redirect("dossier", reference)


def registry(request):
    """Fifty places of the labels, by structure."""
    places = places_in_force(clock.today())
    rows = places.select_related(f"{_PLACE}__fabrique", "commune__department__region")
    ordered = rows.order_by(f"{_PLACE}__folded_name", "pk")[:50]
    return render(request, "registry.html", {"rows": ordered, "count": places.count()})


_cached = {}


def points(request):
    """The same points in columns, five decimals, compressed once: bytes out of memory."""
    if not _cached:
        _cached["bytes"] = gzip.compress(json.dumps(_columns(), ensure_ascii=False, separators=(",", ":")).encode(), 6)
    return HttpResponse(_cached["bytes"], content_type="application/json", headers={"Content-Encoding": "gzip"})


_PLACE_FIELDS = (
    "pk", "label__title", "label__job_family", "label__reference", f"{_PLACE}__name", f"{_PLACE}__fabrique__slug",
    "commune__name", "commune__department_id", "commune__longitude", "commune__latitude",
)  # fmt: skip


def _columns():
    rows = places_in_force(clock.today()).values_list(*_PLACE_FIELDS)
    *columns, east, north = zip(*rows, strict=True)
    return [*columns, *([number and round(float(number), 5) for number in axis] for axis in (east, north))]


def places(request):
    """Fifty places as JSON, by key: one query, nothing checked."""
    rows = places_in_force(clock.today()).order_by("pk").values(*_PLACE_FIELDS)[:50]
    return JsonResponse({"resultats": list(rows)})


def calls(request):
    """Every call with its timetable."""
    found = Call.objects.prefetch_related("cut_offs").order_by("-pk")
    return render(request, "calls.html", {"rows": found, "count": found.count()})


@login_required
def desk(request):
    """How many dossiers of each call wait to be checked."""
    waiting = Application.objects.filter(state="submitted").values("call__title")
    return render(request, "desk.html", {"rows": waiting.annotate(count=Count("pk")).order_by("call__title")})


@login_required
def campaign(request, pk):
    """Fifty reports of a campaign."""
    reports = FollowUpReport.objects.filter(campaign=pk)
    rows = reports.select_related("label__training__structure__commune").order_by("pk")[:50]
    return render(request, "campaign.html", {"rows": rows, "count": reports.count()})


urlpatterns = [
    path("board/<slug:slug>/<int:size>/", board, name="board"),
    path("board/<slug:slug>/", board_all, name="board_all"),
    path("dossiers/<slug:slug>/", dossiers, name="dossiers"),
    path("dossier/<str:reference>/", dossier, name="dossier"),
    path("review/<str:reference>/", review, name="review"),
    path("submit/<str:reference>/", submit, name="submit"),
    path("registry/", registry, name="registry"),
    path("points/", points, name="points"),
    path("places/", places, name="places"),
    path("calls/", calls, name="calls"),
    path("desk/", desk, name="desk"),
    path("campaign/<int:pk>/", campaign, name="campaign"),
]
