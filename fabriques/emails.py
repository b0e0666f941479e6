"""Wording and recipients of this floor's messages, and the condition under which a reminder still leaves."""

from django.core import signing

from fabriques import wording
from fabriques.models import FollowUpReport, Reminder
from fabriques.planning import offsets_of
from fabriques.schedule import owes_report, step_on
from gen_portal.core import clock, outbox, phrases, placeholders
from gen_portal.core.models import Role, User
from gen_portal.core.text import plain_text
from gen_portal.core.workflow import lock_rows
from gen_portal.core.working_time import next_working_instant, place_of

GUARD = "follow_up_reminder"
KIND = "follow_up_reminder"
_REFUSAL_SALT = "fabriques.follow_up.refusal"


def key_of(planned):
    """The outbox key of a planned mail."""
    return f"follow-up:{planned.key}"


def written(planned, step_row):
    """Subject line and Markdown of a planned mail, in the words staff gave the step or in the portal's own."""
    lines = [(report.label.title, outbox.url_of("report_page", report.reference)) for report in planned.reports]
    values = wording.values_for(planned.campaign, planned.structure, planned.recipient.user, lines)
    default = wording.DEFAULTS[planned.step]
    subject_line = plain_text(placeholders.fill(step_row.subject_line or default.subject_line, values))
    text = placeholders.fill(step_row.text or default.text, values)
    return subject_line, f"{text.strip()}\n\n{why_you(planned.structure, planned.recipient)}"


def why_you(structure, recipient):
    """Why this person, and how to change it: an owner chooses who receives, anybody else may also refuse."""
    sentence = f"Vous recevez ce message comme {recipient.why} ({placeholders.escaped(structure.name)})."
    if recipient.may_refuse:
        return f"{sentence} [Ne plus recevoir ces courriels]({refusal_link(structure, recipient.user)})"
    return f"{sentence} [Choisir qui les reçoit]({outbox.url_of('contact_list', structure.reference)})"


def refusal_headers(structure, recipient):
    """RFC 8058: who may refuse does so by one click of the mail reader, without a page; else no header."""
    if not recipient.may_refuse:
        return {}
    link = refusal_link(structure, recipient.user)
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def reminder(planned, step_row):
    """The arguments of `outbox.post` for a planned mail."""
    subject_line, markdown = written(planned, step_row)
    return {
        "key": key_of(planned),
        "kind": KIND,
        "to": planned.recipient.user.email,
        "subject_line": subject_line,
        "markdown": markdown,
        "about": planned.campaign,
        "guard": GUARD,
        "headers": refusal_headers(planned.structure, planned.recipient),
        "not_before_at": planned.leaves_at,
    }


def refusal_link(structure, user):
    """A signed address that stops the mails of one structure to one person; it opens nothing else and does not expire."""
    return outbox.url_of("reminder_refuse", refusal_token(structure, user))


def refusal_token(structure, user):
    return signing.dumps([structure.pk, user.pk], salt=_REFUSAL_SALT)


def read_refusal(token):
    """(structure key, person key) of a refusal link; `BadSignature` if it is not ours."""
    structure_pk, user_pk = signing.loads(token, salt=_REFUSAL_SALT)
    return structure_pk, user_pk


def tell_fuse(trip, now):
    """Every officer learns at once that the reminders have stopped, and where to decide."""
    _, markdown = outbox.render("follow_up_fuse", {"trip": trip, "link": outbox.url_of("fuse_page", trip.pk)})
    unforeseen = len(trip.mails)
    count = "1 courriel imprévu" if unforeseen == 1 else f"{phrases.number(unforeseen)} courriels imprévus"
    for officer in User.objects.in_capacity(Role.OFFICER, today=clock.day_of(now)).order_by("pk"):
        outbox.post(
            key=f"follow-up-fuse:{trip.pk}:{officer.pk}",
            kind="follow_up_fuse",
            to=officer.email,
            subject_line=f"Relances arrêtées : {count}",
            markdown=markdown,
            about=trip,
            at=now,
        )



def lock_mentioned(emails):
    """Lock the reports of several reminders, in the order in which a filing of several would."""
    ids = Reminder.objects.filter(email__in=emails).values("report")
    lock_rows(FollowUpReport.objects.filter(pk__in=ids))


def reminder_is_wanted(email):
    """Whether a report the message mentions is still awaited and owed, and its step the one of the day.

    `lock_mentioned` comes first, so a filing cannot slip between. Out of working hours where the structure is, it waits.
    """
    reports = FollowUpReport.objects.mentioned_in(email).for_reminding().order_by("pk")
    awaited = [report for report in reports if report.filed_at is None and _is_owed(report)]
    if not awaited:
        return False
    now, campaign = clock.now(), awaited[0].campaign
    place = place_of(awaited[0].label.training.structure.commune)
    leaves_at = next_working_instant(now, place)
    step = step_on(
        place.day_of(leaves_at), opened_on=clock.day_of(campaign.opened_at), due_on=campaign.due_on,
        offsets=offsets_of(campaign), place=place,
    )  # fmt: skip
    if not email.reminders.filter(step=step).exists():
        return False
    if leaves_at > now:
        raise outbox.NotYet(leaves_at)
    return True


def _is_owed(report):
    return owes_report(report.label, report.campaign.starts_on, report.campaign.ends_on)
