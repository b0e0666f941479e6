"""Wording and recipients of this floor's messages, and the condition under which a reminder still leaves."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from fabriques.models import FollowUpReport, ReminderStep
from fabriques.schedule import SENT_FROM_HOUR
from gen_portal.core import clock, outbox

GUARD = "follow_up_reminder"

_SUBJECTS = {
    ReminderStep.OPENING: "Suivi trimestriel : {reports} à transmettre",
    ReminderStep.FIFTEEN_BEFORE: "Suivi trimestriel : {reports} à transmettre d'ici quinze jours",
    ReminderStep.THREE_BEFORE: "Suivi trimestriel : plus que trois jours",
    ReminderStep.SEVEN_AFTER: "Suivi trimestriel : {reports} en retard",
    ReminderStep.TWENTY_ONE_AFTER: "Suivi trimestriel : dernière relance",
}


def remind(campaign, step, structure, recipient, reports, now):
    """One message to one person of a structure about its awaited reports; returns the outbox row.

    It leaves from eight in the morning where the structure is, and only if one of its reports is still awaited then.
    """
    count = "un relevé" if len(reports) == 1 else f"{len(reports)} relevés"
    _, markdown = outbox.render(
        "follow_up_reminder",
        {
            "campaign": campaign,
            "step": step,
            "structure": structure,
            "recipient": recipient,
            "lines": [
                (report, settings.PORTAL_URL + reverse("report_page", args=[report.reference])) for report in reports
            ],
            "is_late": step in (ReminderStep.SEVEN_AFTER, ReminderStep.TWENTY_ONE_AFTER),
            "is_last": step == ReminderStep.TWENTY_ONE_AFTER,
            "is_opening": step == ReminderStep.OPENING,
        },
    )
    return outbox.post(
        key=f"follow-up:{campaign.pk}:{step}:{structure.pk}:{recipient.pk}",
        kind="follow_up_reminder",
        to=recipient.email,
        subject_line=_SUBJECTS[step].format(reports=count),
        markdown=markdown,
        about=campaign,
        guard=GUARD,
        at=now,
        not_before_at=max(now, _morning(now, ZoneInfo(structure.time_zone))),
    )


def _morning(now, zone):
    """Eight o'clock, in a zone, of the day it is there."""
    return clock.start_of(now.astimezone(zone).date(), zone) + timedelta(hours=SENT_FROM_HOUR)


def reminder_is_wanted(email):
    """Whether one of the reports the message mentions is still awaited; locks them, so a filing cannot slip between."""
    mentioned = FollowUpReport.objects.mentioned_in(email).select_for_update(of=("self",), no_key=True)
    return any(report.filed_at is None for report in mentioned.order_by("pk"))
