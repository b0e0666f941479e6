"""What a change of the lines changed, in French sentences: who crosses which line, the money, each target. Pure."""

from collections.abc import Mapping

from gen_portal.core.phrases import euros, number
from labelling.portfolio import WOMEN_GOAL_PERCENT, Portfolio

#: Dossiers named one by one; beyond, they are counted.
NAMED = 5


def told(before: Portfolio, after: Portfolio, references: Mapping[int, str]) -> list[str]:
    """Sentences, the most consequential first; one that says so when neither sums nor targets change."""
    said = [*_crossings(before, after, references), *_money(before, after), *_targets(before.targets, after.targets)]
    return said or ["Aucune ligne n'est franchie ; les sommes et les cibles restent les mêmes."]


def _crossings(before, after, references):
    was, now = ({award.key for award in found.awards if award.is_labelled} for found in (before, after))
    yield from _listed(now - was, "au-dessus de la ligne de label", references)
    yield from _listed(was - now, "sous la ligne de label", references)
    was, now = ({award.key for award in found.awards[: found.money_line]} for found in (before, after))
    yield from _listed(now - was, "au-dessus de la ligne d'argent", references)
    yield from _listed(was - now, "sous la ligne d'argent", references)


def _listed(keys, where, references):
    names = sorted(references.get(key, "un dossier parti du relevé") for key in keys)
    if len(names) > NAMED:
        yield f"{len(names)} dossiers passent {where}."
    elif names:
        yield f"{', '.join(names)} {'passe' if len(names) == 1 else 'passent'} {where}."


def _money(before, after):
    if before.label_line != after.label_line:
        yield f"Labels : {after.label_line}, au lieu de {before.label_line}."
    if before.granted_euros != after.granted_euros:
        yield (
            f"Subventions : {euros(after.granted_euros)}, au lieu de {euros(before.granted_euros)} ; "
            f"il reste {euros(after.left_euros)}."
        )


def _targets(before, after):
    for label, was, now in (
        ("Femmes", percent(before.women), percent(after.women)),
        ("Quartiers prioritaires", percent(before.priority_area), percent(after.priority_area)),
        ("Régions", len(before.regions), len(after.regions)),
        ("Outre-mer", before.overseas_count, after.overseas_count),
        ("Apprenants", number(before.learner_count), number(after.learner_count)),
    ):
        if was != now:
            yield f"{label} : {now}, au lieu de {was}."


def percent(value) -> str:
    """« 33,3 % »."""
    return f"{number(round(value, 1))}\u00a0%"


def women_standing(targets) -> str:
    """How the share of women stands to the goal of the calls."""
    reached = "atteint" if targets.women_percent >= WOMEN_GOAL_PERCENT else "pas encore atteint"
    return f"{percent(targets.women)} pour un objectif national de {WOMEN_GOAL_PERCENT}\u00a0%, {reached}"
