"""Disagreements: the rule of a call with what is open, and one dossier whose reviews disagree."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from gen_portal.core import access, clock
from gen_portal.core.posted import accepts
from labelling.forms.disagreements import ArbitrationForm, ReviewRuleForm, ThirdReaderForm
from labelling.models import Assignment, Disagreement, Review, ReviewRule
from labelling.models.candidates import seats_of
from labelling.models.docket import dossiers_to_decide
from labelling.policies import reviews as policies
from labelling.transitions.disagreements import arbitrate, ask_third_reader, set_review_rule

PAGE_SIZE = 50
USUAL_TIME = timedelta(days=10)


def disagreement_list(request, slug):
    """Who: officer, director. Question: which reviews disagree, and what is done? Leaves with: a dossier to settle."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_see_board(request.user))
    rule = ReviewRule.objects.of(call)
    found = Disagreement.objects.of_call(call, request.user).for_page()
    form = ReviewRuleForm(request.POST or None, initial={name: getattr(rule, name) for name in ReviewRuleForm.base_fields})
    if request.method == "POST":
        access.require(policies.can_assign(request.user))
        if form.is_valid() and accepts(form, set_review_rule, call, by=request.user, **form.cleaned_data):
            messages.success(request, "La règle est fixée, et les évaluations déjà déposées lui sont comparées.")
            return redirect("disagreement_list", slug)
    context = {
        "call": call, "rule": rule, "form": form, "can_set": policies.can_assign(request.user),
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "labelling/disagreement_list.html", context)


def disagreement_page(request, reference):
    """Who: officer, director. Question: how does this disagreement end? Leaves with: a reader asked, or an arbitration."""
    application = get_object_or_404(dossiers_to_decide(request.user).for_page(), reference=reference)
    access.require(policies.can_see_board(request.user))
    disagreements = list(application.disagreements.for_page())
    current = next((each for each in disagreements if each.closed_at is None), None)
    form = ArbitrationForm(request.POST or None, initial={"seen": current.reasons if current else ""})
    if request.method == "POST":
        access.require(policies.can_arbitrate(request.user))
        if current and form.is_valid() and accepts(form, arbitrate, current, by=request.user, **form.cleaned_data):
            messages.success(request, "Le désaccord est arbitré.")
            return redirect("disagreement_page", reference)
    context = {
        "application": application, "disagreements": disagreements, "current": current, "form": form,
        "reviews": Review.objects.visible_to(request.user, application).for_page(),
        "third": Assignment.objects.third_of(application), "today": access.today(request.user),
        "can_arbitrate": policies.can_arbitrate(request.user), "can_assign": policies.can_assign(request.user),
    }  # fmt: skip
    return render(request, "labelling/disagreement_page.html", context)


def third_reader_ask(request, reference):
    """Who: officer. Question: who may read this dossier too? Leaves with: it entrusted to a third reader."""
    application = get_object_or_404(dossiers_to_decide(request.user).for_page(), reference=reference)
    access.require(policies.can_assign(request.user))
    today = access.today(request.user)
    holders = set(Assignment.objects.current().holders_of(application))
    form = ThirdReaderForm(
        request.POST or None, seats=seats_of(application, request.user, today), holders=holders,
        initial={"due_on": today + USUAL_TIME},
    )  # fmt: skip
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, ask_third_reader, application, by=request.user, **form.values()):
        messages.success(request, "Le dossier est confié à un troisième lecteur, qui en est prévenu.")
        return redirect("disagreement_page", reference)
    return render(request, "labelling/third_reader_ask.html", {"application": application, "form": form})
