"""How a report is read: its figures in groups, beside those of another moment, and what changed from one to the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import capfirst

from fabriques import arithmetic
from fabriques.checks import TEXTS
from fabriques.models.follow_up import FollowUpReport


@dataclass(frozen=True)
class Group:
    """One fieldset of the report: its word in the page, its title, what it counts, its figures."""

    code: str
    title: str
    intro: str
    names: tuple[str, ...]


GROUPS = (
    Group(
        "entrees",
        "Candidatures et entrées",
        "Depuis le début du label, tous sites confondus.",
        ("received_count", "admitted_count", "sessions_held_count", "started_count"),
    ),
    Group(
        "parcours",
        "Où en sont les personnes entrées",
        "Ces trois nombres additionnés font toutes les personnes entrées en formation.",
        arithmetic.FLOWS,
    ),
    Group(
        "publics",
        "Qui sont les personnes entrées",
        "Une même personne peut compter dans plusieurs lignes : une femme de 22 ans compte dans les deux premières.",
        tuple(arithmetic.PARTS),
    ),
    Group(
        "sorties-3",
        "Trois mois après la fin",
        "Parmi les personnes qui ont terminé : certifications, puis situation trois mois plus tard. Laissez de côté celles "
        "qui ont terminé depuis moins de trois mois. Un emploi conservé compte selon son contrat.",
        ("certified_count", *arithmetic.EXITS_3),
    ),
    Group(
        "sorties-6",
        "Six mois après la fin",
        "La situation six mois plus tard, pour les personnes qui ont terminé depuis au moins six mois.",
        arithmetic.EXITS_6,
    ),
)


def label_of(name: str) -> str:
    return capfirst(FollowUpReport._meta.get_field(name).verbose_name)


@dataclass(frozen=True)
class Line:
    """A figure now, and as it was (None: not asked, or nothing to compare with)."""

    label: str
    value: int | None
    before: int | None = None

    @property
    def change(self):
        """« + 3 », « − 2 », nothing when it is the same or cannot be compared."""
        if self.value is None or self.before is None or self.value == self.before:
            return ""
        return f"{'+' if self.value > self.before else '−'} {abs(self.value - self.before)}"


@dataclass(frozen=True)
class ReadGroup:
    title: str
    lines: list


def read(figures: Mapping, before: Mapping | None = None) -> list[ReadGroup]:
    """Every figure, in its group and in the order of the page."""
    before = before or {}
    return [
        ReadGroup(group.title, [Line(label_of(name), figures.get(name), before.get(name)) for name in group.names])
        for group in GROUPS
    ]


@dataclass(frozen=True)
class Difference:
    """A figure or a text that is not the same in two versions, in words."""

    label: str
    stored: str
    typed: str


def differences(stored: Mapping, typed: Mapping) -> list[Difference]:
    """What is not the same in two mappings of figures and texts, in the order of the page."""
    names = [*arithmetic.FIGURES, *TEXTS]
    pairs = ((name, _words(stored.get(name)), _words(typed.get(name))) for name in names)
    return [Difference(label_of(name), before, after) for name, before, after in pairs if before != after]


def _words(value):
    return "" if value is None else str(value).strip()


@dataclass(frozen=True)
class ReadVersion:
    """A filing beside the one before it; the first one has nothing to differ from."""

    version: object
    differences: list


def read_versions(versions) -> list[ReadVersion]:
    """From the last filing to the first."""
    versions = list(versions)
    pairs = zip(versions, [None, *versions][: len(versions)], strict=True)
    found = [
        ReadVersion(version, differences(content(previous), content(version)) if previous else [])
        for version, previous in pairs
    ]
    return found[::-1]


def content(version) -> dict:
    """Figures and texts of a version."""
    return {**version.figures, **{name: getattr(version, name) for name in TEXTS}}
