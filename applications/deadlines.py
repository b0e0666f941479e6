"""A closing as each reader needs it: in legal time, which decides, and in the time of the places where it differs."""

from dataclasses import dataclass

from django.utils.text import capfirst

from applications.models import Structure
from gen_portal.core import clock, phrases, territory

PARIS = clock.PARIS.key


@dataclass(frozen=True)
class LocalDeadline:
    """Places that share an hour when filing ends, and that hour in words."""

    places: str
    instant: str


def own(closes_at, user):
    """The local hour of the closing in each town of a person's structures where it is not that of Paris.

    In words that follow the legal deadline: « le 26 novembre 2016 à 3 h 00 à Saint-Denis (heure locale) ».
    """
    if not user.is_authenticated:
        return []
    towns = {structure.commune.name: structure.time_zone for structure in Structure.objects.of_member(user).for_page()}
    legal = f"{territory.describe_deadline(closes_at)}, soit "
    return [
        territory.describe_deadline(closes_at, zone, place=town).removeprefix(legal)
        for town, zone in towns.items()
        if _differs(closes_at, zone)
    ]


def overseas(closes_at):
    """The closing wherever the hour is not that of Paris, from the earliest local hour to the latest."""
    places = {}
    for zone, place in territory.PLACES.items():
        if _differs(closes_at, zone):
            places.setdefault(territory.local_time(closes_at, zone).replace(tzinfo=None), []).append(place)
    return [LocalDeadline(capfirst(", ".join(here)), _in_words(local)) for local, here in sorted(places.items())]


def _differs(at, zone):
    return territory.local_time(at, zone).utcoffset() != territory.local_time(at, PARIS).utcoffset()


def _in_words(local):
    """A local hour; midnight closes the day before."""
    if (local.hour, local.minute) == (0, 0):
        return f"{phrases.day(local.date() - clock.ONE_DAY)} à 24{phrases.NBSP}h{phrases.NBSP}00"
    return f"{phrases.day(local.date())} à {phrases.hour(local)}"
