"""A reviewer leaves: what they still had to do goes to who stands in for them, or is free for somebody else.

Nothing depends on the page that ended the capacity: the clock hands over whatever is held by somebody without the right.
"""

from datetime import timedelta

from django.db import transaction

from applications.models import Application
from gen_portal.core import clock, outbox
from gen_portal.core.models import User
from gen_portal.core.workflow import Refused, lock_rows, record
from labelling.emails import reviews as emails
from labelling.models import Assignment, JournalAction, ReviewerTerms
from labelling.transitions.places import check_place, check_reviewer, check_terms, end_place

#: Who takes a dossier over has at least this long, however late it was.
TIME_LEFT = timedelta(days=14)


def hand_over_leavers(now):
    """Hand over the dossiers of everybody who may no longer review them; returns how many places ended. Twice is once."""
    left = Assignment.objects.left(clock.day_of(now))
    return sum(hand_over(pk) for pk in sorted(set(left.values_list("reviewer", flat=True))))


@transaction.atomic
def hand_over(leaver_pk):
    """End the places that this person may no longer keep, and entrust them to their substitute where no limit forbids it.

    Returns how many ended. The drafts are kept for the record; the substitute is told once, whatever the number.
    """
    today = clock.today()
    left = Assignment.objects.left(today).filter(reviewer=leaver_pk)
    lock_rows(Application.objects.filter(pk__in=list(left.values_list("application", flat=True))))
    terms = ReviewerTerms.objects.select_related("substitute").filter(user=leaver_pk).first()
    substitute = terms.substitute if terms else None
    lock_rows(User.objects.filter(pk__in=[leaver_pk, *([substitute.pk] if substitute else [])]))
    places = list(
        left.select_related("application__training__structure", "ministry", "reviewer").order_by("application")
    )
    now = clock.now()
    taken = [place for place in places if _pass_on(place, substitute, now)]
    if taken:
        outbox.post_many([emails.many_handed_over(substitute, len(taken), places[0].reviewer, now)], at=now)
    return len(places)


def _pass_on(place, substitute, now):
    """Whether the substitute took the place over; it has ended either way."""
    end_place(place, at=now)
    words = f"{place.ministry} : {place.reviewer} n'évalue plus"
    refusal = _refusal(place, substitute, now)
    if refusal is None:
        _entrust(place, substitute, now)
        words = f"{words}, {substitute} prend la suite"
    elif refusal:
        words = f"{words} ; {refusal}"
    record(place.application, JournalAction.HANDED_OVER, by=None, at=now, note=words)
    return refusal is None


def _refusal(place, substitute, now):
    """Why the substitute cannot take the place: a sentence, empty when nobody stands in; None when they can."""
    if substitute is None:
        return ""
    try:
        check_reviewer(place.application, substitute, place.ministry, clock.day_of(now))
        check_terms(place.application, substitute, _due_on(place, now))
        check_place(place.application, substitute, place.ministry, is_third_reader=place.is_third_reader)
    except Refused as refusal:
        return str(refusal)
    return None


def _entrust(place, substitute, now):
    Assignment.objects.create(
        application=place.application, reviewer=substitute, ministry=place.ministry, due_on=_due_on(place, now),
        assigned_at=now, assigned_by_id=place.assigned_by_id, is_third_reader=place.is_third_reader,
    )  # fmt: skip


def _due_on(place, now):
    return max(place.due_on or clock.day_of(now), clock.day_of(now) + TIME_LEFT)
