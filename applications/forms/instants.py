"""A day and an hour typed in legal time, made into an instant; what the clocks of Paris never or twice showed is refused."""

from datetime import UTC, date, datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from gen_portal.core import clock, phrases

MIDNIGHT = time(0)
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
_STRANGE = "Vérifiez l'année : elle doit être comprise entre 2000 et 2099."


class DayField(forms.DateField):
    """A day of this century: beyond it is a slip of the keyboard, which no timetable should swallow."""

    default_validators = [MinValueValidator(_FIRST, _STRANGE), MaxValueValidator(_LAST, _STRANGE)]


def opening_instant(day, hour=None):
    """The instant at which filing begins: the start of the day, unless an hour is typed."""
    return paris_instant(day, hour or MIDNIGHT)


def closing_instant(day, hour=None):
    """The exclusive end of filing: the next midnight, so that the whole day counts, unless an hour is typed.

    Refused at midnight, which could be read as the beginning or as the end of the day.
    """
    if hour is None:
        return clock.end_of(day)
    if hour == MIDNIGHT:
        raise ValidationError("Pour que ce jour compte en entier, laissez l'heure vide plutôt que d'écrire minuit.")
    return paris_instant(day, hour)


def paris_instant(day, hour):
    """The instant of an hour of Paris, in UTC; refused when the clocks jump over it or show it twice that night."""
    local = datetime.combine(day, hour, clock.PARIS)
    if local.replace(fold=1).utcoffset() == local.utcoffset():
        return local.astimezone(UTC)
    exists = local.astimezone(UTC).astimezone(clock.PARIS).time() == hour
    what = "existe deux fois" if exists else "n'existe pas"
    raise ValidationError(
        f"À Paris, {phrases.hour(hour)} {what} le {phrases.day(day)}, nuit du changement d'heure : "
        "choisissez une heure avant 2 h ou à partir de 3 h."
    )
