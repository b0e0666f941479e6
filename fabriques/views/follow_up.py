"""The quarterly follow-up: a structure files its reports, staff see how a campaign goes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import policies, transitions
from fabriques.forms.follow_up import FollowUpReportForm, ReportFilterForm
from fabriques.models import FollowUpCampaign, FollowUpReport, Reminder, ReminderStep
from fabriques.schedule import steps_of
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused


def report_list(request):
    """Who: a structure's member. Question: what must I report, by when? Leaves with: the report to fill, or peace."""
    reports = FollowUpReport.objects.of_member(request.user).for_page()
    page = Paginator(reports, 50).get_page(request.GET.get("page"))
    return render(request, "fabriques/report_list.html", {"page_obj": page, "today": clock.today()})


def report_page(request, reference):
    """Who: owner or editor. Question: which figures? Leaves with: a report filed, or sentences on what does not add up."""
    report = get_object_or_404(FollowUpReport.objects.visible_to(request.user).for_page(), reference=reference)
    may_file = policies.can_file_report(request.user, report)
    if request.method == "POST":
        access.require(may_file)
        form = FollowUpReportForm(request.POST, instance=report)
        if form.is_valid() and _file(request, report, form):
            return redirect("report_page", reference)
    else:
        form = FollowUpReportForm(instance=report, initial=report.suggested_figures())
    shows_form = may_file and (report.filed_at is None or "corriger" in request.GET or request.method == "POST")
    return render(
        request,
        "fabriques/report_page.html",
        {
            "report": report,
            "form": form if shows_form else None,
            "may_correct": may_file and not FollowUpCampaign.objects.after(report.campaign).exists(),
            "today": clock.today(),
        },
    )


def _file(request, report, form):
    """Whether the report was filed; a refusal goes to the top of the form, which keeps what was typed."""
    try:
        transitions.file_report(
            report, by=request.user, figures=form.figures(), difficulties=form.cleaned_data["difficulties"]
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Le relevé est transmis. Merci : plus aucun rappel ne partira pour lui.")
    return True


def campaign_list(request):
    """Who: officer, director. Question: how do the campaigns go? Leaves with: the campaign to look into."""
    access.require(policies.can_follow_campaigns(request.user))
    campaigns = FollowUpCampaign.objects.with_progress().latest_first()
    page = Paginator(campaigns, 50).get_page(request.GET.get("page"))
    return render(request, "fabriques/campaign_list.html", {"page_obj": page, "today": clock.today()})


def campaign_page(request, year, quarter):
    """Who: officer, director. Question: who has not answered, and who was reminded? Leaves with: whom to call."""
    access.require(policies.can_follow_campaigns(request.user))
    campaign = FollowUpCampaign.objects.with_progress().of_quarter(year, quarter).first()
    if campaign is None:
        raise Http404
    form = ReportFilterForm(request.GET)
    page = Paginator(form.matching(campaign.reports.all()).for_page(), 50).get_page(request.GET.get("page"))
    counts = Reminder.objects.by_step(campaign)
    steps = [
        (ReminderStep(step).label, day, counts.get(step, 0))
        for step, day in steps_of(clock.day_of(campaign.opened_at), campaign.due_on)
    ]
    context = {"campaign": campaign, "form": form, "page_obj": page, "steps": steps, "today": clock.today()}
    return render(request, "fabriques/campaign_page.html", context | {"regions": campaign.reports.by_region()})
