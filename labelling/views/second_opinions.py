"""After the reveal: a change of mind, and the discussion."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from gen_portal.core import access
from gen_portal.core.posted import accepts
from labelling.actions.discussing import write_message
from labelling.forms.second_opinions import MessageForm, SecondOpinionForm
from labelling.models import DiscussionMessage, Review
from labelling.models.discussion import judged_dossiers
from labelling.models.review import is_revealed
from labelling.policies import reviews as policies
from labelling.transitions.second_opinions import give_second_opinion
from labelling.views.reviews import own_assignment


def second_opinion(request, reference):
    """Who: a reviewer who read the others. Question: have they changed my mind? Leaves with: a second value, and why."""
    assignment = own_assignment(request.user, reference)
    access.require(policies.can_change_mind(request.user, assignment))
    review = Review.objects.of(assignment).for_page().get()
    form = SecondOpinionForm(request.POST or None, review=review)
    if request.method == "POST" and form.is_valid() and accepts(form, _give, form, assignment, request.user):
        messages.success(request, "Votre seconde évaluation est gardée à côté de la première, avec sa raison.")
        return redirect("review_page", reference)
    context = {"application": assignment.application, "assignment": assignment, "own": review, "form": form}
    return render(request, "labelling/second_opinion.html", context)


def _give(form, assignment, user):
    typed = form.cleaned_data
    give_second_opinion(
        assignment, marks=form.marks(), recommendation=typed["recommendation"], reason=typed["reason"], by=user
    )


def discussion_page(request, reference):
    """Who: who has read the reviews. Question: what do the gaps come from? Leaves with: a message read or written."""
    application = get_object_or_404(judged_dossiers().for_page(), reference=reference)
    if not is_revealed(request.user, application):
        raise Http404
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and accepts(form, _write, form, application, request.user):
        return redirect("discussion_page", reference)
    context = {
        "application": application,
        "form": form,
        "reviews": Review.objects.visible_to(request.user, application).for_page(),
        "discussion": DiscussionMessage.objects.visible_to(request.user, application).for_page(),
        "can_write": policies.can_discuss(application),
        "is_reviewer": policies.can_review(request.user),
    }
    return render(request, "labelling/discussion_page.html", context)


def _write(form, application, user):
    write_message(application, text=form.cleaned_data["text"], by=user)
