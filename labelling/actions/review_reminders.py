"""Reviewers are reminded of what they still have to submit: one mail a person, on working days, never for nothing.

Three days before a review is due, the day after, and a week after (Paris, working hours); a step that falls on a day
not worked gives way to the next one. A run that was missed is caught up for three days, then left alone.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from gen_portal.core import clock, outbox
from gen_portal.core.models import OutgoingEmail, User
from gen_portal.core.working_time import PARIS, next_working_instant, worked_from
from labelling.emails import reviews as emails
from labelling.models import Assignment

STEP_DAYS = (-3, 1, 7)
CATCHES_UP = timedelta(days=3)


def remind_reviewers(now):
    """Post what is due now; returns how many mails. Any number of runs post each once: their keys hold the day."""
    if next_working_instant(now, PARIS) > now:
        return 0
    today = clock.day_of(now)
    wanted = _reviewers_to_remind(today)
    if not wanted:
        return 0
    loads = Assignment.objects.loads_of(wanted, today)
    people = User.objects.in_bulk([load["reviewer"] for load in loads])
    mails = [emails.reminder(people[load["reviewer"]], load, today) for load in loads]
    with transaction.atomic():
        outbox.post_many(mails, at=now)
    return len(mails)


def _reviewers_to_remind(today):
    """Keys of those for whom a step has come since they were last reminded."""
    first, last = today - timedelta(days=max(STEP_DAYS)) - 2 * CATCHES_UP, today - timedelta(days=min(STEP_DAYS))
    steps = {}
    for reviewer, due_on in Assignment.objects.due_dates(first, last, today):
        if step := step_come(due_on, today):
            steps[reviewer] = max(step, steps.get(reviewer, step))
    if not steps:
        return []
    reminded = OutgoingEmail.objects.filter(kind=emails.REMINDER, subject_id__in=steps).order_by()
    days = {pk: clock.day_of(at) for pk, at in reminded.values_list("subject_id").annotate(at=Max("created_at"))}
    return sorted(pk for pk, step in steps.items() if pk not in days or days[pk] < step)


def step_come(due_on, today):
    """The day of the latest step of a review due on a day, if it has come within the last three days; None otherwise."""
    days = [worked_from(due_on + timedelta(days=number), PARIS) for number in STEP_DAYS]
    return max((day for day in days if day <= today <= day + CATCHES_UP), default=None)
