"""What a reviewer does: their list, the dossier beside the grid, submitting, withdrawing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gen_portal.core import access, clock, phrases
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused
from labelling.actions.reviews import keep_note, save_review
from labelling.aids import aids_for
from labelling.forms.reviews import NoteForm, RecusalForm, ReviewFilterForm, ReviewForm
from labelling.models import Assignment, DiscussionMessage, Review
from labelling.models.piles import piles_of
from labelling.models.regional import standings_of
from labelling.pieces import pieces_of
from labelling.policies import reviews as policies
from labelling.remembered import refusal_for_reviewer
from labelling.transitions.recusals import decline, recuse
from labelling.transitions.reviews import missing_in, submit_review
from labelling.views.documents import filed_document

PAGE_SIZE = 50
AWAY = "Vous êtes déporté de ce dossier : il ne vous est plus accessible."
KEPT = "Ce que vous avez écrit est enregistré. Personne d'autre ne le lit avant votre dépôt."
HANDED_BACK = "Vous avez rendu ce dossier : l'équipe le confie à une autre personne."


def review_list(request):
    """Who: reviewer. Question: what do I still have to review, by when? Leaves with: the next dossier to open."""
    access.require(policies.can_review(request.user))
    today = access.today(request.user)
    own = Assignment.objects.visible_to(request.user)
    form = ReviewFilterForm(request.GET)
    shown = form.matching(own, today).to_do_first()
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page_obj": page, "counts": own.counts(today), "today": today,
        "undeclared_calls": Assignment.objects.undeclared_calls(request.user), "piles": piles_of(request.user),
    }  # fmt: skip
    return render(request, "labelling/review_list.html", context)


def review_page(request, reference):
    """Who: the reviewer of this dossier. Question: what is it worth? Leaves with: a draft, or the others' reviews."""
    try:
        assignment = own_assignment(request.user, reference)
    except Http404:
        return _to_declaration(request, reference)
    if request.method == "POST":
        access.require(policies.can_write(request.user, assignment))
        return _save(request, assignment)
    return _show(request, assignment)


def review_submit(request, reference):
    """Who: the reviewer. Question: is my review what I mean, for good? Leaves with: a submitted review."""
    assignment = own_assignment(request.user, reference)
    if policies.can_read_others(request.user, assignment):  # a second click, or the way back
        return redirect("review_page", reference)
    access.require(policies.can_write(request.user, assignment))
    if request.method == "POST":
        try:
            submit_review(assignment, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, "Votre évaluation est déposée. Celles des autres ministères se lisent ci-dessous."
            )
            return _next(request, assignment) if "suivant" in request.POST else redirect("review_page", reference)
    review = Review.objects.of(assignment).with_marks().first()
    missing = missing_in(review, assignment.application)
    context = {
        "assignment": assignment, "application": assignment.application, "review": review, "missing": missing
    }  # fmt: skip
    return render(request, "labelling/review_submit.html", context)


