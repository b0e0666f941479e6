"""One deadline as a dossier's page tells it: how long is left, the structure's own time, an instant to the second."""

from dataclasses import dataclass
from datetime import datetime

from gen_portal.core import phrases
from gen_portal.core.clock import PARIS
from gen_portal.core.territory import describe_deadline, local_time

_NEAR_SECONDS = 3 * 86_400


@dataclass(frozen=True)
class Closing:
    """An exclusive closing instant, seen at an instant by the people of a town."""

    closes_at: datetime
    now: datetime
    zone_name: str
    place: str
    remark: str = ""

    @property
    def is_past(self):
        return self.now >= self.closes_at

    @property
    def text(self):
        """The closing in legal time, and on the clocks of the town where they differ."""
        return describe_deadline(self.closes_at, self.zone_name, self.place)

    @property
    def legal_text(self):
        """In legal time alone."""
        return describe_deadline(self.closes_at)

    @property
    def time_left(self):
        return time_left(self.closes_at, self.now)

    @property
    def is_near(self):
        """Less than three days: what a page says louder."""
        return not self.is_past and (self.closes_at - self.now).total_seconds() < _NEAR_SECONDS


def local_words(at, zone_name):
    """An instant on the clocks of a zone, empty where they show the same as in Paris."""
    local = local_time(at, zone_name)
    return phrases.instant(at, local.tzinfo) if local.utcoffset() != at.astimezone(PARIS).utcoffset() else ""


def exact(at):
    """To the second, with its offset, as a receipt must say it: « 24 novembre 2016 à 18 h 00 min 12 s (UTC+01:00) »."""
    local = at.astimezone(PARIS)
    offset = f"{local:%z}"
    nbsp = phrases.NBSP
    return (
        f"{phrases.instant(at)}{nbsp}min{nbsp}{local.second:02d}{nbsp}s, heure de Paris (UTC{offset[:3]}:{offset[3:]})"
    )


def time_left(until, now):
    """The two largest units left, rounded down: « 2 jours et 3 heures », « 45 minutes », « moins d'une minute »."""
    seconds = int((until - now).total_seconds())
    if seconds <= 0:
        return ""
    counts = ((seconds // 86_400, "jour"), (seconds % 86_400 // 3600, "heure"), (seconds % 3600 // 60, "minute"))
    words = [f"{count}{phrases.NBSP}{unit}{'s' if count > 1 else ''}" for count, unit in counts if count]
    return " et ".join(words[:2]) or "moins d'une minute"
