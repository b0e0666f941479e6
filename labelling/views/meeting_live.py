"""A meeting while it sits: the live point, votes, conclusions; and its minutes once sealed."""

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from gen_portal.core import access, pdf
from gen_portal.core.posted import accepts
from labelling import minutes
from labelling.forms.meetings import ConsensusForm, LeaveRoomForm, SecondReadingForm, VoteForm, VoteResultForm
from labelling.meeting_room import live_point, tally_of
from labelling.models.attendance import is_present
from labelling.models.partaking import dossiers_kept_from
from labelling.policies import meetings as policies
from labelling.transitions import agendas, items
from labelling.views.meetings import do, find_meeting

#: Each act on a point by its name in the url: what it does, what is said, where one goes next.
ACTS = {
    "examiner": (items.put_live, {}, "Le point est en cours d'examen.", "meeting_live"),
    "interrompre": (items.put_back, {}, "L'examen est interrompu.", "meeting_page"),
    "voter": (items.open_vote, {}, "Le vote est ouvert.", "meeting_live"),
    "retirer": (agendas.remove_item, {}, "Le point est retiré de l'ordre du jour.", "meeting_page"),
    "monter": (agendas.move_item, {"is_up": True}, "Le point est déplacé.", "meeting_page"),
    "descendre": (agendas.move_item, {"is_up": False}, "Le point est déplacé.", "meeting_page"),
}


def meeting_live(request, pk):
    """Who: those in the meeting. Question: what is being examined, what do I say? Leaves with: a vote cast."""
    meeting = find_meeting(request.user, pk)
    can_run = policies.can_run(request.user, meeting.cut_off.call)
    is_there = is_present(meeting, request.user)
    is_shown = meeting.is_open and (can_run or is_there)
    point = live_point(meeting, request.user, access.today(request.user)) if is_shown else None
    context = {"meeting": meeting, "point": point, "can_run": can_run, "is_there": is_there}
    return render(request, "labelling/meeting_live.html", context)


@require_POST
def item_act(request, pk, reference, act):
    """Put a point live or back, open its vote, move it, take it off."""
    item = _find(request.user, pk, reference)
    if act not in ACTS:
        raise Http404
    access.require(policies.can_run(request.user, item.meeting.cut_off.call))
    transition, values, said, then = ACTS[act]
    do(request, said, transition, item, **values)
    return redirect(then, pk)


@require_POST
def item_vote(request, pk, reference):
    """A member's voice on the live point."""
    item, form = _find(request.user, pk, reference), VoteForm(request.POST)
    choice = form.cleaned_data["choice"] if form.is_valid() else ""
    do(request, "Votre voix est enregistrée ; vous pouvez la changer tant que le vote dure.", items.cast_vote, item,
       choice=choice)  # fmt: skip
    return redirect("meeting_live", pk)


def item_settle(request, pk, reference):
    """Who: officer, director. Question: what did the committee conclude, and why? Leaves with: the point settled."""
    item = _find(request.user, pk, reference)
    access.require(policies.can_run(request.user, item.meeting.cut_off.call))
    tally, outcome = tally_of(item)
    form = (
        VoteResultForm(request.POST or None, initial={"seen": outcome})
        if item.is_voting
        else ConsensusForm(request.POST or None)
    )
    settle = items.settle_by_vote if item.is_voting else items.settle_by_consensus
    if (
        request.method == "POST"
        and form.is_valid()
        and accepts(form, settle, item, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Le point est conclu.")
        return redirect("meeting_page", pk)
    context = {"meeting": item.meeting, "item": item, "form": form, "tally": tally, "outcome": outcome}
    return render(request, "labelling/item_settle.html", context)


def item_send_back(request, pk, reference):
    """Who: officer, director. Question: why, and when does it come back? Leaves with: a second reading."""
    item = _find(request.user, pk, reference)
    access.require(policies.can_run(request.user, item.meeting.cut_off.call))
    form = SecondReadingForm(request.POST or None, initial={"is_later": ""})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, items.send_to_second_reading, item, by=request.user, **form.cleaned_data):
        messages.success(request, "Le point est renvoyé en seconde lecture.")
        return redirect("meeting_page", pk)
    return render(request, "labelling/item_send_back.html", {"meeting": item.meeting, "item": item, "form": form})


def item_leave(request, pk, reference):
    """Who: a member. Question: may I hear this dossier judged? Leaves with: it out of sight."""
    item, form = _find(request.user, pk, reference), LeaveRoomForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, items.leave_the_room, item, by=request.user, **form.cleaned_data):
        messages.success(request, "Vous vous êtes déporté : ce dossier n'existe plus pour vous.")
        return redirect("meeting_page", pk)
    return render(request, "labelling/item_leave.html", {"meeting": item.meeting, "item": item, "form": form})


def minutes_pdf(request, pk):
    """The sealed minutes, whole or as an extract, for those who run the call and those who were there."""
    meeting = find_meeting(request.user, pk)
    if not meeting.is_sealed:
        raise Http404
    access.require(policies.can_read_minutes(request.user, meeting))
    if policies.reads_whole_minutes(request.user, meeting):
        content, name = minutes.document(meeting.minutes), "proces-verbal"
    else:
        hidden = set(dossiers_kept_from(request.user).values_list("reference", flat=True))
        content, name = minutes.extract(meeting.minutes, hidden), "extrait-proces-verbal"
    name = f"{name}-{meeting.cut_off.call.slug}-releve-{meeting.cut_off.number}-seance-{meeting.number}.pdf"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=pdf.MEDIA_TYPE)


def _find(user, pk, reference):
    """The latest reading of a dossier on the agenda; for whoever must not hear of it, nothing is there."""
    item = find_meeting(user, pk).items.visible_to(user).for_page().of_dossier(reference).last()
    if item is None:
        raise Http404
    return item
