"""What a call asks that an earlier one did not, in sentences: for a dossier that takes up the answers of the earlier one."""

from gen_portal.core import phrases
from gen_portal.core.text import fold


def changes_between(earlier, later):
    """French sentences about documents, grant rule, grid and calendar; the same call changes nothing."""
    if earlier.pk == later.pk:
        return []
    return [*_documents(earlier, later), *_rule(earlier, later), *_grid(earlier, later), *_calendar(later)]


def _documents(earlier, later):
    before = {fold(row.label): row for row in earlier.required_documents.all()}
    after = {fold(row.label): row for row in later.required_documents.all()}
    for key, row in after.items():
        kind = "obligatoire" if row.is_mandatory else "facultative"
        if key not in before:
            yield f"Nouvelle pièce demandée : {row.label} ({kind})."
        elif row.is_mandatory != before[key].is_mandatory:
            yield f"La pièce « {row.label} » est maintenant {kind}."
    for key, row in before.items():
        if key not in after:
            yield f"La pièce « {row.label} » n'est plus demandée."


_AMOUNTS = (
    ("per_label_euros", "Subvention par label", phrases.euros),
    ("per_structure_euros", "Subvention par structure", phrases.euros),
    ("max_share_percent", "Part du budget", lambda value: f"{value}\u00a0%"),
)


def _rule(earlier, later):
    before, after = getattr(earlier, "grant_rule", None), getattr(later, "grant_rule", None)
    for name, label, words in _AMOUNTS:
        was, now = (getattr(rule, name) if rule else None for rule in (before, after))
        if was != now:
            yield f"{label} : {_limit(now, words)}, au lieu de {_limit(was, words)}."
    if after and set(after.eligible_heads) != set(before.eligible_heads if before else ()):
        yield f"La part maximale du budget se compte {after.share_base}."


def _limit(value, words):
    return "sans plafond" if value is None else f"{words(value)} au plus"


def _grid(earlier, later):
    before = {fold(row.label): row.weight_percent for row in earlier.criteria.all()}
    after = {fold(row.label): row for row in later.criteria.all()}
    for key, row in after.items():
        if key not in before:
            yield f"Nouveau critère : {row.label} ({row.weight_percent}\u00a0%)."
        elif row.weight_percent != before[key]:
            yield f"Le critère « {row.label} » pèse {row.weight_percent}\u00a0%, au lieu de {before[key]}\u00a0%."
    gone = [row.label for row in earlier.criteria.all() if fold(row.label) not in after]
    yield from (f"Le critère « {label} » ne figure plus dans la grille." for label in gone)


def _calendar(later):
    deadlines = [f"n° {cut_off.number} le {cut_off.deadline}" for cut_off in later.timetable]
    if deadlines:
        yield f"Le calendrier est celui de cet appel ; relevés clos : {', '.join(deadlines)}."
