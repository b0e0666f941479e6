"""The public figures in words: what each one is, against which target, since when, on what it rests; drawings and tables."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from fabriques.closings import HIDDEN, SHARES, Closing, Told
from fabriques.figures import TARGET_FABRIQUES, TARGET_PEOPLE, TARGET_WOMEN, TARGET_YOUNG_WITHOUT_WORK
from fabriques.secrecy import Cut
from gen_portal.core import charts, phrases
from labelling import board_charts as lines

SHOWN = 8  # quarters drawn
HIDDEN_WORDS = "masqué"
_PERCENT = f"{phrases.NBSP}%"
REGISTRY, REPORTS = "registre public des labels", "relevés trimestriels transmis par les structures"


@dataclass(frozen=True)
class Definition:
    """A figure: its name in addresses and files, its title, what it counts in one sentence, and where it comes from."""

    key: str
    title: str
    sentence: str
    source: str
    unit: str = ""
    target: int | None = None


FABRIQUES = Definition(
    "fabriques", "Fabriques du numérique",
    "Structures dont au moins une formation a un label en vigueur ce jour-là ; chacune compte une fois.",
    REGISTRY, target=TARGET_FABRIQUES,
)  # fmt: skip
TRAININGS = Definition(
    "formations", "Formations labellisées",
    "Formations dont le label est en vigueur ce jour-là ; une formation donnée en plusieurs lieux compte une fois.",
    REGISTRY,
)  # fmt: skip
PEOPLE = Definition(
    "personnes", "Personnes formées ou en formation",
    "Personnes qui ont terminé une formation labellisée ou qui la suivent, depuis le premier label ; celles qui l'ont "
    "quittée avant la fin ne comptent pas.",
    REPORTS, target=TARGET_PEOPLE,
)  # fmt: skip
_PARTS = {
    "women": Definition(
        "femmes", "Part des femmes", "Femmes parmi les personnes entrées en formation depuis le premier label.", REPORTS,
        _PERCENT, TARGET_WOMEN,
    ),
    "young_neet": Definition(
        "jeunes", "Moins de 26 ans sans emploi ni formation",
        "Personnes qui, à leur entrée, avaient moins de 26 ans et n'étaient ni en emploi ni en formation, parmi les "
        "personnes entrées en formation depuis le premier label.",
        REPORTS, _PERCENT, TARGET_YOUNG_WITHOUT_WORK,
    ),
    "priority_area": Definition(
        "quartiers", "Habitants de quartiers prioritaires",
        "Personnes qui, à leur entrée, habitaient un quartier prioritaire de la politique de la ville, parmi les personnes "
        "entrées en formation depuis le premier label.",
        REPORTS, _PERCENT,
    ),
}  # fmt: skip
PARTS = [_PARTS[name] for name in SHARES]


@dataclass(frozen=True)
class Figure:
    """One figure on one day. `closing`: the quarter it comes from, None for those of the registry."""

    definition: Definition
    told: Told
    holds_on: date
    list_url: str
    list_words: str
    closing: Closing | None = None
    beside: str = ""

    @property
    def words(self):
        return told_words(self.told, self.definition.unit)

    @property
    def target(self):
        return self.definition.target and phrases.number(self.definition.target) + self.definition.unit


@dataclass(frozen=True)
class PeopleRow:
    """People of a region or of a call, at the closing of a quarter."""

    name: str
    owed_count: int
    answered_count: int
    people: Told
    percents: list


@dataclass(frozen=True)
class QuarterRow:
    """A closed quarter; its fabriques and trainings are those of the registry at `registry_url`."""

    words: str
    closing: Closing
    registry_url: str
    people: Told
    percents: list[Told]

    @property
    def key(self):
        return self.words.replace(" ", "-").lower()


@dataclass(frozen=True)
class LabelledRow:
    """What the registry counts in a region or for a call, at `url`."""

    name: str
    training_count: int
    fabrique_count: int
    url: str


@dataclass(frozen=True)
class CutWords:
    """How the page speaks of a cut."""

    title: str
    column: str
    labelled_note: str
    people_note: str


CUTS = {
    Cut.REGION: CutWords(
        "Par région", "Région",
        "Chaque région compte les formations données chez elle : une formation donnée dans deux régions compte dans chacune. "
        "Son nom ouvre leur liste dans le registre, à ce jour.",
        "Une formation compte ici dans la région du siège de sa structure.",
    ),
    Cut.CALL: CutWords(
        "Par appel à projets", "Appel",
        "Le nom d'un appel ouvre, dans le registre, la liste de ses formations en vigueur ce jour-là.",
        "Les personnes de tous les labels de l'appel, terminés compris.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class CutSheet:
    """What the page says by region, or by call."""

    cut: Cut
    words: CutWords
    labelled: list[LabelledRow]
    people: list[PeopleRow]

    @property
    def labelled_chart(self):
        rows = [(row.name, Told(row.training_count)) for row in self.labelled]
        return _lines(f"formations-{self.cut}", "Formations labellisées", rows)

    @property
    def people_chart(self):
        return _lines(f"personnes-{self.cut}", PEOPLE.title, [(row.name, row.people) for row in self.people])


def told_words(told, unit=""):
    """A number as it is read, hidden or not; nothing where there is none."""
    if told.is_hidden:
        return HIDDEN_WORDS
    return "" if told.value is None else phrases.number(told.value) + unit


def registry_url(on, known_on, **filters):
    """The registry of a day, as it was known at the end of another."""
    query = {**filters, "au": on.isoformat(), "connu": known_on.isoformat()}
    return f"{reverse('registry')}?{urlencode(query)}"


def headline_figures(found):
    """Those of the top of the page, in order."""
    day, headline = found.day, found.headline
    url = registry_url(day, day)
    counted = [
        Figure(FABRIQUES, Told(headline.fabrique_count), day, url, "Les fabriques de ce jour-là, dans le registre"),
        Figure(TRAININGS, Told(headline.training_count), day, url, "Les formations de ce jour-là, dans le registre"),
    ]
    if found.latest is None:
        return counted
    closing, holds_on = found.latest, found.latest.term.last_on
    people = Figure(
        PEOPLE, closing.people(), holds_on, "#personnes-par-region", "Ces personnes par région, par appel et par trimestre",
        closing,
    )  # fmt: skip
    return [*counted, people, *[_part(name, closing, holds_on) for name in SHARES]]


def _part(name, closing, holds_on):
    exact = closing.exact(name)
    beside = (
        f"{phrases.number(exact.part)} sur {phrases.number(exact.whole)} personnes" if exact and exact.whole else ""
    )
    return Figure(
        _PARTS[name], closing.percent(name), holds_on, "#personnes-par-region",
        "Cette part par région, par appel et par trimestre", closing, beside,
    )  # fmt: skip


def cut_of(found, cut):
    """The tables of a cut and their drawings."""
    day = found.day
    labelled = [
        LabelledRow(row.name, row.training_count, row.fabrique_count, registry_url(day, day, **{str(cut): row.key}))
        for row in found.labelled_in(cut)
    ]
    return CutSheet(cut, CUTS[cut], labelled, people_rows(found, cut))


def quarter_rows(found):
    """Every closed quarter, the latest first."""
    return [
        QuarterRow(
            quarter_words(closing.term),
            closing,
            registry_url(closing.term.last_on, closing.term.closed_on),
            closing.people(),
            [closing.percent(name) for name in SHARES],
        )
        for closing in reversed(found.closings)
    ]


def people_rows(found, cut):
    """Those of the last closed quarter, in the order of the names."""
    closing = found.latest
    rows = [row for row in found.names if row[0] == cut and row in set(closing.rows)] if closing else []
    return [
        PeopleRow(
            found.names[row],
            closing.owed[row],
            closing.answered[row],
            closing.people(row),
            [closing.percent(name, row) for name in SHARES],
        )
        for row in rows
    ]


def quarter_words(term):
    """« T4 2025 »."""
    return f"T{(term.starts_on.month + 2) // 3} {term.starts_on.year}"


def quarter_charts(found):
    """One drawing a figure that has a history, oldest quarter first."""
    drawn = found.closings[-SHOWN:]
    told = [
        (FABRIQUES, [Told(closing.fabrique_count) for closing in drawn]),
        (PEOPLE, [closing.people() for closing in drawn]),
        *[(_PARTS[name], [closing.percent(name) for closing in drawn]) for name in SHARES],
    ]
    return [_quarter_chart(definition, drawn, values) for definition, values in told]


def _quarter_chart(definition, drawn, values):
    points = [
        (quarter_words(closing.term), 0 if told == HIDDEN else told.value, told_words(told, definition.unit))
        for closing, told in zip(drawn, values, strict=True)
    ]
    target = definition.target
    note = f"objectif : {phrases.number(target)}{definition.unit}" if target else ""
    return charts.bars(f"{definition.key}-par-trimestre", definition.title, points, target=target, note=note)


def _lines(key, title, named):
    most = max((told.value or 0 for _, told in named), default=0)
    drawn = [_line(name, told, index * lines.LINE, most) for index, (name, told) in enumerate(named)]
    return lines.LinesChart(key, title, drawn)


def _line(name, told, y, most):
    width = lines.percent(Decimal(100 * told.value) / most) if told.value else ""
    return lines.Line(f"{lines.shortened(name)} : {told_words(told)}", y, width, width)
