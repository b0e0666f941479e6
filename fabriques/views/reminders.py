"""The reminders, for staff: what will leave and why, the fuse, what is held, and what each step says."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fabriques import emails, planning, policies, wording
from fabriques.actions import fuse, holds, reminder_steps
from fabriques.forms.reminders import ForecastFilterForm, FuseForm, HoldForm, StepsForm, TextForm
from fabriques.models import (
    CampaignStep,
    FollowUpCampaign,
    FrozenForecast,
    FuseOutcome,
    FuseTrip,
    ReminderHold,
    ReminderStep,
)
from fabriques.runs import foreseen_mails
from gen_portal.core import access, clock, outbox
from gen_portal.core.workflow import Refused

_SETTLE = {FuseOutcome.RELEASED: fuse.release_fuse, FuseOutcome.SET_ASIDE: fuse.set_aside_unforeseen}


def reminder_forecast(request):
    """Who: officer, director. Question: who will receive what in seven days, and why? Leaves with: peace, or a hold."""
    access.require(policies.can_view_forecast(request.user))
    now = clock.now()
    mails = foreseen_mails(now)
    form = ForecastFilterForm(request.GET)
    page = Paginator(form.matching(mails), 50).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "mail_count": len(mails),
        "trip": FuseTrip.objects.open().first(),
        "holds": ReminderHold.objects.live().for_page(),
        "silent": planning.unreachable_structures(now),
        "frozen": FrozenForecast.objects.of_clock(clock.day_of(now)).first(),
        "may_hold": policies.can_hold_reminders(request.user),
    }
    return render(request, "fabriques/reminder_forecast.html", context)


def reminder_rules(request):
    """Who: officer, director. Question: by which rules does the follow-up run? Leaves with: an answer to give."""
    access.require(policies.can_follow_campaigns(request.user))
    return render(request, "fabriques/reminder_rules.html")


def fuse_list(request):
    """Who: officer, director. Question: when did the reminders stop, and what was decided?"""
    access.require(policies.can_view_forecast(request.user))
    page = Paginator(FuseTrip.objects.latest_first(), 50).get_page(request.GET.get("page"))
    return render(request, "fabriques/fuse_list.html", {"page_obj": page})


def fuse_page(request, pk):
    """Who: officer. Question: which mails did nobody foresee? Leaves with: all of them released, or set aside."""
    access.require(policies.can_view_forecast(request.user))
    trip = get_object_or_404(FuseTrip, pk=pk)
    form = FuseForm(request.POST or None)
    if request.method == "POST":
        access.require(policies.can_hold_reminders(request.user))
        if form.is_valid():
            _say(request, lambda: _SETTLE[form.cleaned_data["outcome"]](trip, by=request.user),
                 "C'est décidé : les relances reprennent dans la minute.")  # fmt: skip
            return redirect("fuse_page", pk)
    may_settle = trip.settled_at is None and policies.can_hold_reminders(request.user)
    return render(request, "fabriques/fuse_page.html", {"trip": trip, "form": form if may_settle else None})


def hold_list(request):
    """Who: officer. Question: what is kept back, and why? Leaves with: one more kept back."""
    access.require(policies.can_hold_reminders(request.user))
    form = HoldForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        _say(request, lambda: holds.hold_reminders(by=request.user, **form.cleaned_data),
             "C'est retenu : plus rien ne part tant que vous ne levez pas la retenue.")  # fmt: skip
        return redirect("hold_list")
    return render(request, "fabriques/hold_list.html", {"form": form, "holds": ReminderHold.objects.live().for_page()})


@require_POST
def hold_release(request, pk):
    access.require(policies.can_hold_reminders(request.user))
    hold = get_object_or_404(ReminderHold, pk=pk)
    _say(request, lambda: holds.release_hold(hold, by=request.user),
         "La retenue est levée : ce qui est dû part aux prochaines heures de bureau de chaque structure.")  # fmt: skip
    return redirect("hold_list")


def reminder_steps_page(request, year, quarter):
    """Who: officer. Question: which reminders, when? Leaves with: the campaign's own steps."""
    access.require(policies.can_hold_reminders(request.user))
    campaign = _campaign(year, quarter)
    rows, left = planning.steps_by_name(campaign), reminder_steps.steps_left(campaign)
    form = StepsForm(request.POST or None, rows=rows, left=left)
    is_sound = request.method == "POST" and form.is_valid()
    if is_sound and _keep(form, lambda: reminder_steps.set_steps(campaign, form.settings(), by=request.user)):
        messages.success(request, "C'est enregistré. La prévision montre ce que cela change.")
        return redirect("reminder_steps_page", year, quarter)
    steps = [(step, ReminderStep(step).label, row, step in left) for step, row in rows.items()]
    return render(request, "fabriques/reminder_steps.html", {"campaign": campaign, "form": form, "steps": steps})


def reminder_text(request, year, quarter, step):
    """Who: officer. Question: what does this step say? Leaves with: its text, tried on a real recipient."""
    access.require(policies.can_hold_reminders(request.user))
    campaign, row, mails = _step(year, quarter, step)
    form = TextForm(request.POST or None, mails=mails, initial=_words_of(row))
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("subject_line", "text")}
        if _keep(form, lambda: reminder_steps.set_text(campaign, ReminderStep(step), by=request.user, **words)):
            messages.success(request, "Le texte est enregistré.")
            return redirect("reminder_text", year, quarter, step)
    return _show_text(request, campaign, row, form)


@require_POST
def reminder_preview(request, year, quarter, step):
    """The same page with what is being written, shown as its recipient will read it; nothing is kept."""
    access.require(policies.can_hold_reminders(request.user))
    campaign, row, mails = _step(year, quarter, step)
    form = TextForm(request.POST, mails=mails)
    if form.is_valid():
        row = CampaignStep(step=step, subject_line=form.cleaned_data["subject_line"], text=form.cleaned_data["text"])
    return _show_text(request, campaign, row, form)


def _show_text(request, campaign, row, form):
    mail = form.chosen_mail()
    subject_line, markdown = emails.written(mail, row) if mail else ("", "")
    context = {
        "campaign": campaign,
        "step": ReminderStep(row.step),
        "form": form,
        "placeholders": wording.PLACEHOLDERS.items(),
        "mail": mail,
        "subject_line": subject_line,
        "preview": outbox.mail_html(markdown),
        "has_left": row.step in reminder_steps.steps_left(campaign),
    }
    return render(request, "fabriques/reminder_text.html", context)


def _words_of(row):
    default = wording.DEFAULTS[row.step]
    return {"subject_line": row.subject_line or default.subject_line, "text": row.text or default.text}


def _campaign(year, quarter):
    campaign = FollowUpCampaign.objects.of_quarter(year, quarter).first()
    if campaign is None:
        raise Http404
    return campaign


def _step(year, quarter, step):
    """The campaign, the row of one of its steps, and whom it would be sent to today."""
    campaign = _campaign(year, quarter)
    if step not in ReminderStep.values:
        raise Http404
    return (
        campaign,
        planning.steps_by_name(campaign)[step],
        planning.mails_at_step(campaign, ReminderStep(step), clock.now()),
    )


def _say(request, act, done):
    """Do it and say so, or say why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)


def _keep(form, act):
    """Whether it was done; a refusal goes to the top of the form, which keeps what was typed."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
