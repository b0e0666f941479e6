"""Those who review: what each agreed to, who is away, who leaves; for officers, and for the reviewer alone."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gen_portal.core import access, capacities
from gen_portal.core.models import User
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused
from labelling.actions import terms as actions
from labelling.forms.people import AbsenceForm, PeopleFilterForm, TermsForm
from labelling.models import Assignment, ReviewerAbsence, ReviewerTerms
from labelling.models.candidates import substitutes_of
from labelling.models.people import people_on, users_on, with_work
from labelling.policies import reviews as policies
from labelling.transitions.leaving import hand_over

PAGE_SIZE = 50


def people_list(request):
    """Who: officer. Question: who reviews, how much, who is away? Leaves with: the person to invite, relieve or call."""
    access.require(policies.can_assign(request.user))
    today = access.today(request.user)
    form = PeopleFilterForm(request.GET)
    page = Paginator(form.matching(people_on(today)).for_page(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "people": with_work(page.object_list, request.user, today), "today": today}
    return render(request, "labelling/people_list.html", context)


def person_page(request, pk):
    """Who: officer. Question: what can this person take? Leaves with: their terms, their absences, or their leaving."""
    access.require(policies.can_assign(request.user))
    capacity = get_object_or_404(people_on(access.today(request.user)).for_page(), pk=pk)
    context = {"capacity": capacity, "places": Assignment.objects.to_do().of(capacity).open_to(request.user).for_page()}
    return _terms(request, capacity.user, "labelling/person_page.html", reverse("person_page", args=[pk]), context)


def terms_edit(request):
    """Who: reviewer. Question: how much can I take, and when am I away? Leaves with: nothing entrusted beyond that."""
    access.require(policies.can_review(request.user))
    return _terms(request, request.user, "labelling/terms_edit.html", reverse("terms_edit"), {})


def _terms(request, user, template, back_url, context):
    """The page of one reviewer's terms: the form posts to it, and comes back to it."""
    today = access.today(request.user)
    form = TermsForm(
        request.POST or None, terms=ReviewerTerms.objects.of(user), substitutes=substitutes_of(user, today)
    )
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, actions.change_terms, user, form.terms(), by=request.user):
        messages.success(request, "C'est enregistré.")
        return redirect(back_url)
    absences = ReviewerAbsence.objects.of(user).not_over(today)
    context |= {"person": user, "form": form, "absences": absences, "today": today}
    return render(request, template, context)


def absence_add(request, pk):
    """Who: the reviewer, an officer. Question: when are they away? Leaves with: nothing due on these days."""
    user = _person(request, pk)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            absence = actions.tell_absence(user, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _told(user, absence, request.user))
            return redirect(_page_of(request, user))
    return render(
        request, "labelling/absence_add.html", {"person": user, "form": form, "back_url": _page_of(request, user)}
    )


def _told(user, absence, by):
    places = Assignment.objects.to_do().open_to(by)
    count = places.due_within(user, absence.from_on, absence.until_on).count()
    if not count:
        return f"Absence notée {absence}."
    many = "s" if count > 1 else ""
    return (
        f"Absence notée {absence}. {count} évaluation{many} à rendre ces jours-là : "
        f"l'équipe peut {'les' if many else 'la'} confier à d'autres par une répartition."
    )


@require_POST
def absence_drop(request, pk):
    """Forgets an absence."""
    absence = get_object_or_404(ReviewerAbsence.objects.select_related("user"), pk=pk)
    user = _person(request, absence.user_id)
    actions.drop_absence(absence, by=request.user)
    messages.success(request, f"L'absence {absence} est supprimée.")
    return redirect(_page_of(request, user))


def person_leave(request, pk):
    """Who: officer. Question: what happens to their dossiers? Leaves with: the right ended, the dossiers handed over."""
    access.require(policies.can_assign(request.user))
    capacity = get_object_or_404(people_on(access.today(request.user)).for_page(), pk=pk)
    if request.method == "POST":
        try:
            capacities.end(capacity, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            hand_over(capacity.user_id)
            messages.success(request, f"L'habilitation de {capacity.user} est terminée, ses dossiers sont transmis.")
        return redirect("people_list")
    terms = ReviewerTerms.objects.of(capacity.user)
    context = {
        "capacity": capacity, "count": Assignment.objects.to_do().of(capacity).open_to(request.user).count(),
        "substitute": terms.substitute if terms else None,
    }  # fmt: skip
    return render(request, "labelling/person_leave.html", context)


def _person(request, pk):
    """Oneself for a reviewer, anybody who reviews for an officer; for others nobody exists."""
    if policies.can_assign(request.user):
        return get_object_or_404(users_on(access.today(request.user)), pk=pk)
    access.require(policies.can_review(request.user))
    return get_object_or_404(User, pk=pk if pk == request.user.pk else None)


def _page_of(request, user):
    """Where the terms of this person are read by who asks."""
    if not policies.can_assign(request.user):
        return reverse("terms_edit")
    first = people_on(access.today(request.user)).held_by(user).for_page().first()
    return reverse("person_page", args=[first.pk]) if first else reverse("people_list")
