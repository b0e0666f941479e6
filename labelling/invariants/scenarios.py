"""What must always hold of the lines of a cut-off: places without a gap, grants above the money line, sums within limits."""

from collections import Counter

from labelling.models import Scenario


def broken():
    """Every broken invariant of scenarios, one sentence each."""
    for scenario in Scenario.objects.select_related("cut_off__call__grant_rule", "cut_off__call__envelope").order_by(
        "pk"
    ):
        places = list(scenario.places.select_related("application__training").order_by("position"))
        yield from (f"Scénario {scenario.pk} : {fault}" for fault in _faults(scenario, places))


def _faults(scenario, places):
    if [place.position for place in places] != list(range(1, len(places) + 1)):
        yield "ses places ne se suivent pas."
    if scenario.label_line > len(places):
        yield f"{scenario.label_line} labels pour {len(places)} dossiers."
    total = sum(place.grant_euros for place in places)
    if total != scenario.granted_euros:
        yield f"{scenario.granted_euros} € inscrits au lieu de {total} €."
    if any(place.grant_euros and place.position > scenario.money_line for place in places):
        yield "une subvention sous la ligne d'argent."
    yield from _beyond_limits(scenario.cut_off.call, places, total)


def _beyond_limits(call, places, total):
    if total > max(call.budget_euros, call.envelope.total_euros):
        yield f"{total} € pour une enveloppe de {call.envelope.total_euros} €."
    if (rule := getattr(call, "grant_rule", None)) is None:
        return
    if rule.per_label_euros is not None and any(place.grant_euros > rule.per_label_euros for place in places):
        yield "une subvention passe le plafond par label."
    sums = Counter()
    for place in places:
        sums[place.application.training.structure_id] += place.grant_euros
    if rule.per_structure_euros is not None and any(each > rule.per_structure_euros for each in sums.values()):
        yield "une structure passe son plafond."
