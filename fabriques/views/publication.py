"""Publishing a cut-off: everything it will do on one page, then the act."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from fabriques.actions.publication import publish_cut_off
from fabriques.preview import preview_of
from gen_portal.core import access, clock
from gen_portal.core.phrases import euros
from gen_portal.core.workflow import Refused
from labelling.policies import decisions as policies


def publication_page(request, slug, number):
    """Who: officer or director (the second signatory reads). Question: what will publishing do? Leaves with: it is done."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_decisions(request.user))
    cut_off = get_object_or_404(call.cut_offs, number=number)
    can_publish = policies.can_publish(request.user)
    if request.method == "POST":
        access.require(can_publish)
        try:
            counts = publish_cut_off(cut_off, by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _told(counts))
        return redirect("publication_page", slug, number)
    preview = preview_of(cut_off, request.user, clock.now())
    context = {"call": call, "cut_off": cut_off, "preview": preview, "can_publish": can_publish}
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
