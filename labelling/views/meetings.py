"""The meetings of the committee on a call: planned, their agenda and who is there, their acts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.models import Call
from gen_portal.core import access, clock
from gen_portal.core.models import User
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused
from labelling.forms.meetings import AddItemForm, CarryForm, MeetingForm
from labelling.meeting_room import agenda_for, roll_of
from labelling.models import CommitteeMeeting
from labelling.models.agenda import dossiers_to_examine
from labelling.models.partaking import members_on
from labelling.policies import meetings as policies
from labelling.transitions import agendas, meetings
from labelling.transitions.minutes import seal_minutes

PAGE_SIZE = 50
#: Each act of a meeting by its name in the url, and what is said once it is done.
ACTS = {
    "ouvrir": (meetings.open_meeting, "La séance est ouverte."),
    "suspendre": (meetings.adjourn_meeting, "La séance est suspendue."),
    "reprendre": (meetings.resume_meeting, "La séance reprend."),
    "clore": (meetings.close_meeting, "La séance est close : il reste à sceller son procès-verbal."),
    "remplir": (agendas.build_agenda, "L'ordre du jour est rempli."),
    "sceller": (seal_minutes, "Le procès-verbal est scellé."),
}
#: The act that cannot be taken back: it wants a fresh second factor, as a signature does.
SEALING = "sceller"


def meeting_list(request, slug):
    """Who: committee, those who run the call. Question: when does the committee meet? Leaves with: a meeting to open."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_meetings(request.user))
    found = CommitteeMeeting.objects.of_call(call).with_item_count(request.user).for_page()
    context = {
        "call": call, "can_run": policies.can_run(request.user, call),
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "labelling/meeting_list.html", context)


def meeting_plan(request, slug):
    """Who: officer, director. Question: when, where, who presides? Leaves with: a meeting planned."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_run(request.user, call))
    form = MeetingForm(
        request.POST or None, cut_offs=call.timetable, members=members_on(access.today(request.user))
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            meeting = meetings.plan_meeting(form.cut_off_chosen, by=request.user, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La séance est prévue.")
            return redirect("meeting_page", meeting.pk)
    return render(request, "labelling/meeting_plan.html", {"call": call, "form": form})


def meeting_page(request, pk):
    """Who: committee, those who run the call. Question: what is on the agenda, who is there, what comes next? Leaves
    with: the meeting one step further."""
    meeting = find_meeting(request.user, pk)
    can_run = policies.can_run(request.user, meeting.cut_off.call)
    is_filled_in = can_run and meeting.is_unfinished
    context = {
        "meeting": meeting, "agenda": agenda_for(meeting, request.user), "can_run": can_run,
        "roll": roll_of(meeting, access.today(request.user)),
        "can_read_minutes": policies.can_read_minutes(request.user, meeting),
        "reads_whole": policies.reads_whole_minutes(request.user, meeting),
        "add_form": AddItemForm(dossiers=dossiers_to_examine(meeting, request.user).for_page()) if is_filled_in else None,
        "carry_form": CarryForm(meetings=CommitteeMeeting.objects.others_of_cut_off(meeting)) if is_filled_in else None,
    }  # fmt: skip
    return render(request, "labelling/meeting_page.html", context)


@require_POST
def meeting_act(request, pk, act):
    """Open, adjourn, resume, close a meeting, fill its agenda, seal its minutes."""
    meeting = find_meeting(request.user, pk)
    if act not in ACTS:
        raise Http404
    access.require(policies.can_run(request.user, meeting.cut_off.call))
    if act == SEALING and not access.has_fresh_second_factor(request):
        messages.info(request, "Sceller est définitif : donnez votre second facteur, puis scellez le procès-verbal.")
        return redirect(access.second_factor_url(reverse("meeting_page", args=[pk])))
    transition, said = ACTS[act]
    do(request, said, transition, meeting)
    return redirect("meeting_page", pk)


@require_POST
def meeting_arrive(request, pk):
    """A member takes their place."""
    do(request, "Présence notée.", meetings.arrive, find_meeting(request.user, pk), person=request.user)
    return redirect("meeting_live", pk)


@require_POST
def meeting_leave(request, pk):
    """A member leaves the room."""
    do(request, "Départ noté.", meetings.leave, find_meeting(request.user, pk), person=request.user)
    return redirect("meeting_live", pk)


@require_POST
def roll_arrive(request, pk, person):
    """Who runs the meeting says that a member is there."""
    return _called(request, pk, person, meetings.arrive, "Présence notée.")


@require_POST
def roll_leave(request, pk, person):
    """The same for one who leaves."""
    return _called(request, pk, person, meetings.leave, "Départ noté.")


def _called(request, pk, person, transition, said):
    meeting = find_meeting(request.user, pk)
    do(request, said, transition, meeting, person=get_object_or_404(User, pk=person))
    return redirect("meeting_page", pk)


@require_POST
def agenda_add(request, pk):
    """One more dossier on the agenda."""
    meeting = find_meeting(request.user, pk)
    access.require(policies.can_run(request.user, meeting.cut_off.call))
    form = AddItemForm(request.POST, dossiers=dossiers_to_examine(meeting, request.user).for_page())
    if form.is_valid() and accepts(form, agendas.add_item, meeting, by=request.user, **form.cleaned_data):
        messages.success(request, "Le dossier est inscrit à l'ordre du jour.")
    _tell_faults(request, form)
    return redirect("meeting_page", pk)


@require_POST
def agenda_carry(request, pk):
    """What was not examined goes to another meeting."""
    meeting = find_meeting(request.user, pk)
    access.require(policies.can_run(request.user, meeting.cut_off.call))
    form = CarryForm(request.POST, meetings=CommitteeMeeting.objects.others_of_cut_off(meeting))
    if form.is_valid() and accepts(form, agendas.carry_over, meeting, by=request.user, **form.cleaned_data):
        messages.success(request, "Les points qui restaient sont reportés à l'autre séance.")
    _tell_faults(request, form)
    return redirect("meeting_page", pk)


def _tell_faults(request, form):
    for fault in [str(each) for faults in form.errors.values() for each in faults]:
        messages.error(request, fault)


def find_meeting(user, pk):
    """Whoever takes no part in meetings gets the 404 of one that does not exist."""
    return get_object_or_404(CommitteeMeeting.objects.visible_to(user).for_page(), pk=pk)


def do(request, said, transition, *args, **values):
    """Do an act and say so, or say why not."""
    try:
        transition(*args, by=request.user, **values)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