def review_recuse(request, reference):
    """Who: the reviewer. Question: can I judge this dossier? Leaves with: the dossier out of sight, or handed back."""
    assignment = own_assignment(request.user, reference)
    access.require(policies.can_recuse(request.user, assignment))
    form = RecusalForm(request.POST or None, is_submitted=assignment.submitted_at is not None)
    if request.method == "POST" and form.is_valid():
        act, told = (recuse, AWAY) if form.is_tie else (decline, HANDED_BACK)
        try:
            act(assignment, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect("review_list")
    context = {"assignment": assignment, "application": assignment.application, "form": form}
    return render(request, "labelling/review_recuse.html", context)


@require_POST
def review_note(request, reference):
    """Who: the reviewer, once the review is submitted. Question: what do I keep in mind? Leaves with: their notes kept."""
    assignment = own_assignment(request.user, reference)
    form = NoteForm(request.POST)
    if form.is_valid() and accepts(form, keep_note, assignment, form.cleaned_data["note"], by=request.user):
        messages.success(request, "Vos notes sont enregistrées. Personne d'autre ne les lit.")
        return redirect("review_page", reference)
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("review_page", reference)


def review_attachment(request, reference, pk):
    """A document of the dossier, as filed, handed to its reviewer: images without the place nor the date they hide."""
    return filed_document(request, own_assignment(request.user, reference).application, pk)


def _to_declaration(request, reference):
    """Whoever was entrusted with this dossier and has still to declare their interests is asked to; 404 otherwise."""
    if request.method == "POST":
        raise Http404
    places = Assignment.objects.entrusted_to(request.user).select_related("application__call")
    place = get_object_or_404(places, application__reference=reference)
    return redirect("declaration_sign", place.application.call.slug)


def own_assignment(user, reference):
    """The reviewer's own place; whatever else exists under this reference is 404 to them."""
    places = Assignment.objects.visible_to(user).for_page()
    return get_object_or_404(places, application__reference=reference)


def _save(request, assignment):
    """Keep the draft and the notes, for a button (a page) or for the autosave (a sentence)."""
    form = ReviewForm(request.POST, criteria=list(assignment.application.call.criteria.all()))
    is_valid = form.is_valid() and accepts(form, _keep, assignment, form, by=request.user)
    if request.headers.get("Accept") == "application/json":
        return _answer_autosave(" ".join(form.non_field_errors()) or ("" if is_valid else "une réponse est à corriger."))
    if not is_valid:
        return _show(request, assignment, form)
    messages.success(request, KEPT)
    if "suivant" in request.POST:
        return _next(request, assignment)
    return redirect("review_submit" if "suite" in request.POST else "review_page", assignment.application.reference)


def _keep(assignment, form, *, by):
    save_review(assignment, form.draft(), by=by)
    if form.cleaned_data["note"] != _note_of(assignment):
        keep_note(assignment, form.cleaned_data["note"], by=by)


def _note_of(assignment):
    note = getattr(assignment, "note", None)
    return note.text if note else ""


def _next(request, assignment):
    """The next dossier to review, or the list when none is left."""
    following = Assignment.objects.visible_to(request.user).next_after(assignment)
    return redirect("review_page", following.application.reference) if following else redirect("review_list")


def _answer_autosave(refusal):
    if refusal:
        return JsonResponse({"said": f"Non enregistré : {refusal}", "is_stopped": False})
    return JsonResponse({"said": f"Enregistré à {phrases.hour(clock.now().astimezone(clock.PARIS))}"})


def _show(request, assignment, form=None):
    """The page in the state of the review: to be written (with what was typed), or to be read beside the others'."""
    user, application = request.user, assignment.application
    filings = list(application.submissions.latest_first()[:2])
    own, others = _own_and_others(user, assignment)
    aids, note = aids_for(assignment, filings, access.today(user)), _note_of(assignment)
    if form is None:
        initial = ReviewForm.initial_of(own, note)
        form = ReviewForm(criteria=list(application.call.criteria.all()), usual=aids.usual, initial=initial)
    context = {
        "assignment": assignment, "application": application, "filing": filings[0] if filings else None,
        "files_prefix": reverse("review_page", args=[application.reference]) + "pieces/", "form": form,
        "pieces": pieces_of(application, filings[0] if filings else None),
        "own": own, "others": others, "regional": _regional(user, assignment, filings), "aids": aids,
        "refusal": _refusal(user, assignment),
        "note_form": NoteForm(initial={"note": note}),
        "can_write": policies.can_write(user, assignment), "can_recuse": policies.can_recuse(user, assignment),
        "can_change_mind": policies.can_change_mind(user, assignment),
        "message_count": _message_count(user, assignment), "today": access.today(user),
    }  # fmt: skip
    return render(request, "labelling/review_page.html", context)


def _regional(user, assignment, filings):
    """What the regions say, once one's own review is submitted; nothing before."""
    if not policies.can_read_others(user, assignment):
        return []
    return standings_of(assignment.application, filings[0].filed_at if filings else None, access.today(user))


def _refusal(user, assignment):
    """Why the same training was refused earlier, once one's own review is submitted."""
    if not policies.can_read_others(user, assignment):
        return None
    return refusal_for_reviewer(assignment.application, user)


def _message_count(user, assignment):
    """How many messages the discussion holds, once one's own review is submitted."""
    if not policies.can_read_others(user, assignment):
        return 0
    return DiscussionMessage.objects.visible_to(user, assignment.application).count()


def _own_and_others(user, assignment):
    """One's own review (None before it is begun), and the other ministries' once it is submitted: nothing before."""
    if not policies.can_read_others(user, assignment):
        return Review.objects.of(assignment).with_marks().first(), []
    reviews = list(Review.objects.visible_to(user, assignment.application).for_page())
    own = next(review for review in reviews if review.assignment_id == assignment.pk)
    return own, [review for review in reviews if review is not own]
