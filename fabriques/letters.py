"""Wording and recipients of what follows a review, and of the reminders of progress points."""


from fabriques.emails import refusal_headers, why_you
from fabriques.models import ProgressPoint, ReminderStep
from fabriques.point_planning import places_by_region
from fabriques.recipients import recipients_by_structure
from fabriques.schedule import step_on
from gen_portal.core import clock, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.workflow import lock_rows
from gen_portal.core.working_time import next_working_instant

POINT_KIND = POINT_GUARD = "progress_reminder"


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
                "link": outbox.url_of("report_page", report.reference),
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


def point_reminder(planned, key):
    """The arguments of `outbox.post` for a planned reminder of a point."""
    point, step = planned.point, planned.step
    subject_line, markdown = outbox.render(
        "progress_reminder",
        {
            "recipient": planned.user,
            "point": point,
            "is_opening": step == ReminderStep.OPENING,
            "is_late": step in (ReminderStep.SEVEN_AFTER, ReminderStep.TWENTY_ONE_AFTER, ReminderStep.THIRTY_AFTER),
            "link": outbox.url_of("progress_page", point.reference),
        },
    )
    return {
        "key": key,
        "kind": POINT_KIND,
        "to": planned.user.email,
        "subject_line": subject_line,
        "markdown": markdown,
        "about": point,
        "guard": POINT_GUARD,
        "not_before_at": planned.leaves_at,
    }


def lock_points(emails):
    """Lock the points of several reminders, in one order."""
    lock_rows(ProgressPoint.objects.filter(pk__in=[email.subject_id for email in emails]))


def point_reminder_is_wanted(email: OutgoingEmail):
    """Whether the point is still awaited, and its step the one of the day; `lock_points` comes first, so that a filing
    cannot slip between. Out of working hours where the service is, the mail waits.
    """
    point = ProgressPoint.objects.awaited().filter(pk=email.subject_id).first()
    if point is None:
        return False
    now, place = clock.now(), places_by_region()[point.region_id]
    leaves_at = next_working_instant(now, place)
    step = step_on(
        place.day_of(leaves_at), opened_on=clock.day_of(point.opened_at), due_on=point.due_on, place=place
    )  # fmt: skip
    if step is None or f":{step}:" not in email.key:
        return False
    if leaves_at > now:
        raise outbox.NotYet(leaves_at)
    return True
