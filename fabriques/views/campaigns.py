"""How the campaigns go: for the programme, or for the region of a service of the State."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from fabriques import policies, sheets
from fabriques.forms.review import CampaignFilterForm, SilentFilterForm
from fabriques.models import FollowUpCampaign, FollowUpReport, Reminder, ReminderStep, ReportStanding
from fabriques.planning import offsets_of
from fabriques.schedule import steps_of
from fabriques.tallies import HEADINGS, progress_of
from gen_portal.core import access, clock

PAGE_SIZE = 50
EXPORT_COLUMNS = (
    "Formation",
    "Structure",
    "Région",
    "À transmettre jusqu'au",
    "Transmis",
    "État",
    "À corriger jusqu'au",
    "Référence",
)
SILENT_COLUMNS = ("Formation", "Structure", "Région", "Relevé attendu jusqu'au", "Relevés manquants", "Référence")


def campaign_list(request):
    """Who: officer, director, regional service. Question: how do the campaigns go? Leaves with: the one to look into."""
    access.require(policies.can_follow_campaigns(request.user))
    campaigns = FollowUpCampaign.objects.with_progress(request.user).latest_first()
    page = Paginator(campaigns, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "today": clock.today(),
        "may_foresee": policies.can_view_forecast(request.user),
        "may_close_errors": policies.can_close_errors(request.user),
    }
    return render(request, "fabriques/campaign_list.html", context)


def campaign_page(request, year, quarter):
    """Who: officer, director, regional service. Question: who has not answered? Leaves with: whom to call."""
    access.require(policies.can_follow_campaigns(request.user))
    today, campaign = clock.today(), _find(year, quarter)
    reports = FollowUpReport.objects.visible_to(request.user).of_campaign(campaign)
    form = CampaignFilterForm(request.GET, user=request.user)
    rows = form.matching(reports, today).sorted_by(request.GET.get("tri", "")).for_list()
    context = {
        "campaign": campaign,
        "may_hold": policies.can_hold_reminders(request.user),
        "may_foresee": policies.can_view_forecast(request.user),
        "form": form,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "progress": progress_of(reports.tallied(today)),
        "headings": HEADINGS,
        "steps": _steps(campaign),
        "today": today,
    }
    return render(request, "fabriques/campaign_page.html", context)


def campaign_export(request, year, quarter, kind):
    """The list of a campaign's page, with its filters and its sort, as a CSV or XLSX file."""
    access.require(policies.can_follow_campaigns(request.user))
    today, campaign = clock.today(), _find(year, quarter)
    reports = FollowUpReport.objects.visible_to(request.user).of_campaign(campaign)
    form = CampaignFilterForm(request.GET, user=request.user)
    rows = form.matching(reports, today).sorted_by(request.GET.get("tri", "")).for_list()
    name = f"suivi-{year}-t{quarter}-{today:%Y-%m-%d}"
    return as_file(kind, name, f"Suivi {year} T{quarter}", EXPORT_COLUMNS, map(cells_of, rows.iterator()))


def silent_list(request):
    """Who: officer, director, regional service. Question: which trainings have fallen silent? Leaves with: whom to call."""
    access.require(policies.can_follow_campaigns(request.user))
    form, rows = _silent_rows(request)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "fabriques/silent_list.html", {"form": form, "page_obj": page})


def silent_export(request, kind):
    """The list of the silent trainings, with its filters and its sort, as a CSV or XLSX file."""
    access.require(policies.can_follow_campaigns(request.user))
    _, rows = _silent_rows(request)
    names = ("title", "structure_name", "region_name", "due_on", "missing_count", "reference")
    cells = ([row[name] for name in names] for row in rows.iterator())
    return as_file(kind, f"en-defaut-{clock.today():%Y-%m-%d}", "En défaut", SILENT_COLUMNS, cells)


def _silent_rows(request):
    form = SilentFilterForm(request.GET, user=request.user)
    silent = FollowUpReport.objects.visible_to(request.user).silent_trainings(clock.today())
    return form, form.matching(silent).silent_sorted_by(request.GET.get("tri", "")).for_silent_list()


def _find(year, quarter):
    campaign = FollowUpCampaign.objects.of_quarter(year, quarter).first()
    if campaign is None:
        raise Http404
    return campaign


def _steps(campaign):
    counts = Reminder.objects.by_step(campaign)
    days = steps_of(clock.day_of(campaign.opened_at), campaign.due_on, offsets=offsets_of(campaign))
    return [(ReminderStep(step).label, day, counts.get(step, 0)) for step, day in days]


def cells_of(row):
    """One report, in the order of `EXPORT_COLUMNS`."""
    return (
        row["title"],
        row["structure_name"],
        row["region_name"],
        row["due_on"],
        row["filed_at"],
        ReportStanding(row["standing"]).label,
        row["asked_back_due_on"] if row["standing"] == ReportStanding.ASKED_BACK else None,
        row["reference"],
    )


def as_file(kind, name, title, columns, rows):
    """A download of the kind asked for in the url, « csv » or « xlsx »."""
    makers = {
        "csv": lambda: (sheets.as_csv(columns, rows), sheets.CSV_TYPE),
        "xlsx": lambda: (sheets.as_xlsx(title, columns, rows), sheets.XLSX_TYPE),
    }
    if kind not in makers:
        raise Http404
    content, content_type = makers[kind]()
    disposition = f'attachment; filename="{name}.{kind}"'
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
