"""What the service of a region does with the dossiers of its region, and what officers ask of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from applications.models import Call
from gen_portal.core import access, clock
from gen_portal.core.models import Region
from gen_portal.core.posted import accepts
from labelling.forms.regional import RegionalFilterForm, RegionalOpinionForm, RegionalRuleForm, StandBackForm
from labelling.models import RegionalOpinion, RegionalOpinionRule, TacitRule
from labelling.models.regional import dossiers_of, standing_of
from labelling.policies import reviews as policies
from labelling.regional import standings_in
from labelling.transitions.regional import give_opinion, set_rule, stand_back
from labelling.views.documents import filed_document

PAGE_SIZE = 50
USUAL_DAYS = 30
AWAY = "Ce dossier ne vous est plus accessible ; un collègue de votre service donnera l'avis."


def regional_list(request, region=None):
    """Who: regional service. Question: on which dossiers is my region's opinion awaited, until when? Leaves with: one."""
    regions = policies.regions_served(request.user)
    access.require(bool(regions))
    found = next((each for each in regions if each.pk == region), None) if region else regions[0]
    if found is None:
        raise Http404
    form, today = RegionalFilterForm(request.GET), access.today(request.user)
    shown = form.matching(dossiers_of(found, request.user), today).for_page()
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page_obj": page, "region": found, "regions": regions,
        "standings": standings_in(found, page.object_list, today),
    }  # fmt: skip
    return render(request, "labelling/regional_list.html", context)


def regional_page(request, region, reference):
    """Who: regional service. Question: what does the region think of it? Leaves with: the opinion given."""
    region, application = _find(request, region, reference)
    form = RegionalOpinionForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, give_opinion, application, region, by=request.user, **form.cleaned_data):
        messages.success(request, "L'avis de votre région est donné.")
        return redirect("regional_page", region.pk, reference)
    opinion = RegionalOpinion.objects.for_page().of(application, region)
    context = {
        "application": application, "region": region, "form": form,
        "standing": standing_of(application, region, opinion, application.last_filed_at, access.today(request.user)),
        "filing": application.submissions.latest_first().first(),
        "files_prefix": reverse("regional_page", args=[region.pk, reference]) + "pieces/",
    }  # fmt: skip
    return render(request, "labelling/regional_page.html", context)


def regional_attachment(request, region, reference, pk):
    """A document of the dossier, as filed, handed to the service of its region."""
    _, application = _find(request, region, reference)
    return filed_document(request, application, pk)


def regional_recuse(request, region, reference):
    """Who: regional service. Question: may I give this opinion? Leaves with: the dossier out of sight."""
    region, application = _find(request, region, reference)
    form = StandBackForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, stand_back, application, region, by=request.user, **form.cleaned_data):
        messages.success(request, AWAY)
        return redirect("regional_list")
    return render(
        request, "labelling/regional_recuse.html", {"application": application, "region": region, "form": form}
    )


def regional_rule(request, slug):
    """Who: officer. Question: does this call ask the regions, and what does silence mean? Leaves with: the rule set."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_assign(request.user))
    rule = RegionalOpinionRule.objects.of(call)
    initial = {"days_count": rule.days_count, "tacit": rule.tacit} if rule else {}
    form = RegionalRuleForm(request.POST or None, initial={"days_count": USUAL_DAYS, "tacit": TacitRule.NONE} | initial)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, set_rule, call, by=request.user, **form.cleaned_data):
        messages.success(request, "La règle est fixée : les services des régions voient les dossiers déposés.")
        return redirect("regional_rule", slug)
    return render(request, "labelling/regional_rule.html", {"call": call, "rule": rule, "form": form})


def _find(request, region, reference):
    """A region that the person serves and one of its dossiers; whatever else exists is 404."""
    region = get_object_or_404(Region, pk=region)
    return region, get_object_or_404(dossiers_of(region, request.user).for_page(), reference=reference)
