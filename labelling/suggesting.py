"""A suggestion for a cut-off: asked for with its minima, put in the order of lines, with its reasons in words."""

from dataclasses import dataclass

from gen_portal.core.phrases import number
from labelling.lines import Field
from labelling.portfolio import Candidate
from labelling.suggestion import Choice, Minima, Reason, Suggestion, suggest

#: Dossiers named in a reason; beyond, they are counted.
NAMED = 3


@dataclass(frozen=True)
class Asked:
    """A suggestion for the dossiers of today."""

    field: Field
    minima: Minima
    found: Suggestion

    @property
    def choice(self) -> Choice:
        return self.found.choice

    @property
    def order(self) -> list[int]:
        """Funded dossiers first, then the other labels, then the rest, each in the order of the board."""
        ranked = self.field.ranking()
        return [candidate.key for candidate in sorted(ranked, key=self._part)]

    def _part(self, candidate: Candidate):
        return (candidate.key not in self.choice.funded) + (candidate.key not in self.choice.labelled)

    @property
    def notes(self) -> dict[int, str]:
        """What decides for each dossier, in French."""
        references = self.field.references
        return {key: words_of(reason, references) for key, reason in self.found.reasons.items()}

    @property
    def blocking_sentence(self) -> str:
        """What cannot be held, said to who asked."""
        return (
            f"Aucun choix ne tient ces minima : {' et '.join(self.found.blocking)} "
            f"{'font' if len(self.found.blocking) > 1 else 'fait'} obstacle. Baissez ce minimum, ou permettez plus de labels."
        )


def ask(field: Field, minima: Minima) -> Asked:
    return Asked(field, minima, suggest(field.ranking(), field.pot, minima))


def minima_of(field: Field, *, every_region, **asked) -> Minima:
    """`every_region`: one label in each region that has a dossier."""
    regions = frozenset(candidate.region for candidate in field.candidates.values()) if every_region else frozenset()
    return Minima(regions=regions, **{name: value or 0 for name, value in asked.items()})


def words_of(reason: Reason, references) -> str:
    """« écarté : le prendre obligerait à laisser A et B, et ferait perdre 0,250 point »."""
    head = "retenu" if reason.is_labelled else "écarté"
    if reason.limits:
        return f"{head} : {' et '.join(reason.limits)} l'{'imposent' if reason.limits[1:] else 'impose'}"
    if reason.lost is None:
        return f"{head}{' : sa note est sous celle du dernier retenu' if reason.is_below else ''}"
    if not reason.lost:
        return f"{head}, à égalité : un autre choix vaut autant"
    if not reason.instead:
        return f"{head} : l'inverse coûterait des subventions à d'autres, et ferait perdre {_points(reason.lost)}"
    names = _named(reason.instead, references)
    if reason.is_labelled:
        return f"retenu : le laisser ferait entrer {names}, et perdre {_points(reason.lost)}"
    return f"écarté : le prendre obligerait à laisser {names}, et ferait perdre {_points(reason.lost)}"


def _named(keys, references):
    if len(keys) > NAMED:
        return f"{len(keys)} dossiers"
    *others, last = (references[key] for key in keys)
    return f"{', '.join(others)} et {last}" if others else last


def _points(thousandths):
    return f"{number(round(thousandths / 1000, 2))}\u00a0point{'s' if thousandths >= 2000 else ''}"
