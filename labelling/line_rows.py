"""What the page of the lines shows: a row per dossier, the panel of sums and targets, two scenarios side by side."""

from collections import Counter
from dataclasses import dataclass

from gen_portal.core.phrases import euros, number
from labelling import scoring
from labelling.line_words import percent, women_standing
from labelling.lines import Lines
from labelling.portfolio import Award, Candidate


@dataclass(frozen=True)
class LineRow:
    """One dossier where the scenario puts it. `up` and `down`: what the buttons ask, empty where there is nowhere to go."""

    position: int
    dossier: tuple
    candidate: Candidate
    award: Award
    rank: int | None
    exception: str
    note: str
    unexcused: str
    up: str
    down: str

    @property
    def standing(self):
        if not self.award.is_labelled:
            return "sans label"
        return "label et subvention" if self.award.grant_euros else "label sans subvention"


def rows_of(lines: Lines) -> list[LineRow]:
    """The rows in order; ranks are those of the board, equals share one."""
    references = [lines.field.rows[candidate.key].reference for candidate in lines.order]
    means = Counter(each.mean for each in lines.field.candidates.values() if each.mean is not None)
    ranks, worse = scoring.ranks(means), {better.key: worse for better, worse in lines.unexcused}
    return [
        LineRow(
            position=n + 1,
            dossier=lines.field.rows[candidate.key],
            candidate=candidate,
            award=lines.portfolio.awards[n],
            rank=ranks.get(candidate.mean),
            exception=lines.present[n].exception,
            note=lines.present[n].note,
            unexcused=lines.field.rows[worse[candidate.key].key].reference if candidate.key in worse else "",
            up=f"{references[n]} {references[n - 1]}" if n else "",
            down=f"{references[n + 1]} {references[n]}" if n + 1 < len(references) else "",
        )
        for n, candidate in enumerate(lines.order)
    ]


@dataclass(frozen=True)
class Gauge:
    """One figure of the panel, with its bar where it has a whole to be compared to."""

    key: str
    label: str
    value: int
    whole: int
    text: str


def gauges_of(lines: Lines) -> list[Gauge]:
    """Labels, money, then the targets: each as a bar and in words."""
    found, targets, field = lines.portfolio, lines.portfolio.targets, lines.field
    regions = {candidate.region for candidate in field.candidates.values()}
    overseas = sum(candidate.is_overseas for candidate in field.candidates.values())
    money = f"{euros(found.granted_euros)} sur {euros(found.pot.left_euros)}, reste {euros(found.left_euros)}"
    learners = number(sum(candidate.seat_count for candidate in field.candidates.values()))
    return [
        Gauge("labels", "Labels", found.label_line, len(lines.order),
              f"{found.label_line} sur {len(lines.order)} dossier{'s' if len(lines.order) > 1 else ''}, "
              f"dont {found.grant_count} avec subvention"),
        Gauge("argent", "Subventions", found.granted_euros, found.pot.left_euros, money),
        Gauge("femmes", "Femmes parmi les apprenants", round(targets.women_percent), 100, women_standing(targets)),
        Gauge("quartiers", "Habitants de quartiers prioritaires", round(targets.priority_area_percent), 100,
              percent(targets.priority_area)),
        Gauge("regions", "Régions", len(targets.regions), len(regions), f"{len(targets.regions)} sur {len(regions)}"),
        Gauge("outre-mer", "Labels outre-mer", targets.overseas_count, overseas,
              f"{targets.overseas_count} sur {overseas} candidature{'s' if overseas > 1 else ''}"),
        Gauge("apprenants", "Apprenants", targets.learner_count, sum(c.seat_count for c in field.candidates.values()),
              f"{number(targets.learner_count)} places sur {learners}"),
    ]  # fmt: skip


# --- Two scenarios ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A dossier that two scenarios treat differently: what each gives it, and what decided when one was computed."""

    dossier: tuple
    first: str
    second: str
    note: str


@dataclass(frozen=True)
class Compared:
    """Two scenarios of a cut-off over the dossiers of today."""

    first: Lines
    second: Lines

    @property
    def differences(self) -> list[Difference]:
        """The dossiers whose label or grant differs, in the order of the first; none is listed for its place alone."""
        ones, twos = self.first.portfolio.award_of, self.second.portfolio.award_of
        keys = [*ones, *(key for key in twos if key not in ones)]
        notes = {
            place.application_id: place.note for place in (*self.first.present, *self.second.present) if place.note
        }
        return [
            Difference(self.first.field.rows[key], words_of(ones.get(key)), words_of(twos.get(key)), notes.get(key, ""))
            for key in keys
            if _told(ones.get(key)) != _told(twos.get(key))
        ]

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """(what, of the first, of the second), sums then targets."""
        pairs = zip(gauges_of(self.first), gauges_of(self.second), strict=True)
        return [(one.label, one.text, two.text) for one, two in pairs]

    @property
    def gap_euros(self) -> int:
        return self.second.portfolio.granted_euros - self.first.portfolio.granted_euros

    @property
    def saved_euros(self) -> int:
        return -self.gap_euros


def words_of(award):
    """What a scenario gives a dossier, in words."""
    if award is None:
        return "absent du scénario"
    if not award.is_labelled:
        return "sans label"
    return f"label et {euros(award.grant_euros)}" if award.grant_euros else "label sans subvention"


def _told(award):
    return (award.is_labelled, award.grant_euros) if award else None
