"""Wording and recipients of what follows a review, and of the reminders of progress points."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from fabriques.emails import refusal_headers, why_you
from fabriques.models import ProgressPoint, ReminderStep
from fabriques.recipients import recipients_by_structure
from gen_portal.core import outbox
from gen_portal.core.models import OutgoingEmail

POINT_GUARD = "progress_reminder"


def ask_for_correction(review, now):
    """One mail to each person who receives the mails of the follow-up: which fields, why, by when (decision 0045)."""
    report = review.report
    structure = report.label.training.structure
    for recipient in recipients_by_structure([structure])[structure.pk]:
        subject_line, markdown = outbox.render(
            "report_asked_back",
            {
                "recipient": recipient.user,
                "report": report,
                "structure": structure,
                "review": review,
                "fields": list(review.fields.all()),
                "link": settings.PORTAL_URL + reverse("report_page", args=[report.reference]),
                "why_you": why_you(structure, recipient),
            },
        )
        outbox.post(
            key=f"report-asked-back:{review.pk}:{recipient.user.pk}",
            kind="report_asked_back",
            to=recipient.user.email,
            subject_line=subject_line,
            markdown=markdown,
            about=report,
            headers=refusal_headers(structure, recipient),
            at=now,
        )


def point_key(point, step, user):
    return f"progress:{point.pk}:{step}:{user.pk}"


def remind_of_point(point, step, user, now, not_before_at):
    """One message to a person of the regional service about one awaited point; nothing twice for a step."""
    subject_line, markdown = outbox.render(
        "progress_reminder",
        {
            "recipient": user,
            "point": point,
            "is_opening": step == ReminderStep.OPENING,
            "is_late": step in (ReminderStep.SEVEN_AFTER, ReminderStep.TWENTY_ONE_AFTER, ReminderStep.THIRTY_AFTER),
            "link": settings.PORTAL_URL + reverse("progress_page", args=[point.reference]),
        },
    )
    return outbox.post(
        key=point_key(point, step, user),
        kind="progress_reminder",
        to=user.email,
        subject_line=subject_line,
        markdown=markdown,
        about=point,
        guard=POINT_GUARD,
        at=now,
        not_before_at=not_before_at,
    )


def point_reminder_is_wanted(email: OutgoingEmail):
    """Whether the point is still awaited; locks it, so a filing cannot slip between."""
    awaited = ProgressPoint.objects.awaited().select_for_update(of=("self",), no_key=True).order_by("pk")
    return awaited.filter(pk=email.subject_id).first() is not None


def zone_of(point):
    return ZoneInfo(point.region.time_zone)
