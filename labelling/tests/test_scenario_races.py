"""Real threads on PostgreSQL: two people who move at once both find their move, and no sum passes the envelope."""

import pytest
from django.db import IntegrityError

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
from labelling.transitions.publishing import publish_decisions

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


@pytest.mark.parametrize("run", range(3))
def test_a_move_and_the_publication_at_once_never_leave_lines_moved_after_it(run, cut_off):
    """Either the move came first and is there, or it is refused; afterwards the database itself refuses it."""
    scenario, (a, b, c) = opened(cut_off, "3.000", "3.000", "3.000")
    DecisionFactory(application=a, countersigned=True)
    by = officer()
    acts = (
        lambda: attempt(publish_decisions, cut_off, by=by),
        lambda: attempt(scenarios.move_before, scenario, c.pk, a.pk, by=by),
    )

    published, moved = together(2, lambda n: acts[n]())

    assert published == "done"
    assert moved == "done" or "restent comme elles étaient" in moved
    assert order(scenario) == ([c.pk, a.pk, b.pk] if moved == "done" else [a.pk, b.pk, c.pk])
    changes = (
        lambda: Scenario.objects.filter(pk=scenario.pk).update(label_line=1),
        lambda: scenario.places.filter(application=b).update(exception="Après coup"),
        lambda: scenario.places.filter(application=b).delete(),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="stay as they were"):
            change()
