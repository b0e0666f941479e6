"""Who reviews a dossier: one reviewer per ministry, chosen by an officer."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Application, Call
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused
from labelling.forms.reviews import AssignmentForm
from labelling.models import ASSIGNABLE_STATES, Assignment, Review
from labelling.models.candidates import empty_places, seats_of
from labelling.policies import reviews as policies
from labelling.transitions.reviews import PlacesRefused, set_places

REGION = "application__training__structure__commune__department__region"
REVIEWER = Concat("reviewer__first_name", Value(" "), "reviewer__last_name")
#: What the progress of reviews is counted by: the words of the column, the path to its names.
PROGRESS = (
    ("Ministère", F("ministry__short_name"), "ministry"),
    ("Région", F(f"{REGION}__name"), REGION),
    ("Instructeur", REVIEWER, "reviewer"),
)
#: What a reviewer is usually given.
REVIEW_TIME = timedelta(days=21)


def assignment_edit(request, reference):
    """Who: officer (others who run the call read). Question: who reviews this dossier? Leaves with: a full table."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_page(), reference=reference)
    access.require(policies.can_see_assignments(request.user))
    today = clock.today()
    can_assign = policies.can_assign(request.user) and application.state in ASSIGNABLE_STATES
    form = AssignmentForm(
        request.POST or None, seats=seats_of(application, request.user, today), initial={"due_on": today + REVIEW_TIME}
    )
    if request.method == "POST":
        access.require(policies.can_assign(request.user))
        if form.is_valid() and _saved(request, application, form):
            return redirect("assignment_edit", application.reference)
    context = {
        "application": application,
        "form": form,
        "can_assign": can_assign,
        "recusals": application.recusals.for_page(),
        "may_read_written": policies.can_assign(request.user),
        "today": today,
    }
    return render(request, "labelling/assignment_edit.html", context)


def assignment_written(request, reference, pk):
    """Who: officer. Question: what had somebody written who no longer reviews? Leaves with: that, for the record only."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_page(), reference=reference)
    access.require(policies.can_assign(request.user))
    place = get_object_or_404(application.assignments.written_and_ended().for_page(), pk=pk)
    review = Review.objects.of(place).for_page().get()
    context = {"application": application, "place": place, "review": review}
    return render(request, "labelling/assignment_written.html", context)


def review_progress(request, slug):
    """Who: those who run the call. Question: where are the reviews late? Leaves with: the ministry or region to call."""
    now = clock.now()
    call = get_object_or_404(Call.objects.visible_to(request.user, now), slug=slug)
    access.require(policies.can_see_assignments(request.user))
    places, today = Assignment.objects.of_call(slug).open_to(request.user), clock.day_of(now)
    context = {
        "call": call,
        "groups": [(title, places.progress_by(name, today, key)) for title, name, key in PROGRESS],
        "empty_places": [(ministry, count) for ministry, count in empty_places(call, request.user, today) if count],
        "can_assign": policies.can_share_out(request.user, call),
    }
    return render(request, "labelling/review_progress.html", context)


def _saved(request, application, form):
    """Whether the choices were made; what refused them is said beside each, and nothing typed is lost."""
    try:
        count = set_places(application, form.places(), due_on=form.cleaned_data["due_on"], by=request.user)
    except PlacesRefused as refusal:
        form.show_refusals(refusal)
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _told(count))
    return True


def _told(count):
    if not count:
        return "Aucun changement : la répartition reste la même."
    return "La répartition est enregistrée. Chaque personne concernée est prévenue par courriel."
