"""Publishing a cut-off: everything it will do on one page, then the act."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.models import Call
from fabriques.actions.publication import publish_cut_off
from fabriques.forms.publication import ReleaseForm
from fabriques.preview import preview_of
from fabriques.publication_progress import drift_of, runs_of
from gen_portal.core import access, clock, phrases
from gen_portal.core.phrases import euros
from gen_portal.core.workflow import Refused
from labelling.models import Release
from labelling.policies import decisions as policies
from labelling.transitions.releases import cancel, schedule


def publication_page(request, slug, number):
    """Who: officer or director (the second signatory reads). Question: what will publishing do? Leaves with: it is done, or
    scheduled."""
    cut_off = _cut_off(request, slug, number)
    if request.method == "POST":
        access.require(policies.can_publish(request.user))
        try:
            counts = publish_cut_off(cut_off, by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("publication_page", slug, number)
        messages.success(request, _told(counts))
        return redirect("publication_progress", slug, number)
    return _page(request, cut_off, ReleaseForm(initial={"hour": "12:00"}))


@require_POST
def publication_schedule(request, slug, number):
    """Who: officer or director. Question: when does it appear? Leaves with: the clock will publish what is ready now."""
    cut_off = _cut_off(request, slug, number)
    access.require(policies.can_publish(request.user))
    form = ReleaseForm(request.POST)
    if form.is_valid():
        try:
            release = schedule(cut_off, at=form.cleaned_data["at"], by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"La publication est programmée : {phrases.instant(release.at)}.")
            return redirect("publication_page", slug, number)
    return _page(request, cut_off, form)


@require_POST
def publication_cancel(request, slug, number):
    """Leaves with: nothing appears at the instant that was planned."""
    cut_off = _cut_off(request, slug, number)
    access.require(policies.can_publish(request.user))
    release = get_object_or_404(cut_off.releases.scheduled())
    try:
        cancel(release, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La publication programmée est annulée. Rien ne paraîtra à cet instant.")
    return redirect("publication_page", slug, number)


def publication_progress(request, slug, number):
    """Who: those who run the call. Question: have the letters left? Leaves with: all of them, or those to see to."""
    cut_off = _cut_off(request, slug, number)
    runs = runs_of(cut_off)
    context = {"call": cut_off.call, "cut_off": cut_off, "runs": runs, "is_over": all(run.is_over for run in runs)}
    return render(request, "fabriques/publication_progress.html", context)


def _cut_off(request, slug, number):
    """The cut-off, for those who may know what is prepared in it."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_decisions(request.user))
    return get_object_or_404(call.cut_offs.select_related("call"), number=number)


def _page(request, cut_off, form):
    release = Release.objects.latest_of(cut_off)
    context = {
        "call": cut_off.call, "cut_off": cut_off, "form": form, "release": release,
        "preview": preview_of(cut_off, request.user, clock.now()), "can_publish": policies.can_publish(request.user),
        "drift": drift_of(release) if release and release.is_waiting else None,
    }  # fmt: skip
    return render(request, "fabriques/publication_page.html", context)


def _told(counts):
    """« 12 décisions publiées (…), 9 labels, 7 fabriques ouvertes, 15 courriels, 420 000 € de subventions. »"""
    outcomes = ", ".join(counts.lines)
    return (
        f"Publié : {_count(counts.decision_count, 'décision')} ({outcomes}), {_count(counts.label_count, 'label')}, "
        f"{_count(counts.fabrique_count, 'nouvelle fabrique', 'nouvelles fabriques')}, "
        f"{_count(counts.letter_count, 'courriel')}, {euros(counts.grants_euros)} de subventions."
    )


def _count(number, noun, plural=""):
    return f"{number} {(plural or f'{noun}s') if number > 1 else noun}"
