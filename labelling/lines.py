"""The lines of a cut-off as they are stored, and what they mean: read whole, in a constant number of queries.

What decides (who stands where, who is excused) is stored; grants follow from it, and are stored too when a change is saved,
so that what the minutes say is what was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from applications.models import Application
from labelling.actions.decisions import read_envelope
from labelling.board import dossiers_for
from labelling.comparison import Comparison
from labelling.models import Outcome, Scenario
from labelling.models.board import board
from labelling.models.scenario import dossiers_of, rows_of, signed_elsewhere
from labelling.portfolio import Candidate, Portfolio, Pot, by_mean, passed_over, portfolio


@dataclass(frozen=True)
class Field:
    """The dossiers of a cut-off today, as candidates and as rows, and what may be granted to them."""

    candidates: Mapping[int, Candidate]
    rows: Mapping[int, tuple]
    pot: Pot

    @property
    def references(self):
        return {key: row.reference for key, row in self.rows.items()}

    def ranking(self):
        """The order of the board: by mean, equals by reference."""
        return by_mean(self.candidates.values(), self.references)


def field_of(cut_off, *, adjusted=None):
    """Three queries besides the rule of the call; `adjusted`: the adjusted means to show, by key."""
    call = cut_off.call
    rule, adjusted = getattr(call, "grant_rule", None), adjusted or {}
    rows = {row.pk: row for row in rows_of(cut_off)}
    elsewhere = signed_elsewhere(cut_off)
    left = read_envelope(call).total_euros - sum(elsewhere.values())
    pot = Pot(rule, max(0, left), elsewhere)
    return Field({key: _candidate(row, rule, adjusted.get(key)) for key, row in rows.items()}, rows, pot)


def _candidate(row, rule, adjusted):
    told = Application(total_budget_euros=row.total_budget_euros, expenses=row.expenses)
    return Candidate(
        key=row.pk,
        structure=row.row_structure,
        region=row.row_region,
        is_overseas=row.row_is_overseas,
        mean=row.row_mean,
        adjusted=adjusted,
        requested_euros=row.requested_grant_euros or 0,
        counted_budget_euros=rule.counted_euros(told) if rule else 0,
        seat_count=(row.session_count or 0) * (row.seat_count or 0),
        women_percent=row.women_percent or 0,
        priority_area_percent=row.priority_area_percent or 0,
    )


@dataclass(frozen=True)
class Lines:
    """A scenario beside the dossiers of today: those that came since stand nowhere, those that left count for nothing."""

    scenario: Scenario
    places: Sequence[object]
    field: Field

    @cached_property
    def present(self):
        """The places of dossiers that are still there, in order."""
        return [place for place in self.places if place.application_id in self.field.candidates]

    @cached_property
    def order(self):
        return [self.field.candidates[place.application_id] for place in self.present]

    @cached_property
    def portfolio(self) -> Portfolio:
        """With the lines where they are: dossiers that left above them take them up by as many."""
        gone = [place.position for place in self.places if place.application_id not in self.field.candidates]
        label, money = self.scenario.label_line, self.scenario.money_line
        return portfolio(
            self.order,
            self.field.pot,
            label_line=label - sum(position <= label for position in gone),
            money_line=money - sum(position <= money for position in gone),
        )

    @cached_property
    def exceptions(self):
        """The text of each exception, by key, in order."""
        return {place.application_id: place.exception for place in self.present if place.exception}

    @cached_property
    def unexcused(self):
        return passed_over(self.order, self.exceptions)

    @cached_property
    def newcomers(self):
        """Dossiers without a place, in the order of the board."""
        held = {place.application_id for place in self.places}
        return [candidate for candidate in self.field.ranking() if candidate.key not in held]

    @property
    def gone_count(self):
        return len(self.places) - len(self.present)

    @property
    def is_settled(self):
        """Whether what is stored is what follows from the dossiers of today."""
        stored = [(place.application_id, place.grant_euros) for place in self.places]
        return not self.newcomers and stored == [(award.key, award.grant_euros) for award in self.portfolio.awards]


def lines_of(scenario, *, field=None):
    """Two queries, and those of `field_of` unless it is given."""
    field = field or field_of(scenario.cut_off)
    return Lines(scenario, list(scenario.places.order_by("position")), field)


def adjusted_means(user, call):
    """Of every dossier of a call, computed over those this person may compare (decisions, 0078)."""
    return Comparison(call, dossiers_for(user, call), Q(), "all").compared.means


# --- What the committee and the minutes take up ------------------------------------------------------------------------


def proposals_of(cut_off):
    """{application: (outcome, grant in euros, text of the exception)} as the working scenario was last saved; empty before
    one is opened. Below the label line a dossier is refused: a deferral is a person's choice, not that of a line."""
    scenario = Scenario.objects.working(cut_off)
    if scenario is None:
        return {}
    there = set(dossiers_of(cut_off).values_list("pk", flat=True))
    return {
        place.application_id: (
            Outcome.LABELLED if place.position <= scenario.label_line else Outcome.REFUSED,
            place.grant_euros,
            place.exception,
        )
        for place in scenario.places.order_by("position")
        if place.application_id in there
    }


def lines_record(cut_off):
    """The working scenario as plain values for the minutes, with the dossiers that one change would take across the label
    line; None before one is opened. Read over the whole cut-off: for a document, never for somebody's page."""
    scenario = Scenario.objects.working(cut_off)
    if scenario is None:
        return None
    lines = lines_of(scenario)
    return {
        "revision": scenario.revision,
        "label_line": scenario.label_line,
        "money_line": scenario.money_line,
        "granted_euros": scenario.granted_euros,
        "left_euros": lines.field.pot.left_euros - scenario.granted_euros,
        "targets": targets_record(lines.portfolio.targets),
        "places": [
            {"reference": lines.field.rows[p.application_id].reference, "position": p.position,
             "grant_euros": p.grant_euros, "exception": p.exception}
            for p in lines.present
        ],
        "fragile": fragile_record(cut_off, lines),
    }  # fmt: skip


def targets_record(targets):
    """The targets as plain values: shares in percent to three decimals, as text."""
    return {
        "learner_count": targets.learner_count,
        "women_percent": str(targets.women),
        "priority_area_percent": str(targets.priority_area),
        "regions": sorted(targets.regions),
        "overseas_count": targets.overseas_count,
    }


def fragile_record(cut_off, lines):
    """References of the dossiers whose interval of ranks crosses the label line, by rank."""
    scope = Q(cut_off=cut_off)
    compared = Comparison(cut_off.call, board(cut_off.call), scope, str(cut_off.number)).compared
    crossing = compared.crossing(lines.portfolio.label_line) if lines.portfolio.label_line else []
    return [lines.field.rows[key].reference for key in crossing if key in lines.field.rows]
