"""The lines of a cut-off as the minutes of its committee tell them: sentences in French, made on the day of the seal."""

from decimal import Decimal

from gen_portal.core.phrases import euros, number
from labelling.line_words import percent
from labelling.lines import lines_record


def told_lines(cut_off):
    """The lines, what they add up to, the order, each exception, the fragile dossiers; nothing before lines are drawn."""
    record = lines_record(cut_off)
    return list(_told(record)) if record else []


def _told(record):
    yield (
        f"Ligne de label sous {_dossiers(record['label_line'])}, ligne d'argent sous {_dossiers(record['money_line'])} : "
        f"{euros(record['granted_euros'])} de subventions, {euros(record['left_euros'])} restants dans l'enveloppe."
    )
    yield _targets(record["targets"])
    ranked = ", ".join(_placed(place) for place in record["places"])
    if ranked:
        yield f"Ordre : {ranked}."
    for place in record["places"]:
        if place["exception"]:
            yield f"Dérogation pour {place['reference']}, placé au rang {place['position']} : {place['exception']}"
    fragile = ", ".join(record["fragile"])
    yield f"Dossiers fragiles à cette ligne : {fragile}." if fragile else "Aucun dossier n'est fragile à cette ligne."


def _targets(targets):
    regions = len(targets["regions"])
    women, areas = (percent(Decimal(targets[name])) for name in ("women_percent", "priority_area_percent"))
    return (
        f"Cibles au-dessus de la ligne de label : {number(targets['learner_count'])} places, {women} de femmes, {areas} "
        f"d'habitants des quartiers prioritaires, {regions} région{'s' if regions > 1 else ''}, "
        f"{targets['overseas_count']} outre-mer."
    )


def _placed(place):
    grant = f" ({euros(place['grant_euros'])})" if place["grant_euros"] else ""
    return f"{place['position']}. {place['reference']}{grant}"


def _dossiers(count):
    return f"{count} dossier{'s' if count > 1 else ''}"
