"""Deciding on many dossiers at once: what it would do is shown first, then it is done as it was read, or not at all."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from applications.models import Call
from applications.models.officers import active_officers
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused
from labelling.actions.decisions import read_envelope
from labelling.actions.preparing import effects_of, prepare_many
from labelling.forms.deciding_many import ChoiceForm, PreparationForm
from labelling.models.docket import Step, current_cut_off, docket
from labelling.policies import decisions as policies
from labelling.policies.lines import KEPT_AWAY, sees_whole_call
from labelling.sources import LINES, source_of
from labelling.transitions.signing_many import countersign_many, countersigning_sheet, sign_many, signing_sheet


def decision_prepare_many(request, slug):
    """Who: director. Question: what would this outcome, or what the lines or the committee propose, do to these dossiers?
    Leaves with: all the sound ones prepared."""
    call, cut_off, keys = _chosen(request, slug, policies.can_decide)
    source = _source(request, cut_off)
    officers = active_officers(access.today(request.user))
    form = PreparationForm(request.POST or None, source=source, officers=officers, initial={"outcome": "labelled"})
    is_sound = form.is_valid()
    proposals, words = form.proposals(keys), {**form.common_words, "own_reasons": source.reasons}
    if is_sound and "faire" in request.POST and _prepared(request, proposals, words):
        return _to_list(call, cut_off, Step.TO_SIGN)
    preparation = effects_of(proposals, by=request.user, at=access.now(request.user), **words)
    context = {
        "call": call, "cut_off": cut_off, "form": form, "preparation": preparation, "envelope": read_envelope(call),
        "count": len(proposals), "source": source,
    }  # fmt: skip
    return render(request, "labelling/decision_prepare_many.html", context)


def decision_sign_many(request, slug):
    """Who: director, or their delegate. Question: is this all that I sign? Leaves with: signed, the money committed."""
    call, cut_off, keys = _chosen(request, slug, policies.can_sign)
    said = "décisions signées : leurs subventions sont engagées"
    return _confirm(request, call, cut_off, keys, signing_sheet, sign_many, said=said, following=Step.TO_COUNTERSIGN)


def decision_countersign_many(request, slug):
    """Who: second signatory, or their delegate. Question: do I agree with all of these? Leaves with: ready to publish."""
    call, cut_off, keys = _chosen(request, slug, policies.can_countersign)
    said = "décisions contresignées : elles sont prêtes à être publiées"
    return _confirm(
        request, call, cut_off, keys, countersigning_sheet, countersign_many, said=said, following=Step.READY
    )


def _chosen(request, slug, policy):
    """The call, the cut-off, and the keys of the dossiers chosen in its list."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()).for_page(), slug=slug)
    access.require(policy(request.user))
    form = ChoiceForm(request.GET, timetable=call.timetable, current=current_cut_off(call))
    if form.cut_off is None:
        raise Http404
    return call, form.cut_off, form.chosen(docket(form.cut_off).visible_to(request.user))


def _source(request, cut_off):
    """What proposes the outcomes. The lines tell of each dossier what it leaves to the others: all of them, or nothing."""
    source = source_of(request.GET.get("depuis"), cut_off)
    if source.name == LINES and not sees_whole_call(request.user, cut_off.call):
        raise PermissionDenied(KEPT_AWAY)
    return source


def _prepared(request, proposals, words):
    try:
        done = prepare_many(proposals, by=request.user, **words, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(
        request, f"{_counted(len(done.accepted), 'décisions préparées')}. Rien n'est engagé sans signature."
    )
    return True


def _confirm(request, call, cut_off, keys, read, act, *, said, following):
    """Show and do: both only with a fresh second factor, asked again on the way with the same choice."""
    if not access.has_fresh_second_factor(request):
        return redirect(access.second_factor_url(request.get_full_path()))
    if request.method == "POST":
        try:
            done = act(cut_off, keys, by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{_counted(len(done), said)}.")
            return _to_list(call, cut_off, following)
    sheet = read(cut_off, keys, by=request.user, at=access.now(request.user))
    context = {
        "call": call, "cut_off": cut_off, "sheet": sheet, "is_first": act is sign_many, "envelope": read_envelope(call)
    }  # fmt: skip
    return render(request, "labelling/decision_sign_many.html", context)


def _counted(count, plural):
    """« 1 décision signée », « 12 décisions signées » from the plural."""
    words = plural if count > 1 else plural.replace("décisions", "décision").replace("ées", "ée", 1)
    return f"{count} {words}"


def _to_list(call, cut_off, step):
    query = urlencode({"releve": cut_off.number, "etape": step})
    return redirect(f"{reverse('decision_list', args=[call.slug])}?{query}")
