"""Alerts on a search of the registry: asked for, confirmed by a link used once, told each once, erased when stopped.

What a search answers is given by `search(query, today)`, which knows its filters in words and the places it finds.
"""

from datetime import timedelta

from django.db import transaction

from applications import links
from fabriques import messages
from fabriques.models import Frequency, SearchAlert
from gen_portal.core import clock, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.workflow import Refused

#: Hour of Paris from which the mails of a day leave.
SENDING_HOUR = 7
#: So many alerts at each tick: the others leave a minute later.
BATCH_SIZE = 200
WEEK = timedelta(days=7)


@transaction.atomic
def ask_alert(email, query, frequency, *, described):
    """Write to an address to confirm an alert, once a day at most; to one that has it already, say so.

    Nothing here tells the page which of the two happened.
    """
    now, token = clock.now(), links.new_token()
    alert, is_new = SearchAlert.objects.select_for_update(of=("self",)).get_or_create(
        email=email.strip().lower(),
        query=query,
        defaults={"frequency": frequency, "token_hash": links.hashed(token), "asked_at": now},
    )
    if alert.confirmed_at is not None:
        messages.remind_of_alert(alert, described=described, now=now)
        return
    if not is_new:
        if clock.day_of(alert.asked_at) == clock.day_of(now):
            return
        alert.token_hash, alert.asked_at, alert.frequency = links.hashed(token), now, frequency
        alert.save(update_fields=["token_hash", "asked_at", "frequency"])
    messages.ask_to_confirm(alert, token=token, described=described, now=now)


@transaction.atomic
def confirm_alert(token):
    """Start an alert by the link of its mail. Refused when the link has served, or is a week old."""
    now = clock.now()
    rows = SearchAlert.objects.awaiting(links.hashed(token), now).select_for_update(of=("self",))
    alert = rows.first()
    if alert is None:
        raise Refused("Ce lien a déjà servi, ou n'est plus valable : demandez de nouveau l'alerte depuis le registre.")
    alert.confirmed_at, alert.token_hash = now, ""
    alert.told_until = clock.start_of(clock.day_of(now))
    alert.next_on = _next_day(alert.frequency, clock.day_of(now))
    alert.save(update_fields=["confirmed_at", "token_hash", "told_until", "next_on"])
    return alert


@transaction.atomic
def stop_alert(pk):
    """Erase an alert, its address and what was written to it; what still waited never leaves. Twice is once."""
    alert = SearchAlert.objects.of_key(pk).select_for_update(of=("self",)).first()
    if alert is None:
        return
    _forget_mails(alert)
    alert.delete()


def send_alerts(now, search):
    """Post what is due from the morning on; returns how many mails. Any number of runs tell each place once."""
    today = clock.day_of(now)
    if now < clock.start_of(today) + timedelta(hours=SENDING_HOUR):
        return 0
    due = SearchAlert.objects.due(today).order_by("next_on", "pk").values_list("pk", flat=True)[:BATCH_SIZE]
    return sum(_send(pk, now, today, search) for pk in list(due))


@transaction.atomic
def _send(pk, now, today, search):
    """Whether one alert had something to tell. It tells what was published before today: a publication under way at midnight
    is over long before the morning, so that none falls between two mails."""
    alert = SearchAlert.objects.due(today).of_key(pk).select_for_update(of=("self",)).first()
    if alert is None:
        return False
    since, until, answer = alert.told_until, clock.start_of(today), search(alert.query, today)
    places = answer.published_between(since, until)
    alert.told_until, alert.next_on = until, _next_day(alert.frequency, today)
    alert.save(update_fields=["told_until", "next_on"])
    if places:
        messages.digest(alert, places, described=answer.described, now=now, today=today)
    return bool(places)


def forget_lapsed(now):
    """Erase, once a day, the alerts that nobody confirmed."""
    for pk in list(SearchAlert.objects.lapsed(now).order_by("pk").values_list("pk", flat=True)):
        stop_alert(pk)


def _forget_mails(alert):
    mails = OutgoingEmail.objects.about(alert)
    for mail in mails:
        outbox.cancel(mail)
    mails.forget_recipient()


def _next_day(frequency, today):
    """Tomorrow, or next Monday."""
    if frequency == Frequency.DAILY:
        return today + clock.ONE_DAY
    return today - timedelta(days=today.weekday()) + WEEK
