"""Legal time and local time in words: a deadline is of Paris, and overseas it is also told in the time of the place."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from gen_portal.core import phrases
from gen_portal.core.phrases import NBSP, PARIS

#: Where each time zone of the territory other than Paris is in force, ready to follow an hour.
PLACES = {
    "America/Cayenne": "en Guyane",
    "America/Guadeloupe": "en Guadeloupe",
    "America/Marigot": "à Saint-Martin",
    "America/Martinique": "en Martinique",
    "America/Miquelon": "à Saint-Pierre-et-Miquelon",
    "America/St_Barthelemy": "à Saint-Barthélemy",
    "Indian/Mayotte": "à Mayotte",
    "Indian/Reunion": "à La Réunion",
    "Pacific/Gambier": "aux Gambier",
    "Pacific/Marquesas": "aux Marquises",
    "Pacific/Noumea": "en Nouvelle-Calédonie",
    "Pacific/Tahiti": "à Tahiti",
    "Pacific/Wallis": "à Wallis-et-Futuna",
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def local_time(at, zone_name):
    """The same instant on the clocks of a zone. An instant without a zone is refused: it could mean any hour."""
    if at.utcoffset() is None:
        raise ValueError("An instant needs its time zone.")
    return at.astimezone(ZoneInfo(zone_name))


def describe_deadline(at, zone_name=None, place=None):
    """An exclusive end in French, Paris first: « vendredi 25 novembre 2016 à minuit (24 h 00), heure de Paris ».

    Where the clocks of `zone_name` differ at that instant, the local time follows: « soit le 25 novembre 2016 à
    19 h 00 en Martinique (heure locale) », or « à Fort-de-France » when `place` names the town.
    """
    legal = local_time(at, PARIS.key)
    weekday, day, hour = _parts(legal)
    text = f"{weekday} {day} à {hour}, heure de Paris"
    if not zone_name:
        return text
    local = local_time(at, zone_name)
    if local.utcoffset() == legal.utcoffset():
        return text
    _, day, hour = _parts(local)
    return f"{text}, soit le {day} à {hour} {in_town(place) if place else PLACES[zone_name]} (heure locale)"


def in_town(name):
    """« à Nouméa », « au Mont-Dore », « aux Abymes », « à La Foa »: a town's name after its preposition."""
    if name.startswith("Le "):
        return f"au {name[3:]}"
    if name.startswith("Les "):
        return f"aux {name[4:]}"
    return f"à {name}"


def _parts(local):
    """Weekday, date and hour; midnight is the end of the day before, since nobody reads an end as a beginning."""
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        before = local.date() - timedelta(days=1)
        return WEEKDAYS[before.weekday()], phrases.day(before), f"minuit (24{NBSP}h{NBSP}00)"
    return WEEKDAYS[local.weekday()], phrases.day(local.date()), _hour(local)


def _hour(local):
    """« 2 h 30 », with its seconds if it has some, and with its season when the clocks show it twice."""
    text = phrases.hour(local)
    if local.second:
        text += f"{NBSP}min{NBSP}{local.second:02d}{NBSP}s"
    if local.replace(fold=1).utcoffset() == local.replace(fold=0).utcoffset():
        return text
    return f"{text} (heure d'{'hiver' if local.fold else 'été'})"
