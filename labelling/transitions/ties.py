"""Ties that come to light after a dossier was entrusted: each takes the place away, as a declaration would."""

from gen_portal.core.workflow import Refused
from labelling import interests
from labelling.models import Assignment
from labelling.models.evidence import cases, judges
from labelling.transitions.recusals import withdraw_for_a_tie

_CHUNK = 500


def take_away_joined():
    """Places of reviewers who have joined the structure that applies: one query when there are none, so every minute."""
    return take_away(Assignment.objects.open_places().of_members())


def take_away_tied():
    """Every place compared with what the portal knows now (names, SIREN, partners, addresses): once a day."""
    count, last, places = 0, 0, Assignment.objects.open_places().order_by("pk")
    while chunk := list(places.filter(pk__gt=last)[:_CHUNK]):
        count, last = count + take_away(chunk), chunk[-1].pk
    return count


def take_away(places):
    """How many of these places (see `open_places`) had a tie and were taken away; one that has moved meanwhile is left."""
    places, count = list(places), 0
    if not places:
        return count
    people, known = judges({place.reviewer for place in places}), cases({place.application for place in places})
    for place in places:
        if found := interests.ties(people[place.reviewer_id], known[place.application_id]):
            try:
                withdraw_for_a_tie(place, found)
            except Refused:
                continue
            count += 1
    return count
