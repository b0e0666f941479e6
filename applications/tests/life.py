"""What the life of dossiers must be, told a second time by the plainest means: for `test_dossier_life`.

A `Story` is what one dossier should be; a `Timetable` computes its terms from instants alone. The code under test is asked
nothing, but to read the database.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from applications.models import AnswerVersion, Application, Structure
from applications.models.versions import stored_value

GRACE = timedelta(minutes=15)
BEGUN_WITHIN = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
#: Answers that two people write in the stories; the second one may not be empty in a complete dossier.
WRITTEN = ("programme", "pedagogy")
WRITABLE = ("draft", "returned")
ENDED = ("withdrawn", "inadmissible")


class Timetable:
    """The closings of one call, moved by incidents for everybody, and by extensions for one structure."""

    def __init__(self, opens_at, closings):
        self.opens_at, self.closings, self.given = opens_at, list(closings), {}

    def end(self, structure, number):
        return max(self.closings[number], self.given.get((structure.pk, number), self.closings[number]))

    def extend(self, structure, number, until_at):
        self.given[structure.pk, number] = until_at

    def shift(self, number, duration):
        """An incident: this closing, and every later one."""
        self.closings[number:] = [closing + duration for closing in self.closings[number:]]

    def entry(self, structure, tried, at):
        """(number of the cut-off, basis) at an instant, None when it is too early or too late."""
        if at < self.opens_at:
            return None
        for number, closing in enumerate(self.closings):
            end = self.end(structure, number)
            has_begun = any(end - BEGUN_WITHIN <= instant < end for instant in tried)
            if at < closing:
                return number, "on_time"
            if at < end:
                return number, "extension"
            if at < end + GRACE and has_begun:
                return number, "grace"
        return None

    def edges(self):
        """The instants around which everything may change."""
        ends = [*self.closings, *self.given.values()]
        turns = [end + late for end in ends for late in (timedelta(0), GRACE)]
        return [instant for turn in turns for instant in (turn - MICROSECOND, turn, turn + MICROSECOND)]


@dataclass
class Story:
    """One dossier as it must be.

    `tried`: the instants of its attempts; `filings`: number by key; `seals`: SHA-256 by number; `slot` and `beside`: key of
    the attachment by content; `signed`: everything it said when somebody signed it.
    """

    application: Application
    structure: Structure
    state: str = "draft"
    is_filled: bool = False
    cut_off: int | None = None
    due_until: datetime | None = None
    was_judged: bool = False
    written: dict = field(default_factory=lambda: {name: [""] for name in WRITTEN})
    tried: list = field(default_factory=list)
    filings: dict = field(default_factory=dict)
    seals: dict = field(default_factory=dict)
    slot: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)
    signed: set = field(default_factory=set)

    @property
    def is_writable(self):
        return self.state in WRITABLE

    @property
    def is_live(self):
        return self.state not in ENDED

    @property
    def is_complete(self):
        return self.is_filled and bool(self.slot) and self.written["pedagogy"][-1] != ""

    @property
    def said(self):
        """What it says now, as one comparable value."""
        words = tuple(self.written[name][-1] for name in WRITTEN)
        return words, tuple(self.slot.values()), tuple(self.beside.values())

    def faults(self):
        """Where the database tells another story, one line each."""
        fresh = Application.objects.get(pk=self.application.pk)
        told = {
            "state": fresh.state,
            "written": {name: stored_value(fresh, name) for name in WRITTEN},
            "versions": {name: self._versions(name) for name in WRITTEN},
            "filings": sorted(fresh.submissions.values_list("number", "sha256")),
            "attempts": fresh.attempts.count(),
            "joined": self._joined(fresh),
        }
        expected = {
            "state": self.state,
            "written": {name: values[-1] for name, values in self.written.items()},
            "versions": {name: values[1:] for name, values in self.written.items()},
            "filings": sorted(self.seals.items()),
            "attempts": len(self.tried),
            "joined": (bool(self.slot), len(self.beside)),
        }
        return [f"{key}: {told[key]} != {expected[key]}" for key in told if told[key] != expected[key]]

    def _versions(self, name):
        rows = AnswerVersion.objects.of_answer(self.application, name).reverse()
        return [row.value for row in rows]

    @staticmethod
    def _joined(fresh):
        current = fresh.attachments.current()
        return current.filter(document__isnull=False).exists(), current.filter(document=None).count()
