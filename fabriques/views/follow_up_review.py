"""The officer's queue: filed reports, one after the other; accept, ask back by field, flag, and the next one comes."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from fabriques import policies
from fabriques.comparison import compare
from fabriques.forms.review import AskBackForm, FlagForm, QueueFilterForm, SeenForm
from fabriques.models import FollowUpReport
from fabriques.transitions import review as acts
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused

PAGE_SIZE = 50


def review_queue(request):
    """Who: officer, director, regional service. Question: which reports wait to be read? Leaves with: the first one."""
    access.require(policies.can_follow_campaigns(request.user))
    form, queue = _queue(request)
    page = Paginator(queue.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "fabriques/review_queue.html", {"form": form, "page_obj": page, "today": clock.today()})


def report_review(request, reference):
    """Who: officer (others of the State read). Question: are these figures right? Leaves with: the next report."""
    report = _find(request, reference)
    return render(request, "fabriques/report_review.html", _context(request, report))


@require_POST
def report_accept(request, reference):
    """Takes the figures as they are, and goes to the next report."""
    report = _find(request, reference)
    access.require(policies.can_review_reports(request.user))
    form = SeenForm(request.POST)
    if not form.is_valid():
        return redirect(_page(request, report))
    said = "Le relevé de « {title} » est accepté."
    return _act(request, report, said, partial(acts.accept_report, report, by=request.user, **form.cleaned_data))


def report_ask_back(request, reference):
    """Who: officer. Question: which figures are to be corrected, and by when? Leaves with: the next report."""
    report, template = _find_for_act(request, reference), "fabriques/report_ask_back.html"
    about = {"report": report, "today": clock.today()}
    if request.method != "POST":
        return _show(request, report, template, AskBackForm(**about, initial=_seen(report)))
    form = AskBackForm(request.POST, **about)
    if not form.is_valid():
        return _show(request, report, template, form)
    given = {name: form.cleaned_data[name] for name in ("seen_at", "due_on", "note")}
    said = "La correction est demandée pour « {title} » : la structure est prévenue."
    act = partial(acts.ask_report_back, report, by=request.user, words=form.words(), **given)
    return _act(request, report, said, act, form=form, template=template)


def report_flag(request, reference):
    """Who: officer. Question: why set this report aside? Leaves with: the next report."""
    report, template = _find_for_act(request, reference), "fabriques/report_flag.html"
    form = FlagForm(request.POST) if request.method == "POST" else FlagForm(initial=_seen(report))
    if request.method != "POST" or not form.is_valid():
        return _show(request, report, template, form)
    act = partial(acts.flag_report, report, by=request.user, **form.cleaned_data)
    return _act(request, report, "Le relevé de « {title} » est signalé.", act, form=form, template=template)


def _find_for_act(request, reference):
    """A filed report, for an officer."""
    report = _find(request, reference)
    access.require(policies.can_review_reports(request.user))
    if report.filed_at is None:
        raise Http404
    return report


def _show(request, report, template, form):
    return render(request, template, {"report": report, "form": form})


def _find(request, reference):
    """A report that this person follows; a structure's own reports are on other pages."""
    access.require(policies.can_follow_campaigns(request.user))
    seen = FollowUpReport.objects.visible_to(request.user).with_standing(clock.today())
    return get_object_or_404(seen.for_page(), reference=reference)


def _queue(request):
    form = QueueFilterForm(request.GET, user=request.user)
    return form, form.queue(FollowUpReport.objects.visible_to(request.user), clock.today())


def _seen(report):
    return {"seen_at": report.filed_at.isoformat()}


def _page(request, report):
    """The page of a report, within the same queue."""
    query = request.GET.urlencode()
    return reverse("report_review", args=[report.reference]) + (f"?{query}" if query else "")


def _act(request, report, said, act, *, form=None, template=""):
    """Do it and go to the next report of the queue; a refusal loses nothing that was typed."""
    try:
        act()
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return redirect(_page(request, report))
        form.add_error(None, str(refusal))
        return _show(request, report, template, form)
    messages.success(request, said.format(title=report.label.title))
    _, queue = _queue(request)
    following = queue.after_in_queue(report).exclude_one(report).first() or queue.exclude_one(report).first()
    if following is not None:
        return redirect(_page(request, following))
    query = request.GET.urlencode()
    return redirect(reverse("review_queue") + (f"?{query}" if query else ""))


def _context(request, report):
    """A report with what an officer weighs it against, and its place in the queue."""
    if report.filed_at is None:
        raise Http404
    versions, reviews = list(report.versions.latest_first()), list(report.reviews.latest_first())
    return {
        "report": report,
        "groups": _compared(report, versions, reviews),
        "versions": versions,
        "reviews": reviews,
        **_place(request, report),
        "may_review": policies.can_review_reports(request.user),
        "seen": SeenForm(initial=_seen(report)),
        "today": clock.today(),
    }


def _compared(report, versions, reviews):
    """Its figures beside the quarter and the version before, with what was last asked of them."""
    asked = next((review for review in reviews if review.due_on), None)
    return compare(
        report,
        earlier=FollowUpReport.objects.before_quarter_of(report),
        corrected=versions[1].figures if len(versions) > 1 else None,
        words={field.name: field.word for field in asked.fields.all()} if asked else None,
    )


def _place(request, report):
    """Its neighbours and its rank in the queue; no rank once it has left it."""
    _, queue = _queue(request)
    before = queue.before_in_queue(report)
    return {
        "previous": before.first(),
        "following": queue.after_in_queue(report).first(),
        "place": before.count() + 1 if queue.holds(report) else None,
        "waiting_count": queue.count(),
    }
