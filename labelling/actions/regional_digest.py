"""Each Monday, what arrived the week before for the service of each region: one mail a person, none when nothing did.

The week goes from Monday to Monday (Paris). A Monday that is missed, or not worked, is caught up during the week.
"""

from datetime import timedelta

from django.db import transaction

from applications.models import Submission
from gen_portal.core import clock, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.working_time import PARIS, next_working_instant
from labelling.emails import regional as emails
from labelling.models.people import people_on
from labelling.models.regional import dossiers_of
from labelling.regional import standings_in

#: A mail names so many dossiers; the others are counted.
NAMED_COUNT = 20
WEEK = timedelta(days=7)


def send_digests(now):
    """Post what is due now; returns how many mails. Any number of runs post each once: their keys hold the week."""
    if next_working_instant(now, PARIS) > now:
        return 0
    today = clock.day_of(now)
    monday = today - timedelta(days=today.weekday())
    if not Submission.objects.filed_between(clock.start_of(monday - WEEK), clock.start_of(monday)).exists():
        return 0  # most minutes of most weeks
    done = set(OutgoingEmail.objects.keys_posted(emails.KIND, clock.start_of(monday), clock.start_of(monday + WEEK)))
    served = [(capacity.user, capacity.region) for capacity in people_on(today).serving(today)]
    waiting = [pair for pair in served if emails.key_of(*pair, monday) not in done]
    mails = [mail for user, region in waiting if (mail := _digest(user, region, monday, today))]
    with transaction.atomic():
        outbox.post_many(mails, at=now)
    return len(mails)


def _digest(user, region, monday, today):
    """The mail of one person about the week before a Monday; nothing when nothing arrived."""
    arrived = dossiers_of(region, user).filed_between(clock.start_of(monday - WEEK), clock.start_of(monday))
    count = arrived.count()
    if not count:
        return None
    standings = standings_in(region, arrived.for_page()[:NAMED_COUNT], today)
    return emails.digest(user, region, monday, count, standings)
