"""What staff set of a campaign's reminders: which steps, when, in which words. A step that has left stays as it was."""

from django.db import transaction

from fabriques import wording
from fabriques.actions.fuse import allow
from fabriques.actions.reminders import lock_running
from fabriques.models import JournalAction, Reminder, ReminderStep
from fabriques.planning import forecast, steps_by_name
from fabriques.schedule import DAYS_TO_ANSWER, DEFAULT_AFTER, EVERY_STEP
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record

#: Whose day is a rule of the follow-up; staff may only leave them out.
FIXED = (ReminderStep.OPENING, ReminderStep.THIRTY_AFTER)
#: Days from the due day that a step may take, both included.
BOUNDS = {
    **dict.fromkeys((ReminderStep.FIFTEEN_BEFORE, ReminderStep.THREE_BEFORE), (1 - DAYS_TO_ANSWER, -1)),
    **dict.fromkeys((ReminderStep.SEVEN_AFTER, ReminderStep.TWENTY_ONE_AFTER), (1, DEFAULT_AFTER.days - 1)),
}


@transaction.atomic
def set_steps(campaign, settings, *, by):
    """Say which steps the campaign follows and on which day: `settings` maps a step to (is_on, days from the due day).

    Refused for a step that has left, for days out of bounds or out of order. What this changes in the coming week is
    known to whoever sets it, so it does not blow the fuse.
    """
    now = clock.now()
    lock_running(now)
    campaign = lock(campaign)
    before = {mail.key for mail in forecast(now)}
    rows, left = steps_by_name(campaign), steps_left(campaign)
    changed = [row for step, row in rows.items() if (row.is_on, row.day_offset) != tuple(settings[step])]
    for row in changed:
        row.is_on, row.day_offset = settings[row.step]
        _check(row, left)
    _check_order(rows)
    for row in changed:
        row.save()
    allow({m.key: m.leaves_on.isoformat() for m in forecast(now) if m.key not in before}, now, by=by)
    note = ", ".join(f"{row.get_step_display()} : {_in_words(row)}" for row in changed)
    if changed:
        record(campaign, JournalAction.STEPS_SET, by=by, at=now, note=note)
    return len(changed)


def _in_words(row):
    return f"jour {row.day_offset:+d}" if row.is_on else "sans rappel"


def _check(row, left):
    if row.step in left:
        raise Refused(f"L'étape « {row.get_step_display()} » a commencé à partir : elle ne se change plus.")
    first, last = BOUNDS.get(row.step, (EVERY_STEP[row.step], EVERY_STEP[row.step]))
    if not first <= row.day_offset <= last:
        raise Refused(
            f"L'étape « {row.get_step_display()} » se place entre {first:+d} et {last:+d} jours de l'échéance."
        )


def _check_order(rows):
    """Steps stay in their order, each on its own day."""
    days = [row.day_offset for step, row in rows.items() if row.is_on and step != ReminderStep.OPENING]
    if days != sorted(set(days)):
        raise Refused("Les étapes doivent rester dans leur ordre, chacune à son jour.")


@transaction.atomic
def set_text(campaign, step, *, subject_line, text, by):
    """Give a step of a campaign its own words. Refused for a step that has left, or a placeholder that does not exist."""
    campaign = lock(campaign)
    faults = [*wording.faults_of_subject(subject_line), *wording.faults_of_text(text)]
    if faults:
        raise Refused(" ".join(faults))
    if step in steps_left(campaign):
        raise Refused("Cette étape a commencé à partir : son texte ne se change plus.")
    row = steps_by_name(campaign)[step]
    row.subject_line, row.text = subject_line, text
    row.save()
    record(campaign, JournalAction.TEXT_SET, by=by, note=f"{row.get_step_display()} – {subject_line}")
    return row


def steps_left(campaign):
    """The steps of which at least one mail was posted."""
    return set(Reminder.objects.by_step(campaign))
