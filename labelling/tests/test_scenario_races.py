"""Real threads on PostgreSQL: two people who move at once both find their move, and no sum passes the envelope."""

import pytest

from applications.tests.factories import CallFactory
from gen_portal.tests.test_races import together
from labelling.actions import scenarios
from labelling.invariants import decisions as decision_invariants
from labelling.invariants import scenarios as invariants
from labelling.lines import lines_of
from labelling.models import Decision, Scenario
from labelling.tests.factories_decisions import DecisionFactory, director
from labelling.tests.factories_scenarios import officer, opened, ranked
from labelling.tests.test_decision_races import attempt
from labelling.transitions.decisions import sign

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cut_off():
    return CallFactory(budget_euros=500_000).cut_offs.get(number=1)


def order(scenario):
    return list(scenario.places.order_by("position").values_list("application_id", flat=True))


@pytest.mark.parametrize("run", range(3))
def test_two_people_move_at_once_and_both_moves_are_there(run, cut_off):
    scenario, dossiers = opened(cut_off, *["3.000"] * 6)
    a, b, c, d, e, f = (each.pk for each in dossiers)
    moves, people = [(e, b), (f, c)], (officer(), officer())

    outcomes = together(2, lambda n: attempt(scenarios.move_before, scenario, *moves[n], by=people[n]))

    assert outcomes == ["done", "done"]
    assert order(scenario) == [a, e, b, f, c, d]
    scenario.refresh_from_db()
    assert scenario.revision == 3


def test_fifty_people_on_the_lines_and_on_signatures_never_pass_the_envelope(cut_off):
    scenario, dossiers = opened(cut_off, *["3.000"] * 12)
    scenarios.draw_label_line(scenario, dossiers[-1].pk, by=officer())
    elsewhere = ranked(cut_off.call.cut_offs.get(number=2), *["4.000"] * 10)
    decisions = [DecisionFactory(application=each, grant_euros=40_000) for each in elsewhere]
    by, signatory = officer(), director()

    def act(number):
        if number % 5 == 0:
            return attempt(sign, decisions[number // 5], by=signatory)
        if number % 5 == 1:
            return attempt(scenarios.settle, scenario, by=by)
        return attempt(scenarios.draw_money_line, scenario, dossiers[number % 12].pk, by=by)

    outcomes = together(50, act)

    assert set(outcomes) <= {"done"}
    scenarios.draw_money_line(scenario, dossiers[-1].pk, by=by)
    scenario.refresh_from_db()
    assert scenario.granted_euros == 100_000  # ten signed grants of 40 000 € elsewhere leave so much
    assert scenario.granted_euros + Decision.objects.signed().granted_euros() == 500_000
    assert lines_of(Scenario.objects.get()).is_settled
    assert [*invariants.broken(), *decision_invariants.wrong_commitments()] == []


def test_lines_opened_eight_times_at_once_are_opened_once(cut_off):
    ranked(cut_off, "3.000", "2.000")
    by = officer()
    outcomes = together(8, lambda number: attempt(scenarios.open_scenario, cut_off, by=by))
    assert (outcomes, Scenario.objects.count()) == (["done"] * 8, 1)
