"""How the page that a fabrique writes is read: what the public sees of it, and what changes from one text to another.

A page's content is a JSON value: description and hours (text), website, sessions (as typed), photos (`PagePhoto.told`).
"""

from dataclasses import dataclass
from datetime import date

from applications.differences import compare
from fabriques.models import PageState
from gen_portal.core import phrases

LABELS = {
    "description": "Présentation",
    "hours": "Horaires d'ouverture",
    "website": "Site internet",
    "sessions": "Prochaines rentrées",
    "photos": "Photos",
}
#: A page on which nothing is written.
BLANK = {"description": "", "hours": "", "website": "", "sessions": [], "photos": []}


@dataclass(frozen=True)
class Session:
    """When one may begin which labelled training; `link` leads to where one enrols."""

    label: object
    starts_on: date
    place: str = ""
    seat_count: int | None = None
    link: str = ""


@dataclass(frozen=True)
class Shown:
    """What stands on a page beside the facts of the registry."""

    description: str
    hours: list
    website: str
    photos: list
    contacts: list


def shown_of(fabrique):
    """What the public sees of what a fabrique wrote (with its page and version); None while nothing is published."""
    page = getattr(fabrique, "page", None)
    if page is None or page.state != PageState.PUBLISHED:
        return None
    return read(page.current.content, fabrique.contacts.public())


def read(content, contacts):
    """A content as a page shows it."""
    return Shown(
        description=content["description"],
        hours=[line.strip() for line in content["hours"].splitlines() if line.strip()],
        website=content["website"],
        photos=content["photos"],
        contacts=list(contacts),
    )


def sessions_of(standings, content, today):
    """The sessions still to begin of the labels in force: those announced in their filings, and those of a content (None:
    no page); a day that the page tells again is told once, in its words."""
    labels = {standing.label.reference: standing.label for standing in standings if standing.is_in_force}
    told = [_session(labels, row) for row in (content["sessions"] if content else []) if row["label"] in labels]
    known = {(session.label.pk, session.starts_on) for session in told}
    filed = [
        Session(label, row.starts_on, row.place, row.seat_count)
        for label in labels.values()
        for row in label.sessions.all()
        if (label.pk, row.starts_on) not in known
    ]
    coming = [session for session in told + filed if session.starts_on >= today]
    return sorted(coming, key=lambda session: (session.starts_on, session.label.title, session.label.pk))


def _session(labels, row):
    return Session(
        labels[row["label"]], date.fromisoformat(row["starts_on"]), row["place"], row["seat_count"], row["link"]
    )


@dataclass(frozen=True)
class Difference:
    """A part of a page that is not the same in two contents: both texts, and the words that lead from one to the other."""

    label: str
    stored: str
    typed: str

    @property
    def pieces(self):
        return compare(self.stored, self.typed)


def differences(stored, typed, titles):
    """What is not the same in two contents, in the order of the page. `titles`: of the labels, by number."""
    pairs = ((name, words_of(name, stored[name], titles), words_of(name, typed[name], titles)) for name in LABELS)
    return [Difference(LABELS[name], before, after) for name, before, after in pairs if before != after]


def words_of(name, value, titles):
    """A part of a content in words, one line for each session or photograph."""
    if name == "sessions":
        return "\n".join(_line(row, titles) for row in value)
    if name == "photos":
        return "\n".join(photo["alt"] or "image décorative" for photo in value)
    return value.strip()


def _line(row, titles):
    seats = f"{row['seat_count']} places" if row["seat_count"] else ""
    told = (_day(row["starts_on"]), titles.get(row["label"], row["label"]), row["place"], seats, row["link"])
    return " – ".join(filter(None, map(str, told)))


def _day(typed):
    """« 14 janvier 2027 »; what is no day stays as it was typed."""
    try:
        return phrases.day(date.fromisoformat(typed))
    except ValueError:
        return typed


@dataclass(frozen=True)
class ReadVersion:
    """A published version beside the one before it."""

    version: object
    differences: list


def read_versions(page, titles):
    """The versions of a page from the last to the first, each with what it changed."""
    versions = list(page.versions.select_related("published_by").order_by("number"))
    before = [BLANK, *[version.content for version in versions]]
    found = [
        ReadVersion(version, differences(earlier, version.content, titles))
        for version, earlier in zip(versions, before[: len(versions)], strict=True)
    ]
    return found[::-1]
