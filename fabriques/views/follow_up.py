"""The quarterly follow-up: staff see how a campaign goes."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from fabriques import policies
from fabriques.forms.follow_up import ReportFilterForm
from fabriques.models import FollowUpCampaign, Reminder, ReminderStep
from fabriques.schedule import steps_of
from gen_portal.core import access, clock


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
