"""How a campaign goes, counted once: by region and by call, each count being a list's. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fabriques.models.review import ANSWERED, GROUPS, ReportStanding


@dataclass
class Tally:
    """How many reports of a group have each standing. `key` is its value in the url."""

    key: str
    name: str
    counts: dict = field(default_factory=dict)

    def add(self, standing: str, count: int):
        self.counts[standing] = self.counts.get(standing, 0) + count

    def count(self, name: str) -> int:
        """Of a standing or of a group of standings, by its name in the url."""
        return sum(self.counts.get(standing, 0) for standing in GROUPS.get(name, (name,)))

    @property
    def total(self):
        return sum(self.counts.values())

    @property
    def answered(self):
        return sum(self.counts.get(standing, 0) for standing in ANSWERED)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """(name in the url, words, count) of each column of the tables, in order; everything comes first."""
        return [("", "Attendus en tout", self.total), *((name, words, self.count(name)) for name, words in COLUMNS)]


#: The columns of the tables, by the filter that each opens.
COLUMNS = (
    ("transmis", "Transmis"),
    (ReportStanding.TO_REVIEW.value, "dont à relire"),
    (ReportStanding.AWAITED.value, "Dans les temps"),
    (ReportStanding.LATE.value, "En retard"),
    (ReportStanding.IN_DEFAULT.value, "En défaut"),
)
HEADINGS = ("Attendus en tout", *(words for _, words in COLUMNS))


@dataclass(frozen=True)
class Progress:
    """A campaign as one person sees it."""

    whole: Tally
    regions: list[Tally]
    calls: list[Tally]


def progress_of(rows: Iterable[tuple]) -> Progress:
    """From rows (region code, region name, call slug, call title, standing, count)."""
    whole, regions, calls = Tally("", "Ensemble"), {}, {}
    for code, region, slug, call, standing, count in rows:
        whole.add(standing, count)
        regions.setdefault(code, Tally(code, region)).add(standing, count)
        calls.setdefault(slug, Tally(slug, call)).add(standing, count)
    return Progress(whole, _by_name(regions), _by_name(calls))


def _by_name(tallies: Mapping[str, Tally]) -> list[Tally]:
    return sorted(tallies.values(), key=lambda tally: tally.name)
