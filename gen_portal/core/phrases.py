"""Amounts, dates and sizes as a French reader writes them; the same words on pages, in mails and in refusals."""

from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\u00a0"
THIN = "\u202f"  # the narrow no-break space between thousands
MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)


def day(value):
    """« 24 février 2017 », « 1er mars 2017 »; an instant is read in Paris."""
    if isinstance(value, datetime):
        value = value.astimezone(PARIS)
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def hour(value):
    """« 18 h 00 », of a time or of an instant already in its zone."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def instant(value, zone=PARIS):
    """« 24 février 2017 à 18 h 00 » in a zone, Paris unless told."""
    local = value.astimezone(zone)
    return f"{day(local.date())} à {hour(local)}"


def number(value):
    """« 70 000 », « 12,5 »: thousands apart, a decimal comma, no decimals when there are none."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace(",", THIN).replace(".", ",")


def euros(value):
    """« 70 000 € »."""
    return f"{number(value)}{NBSP}€"


def file_size(size_bytes):
    """« 512 octets », « 34 ko », « 1,2 Mo » (decimal units)."""
    if size_bytes < 1000:
        return f"{size_bytes}{NBSP}octet{'s' if size_bytes > 1 else ''}"
    if size_bytes < 999_500:
        return f"{round(size_bytes / 1000)}{NBSP}ko"
    return f"{number(round(size_bytes / 1_000_000, 1))}{NBSP}Mo"
