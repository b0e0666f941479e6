"""The lines of a cut-off: moves that name dossiers, written exceptions, copies, and sums that hold whatever two people do."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application
from applications.tests.factories import CallFactory, StructureFactory
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused
from labelling.actions import scenarios
from labelling.actions.scenarios import WORKING_NAME, open_scenario
from labelling.invariants import scenarios as invariants
from labelling.line_words import told
from labelling.lines import lines_of, lines_record, proposals_of
from labelling.models import Outcome, Scenario, ScenarioPlace
from labelling.tests.factories_decisions import DecisionFactory
from labelling.tests.factories_scenarios import officer, opened, ranked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut_off():
    return CallFactory(budget_euros=100_000).cut_offs.get(number=1)


@pytest.fixture
def by():
    return officer()


def order(scenario):
    return list(scenario.places.order_by("position").values_list("application_id", flat=True))


def keys(*applications):
    return [application.pk for application in applications]


def grants(scenario):
    return list(scenario.places.order_by("position").values_list("grant_euros", flat=True))


def sentences(change):
    references = {key: row.reference for key, row in change.rows.items()}
    return [s.replace("\u202f", " ").replace("\u00a0", " ") for s in told(change.before, change.after, references)]


def test_lines_open_once_in_the_order_of_the_board_with_nothing_given(cut_off, by):
    scenario, (low, none, high, twin) = opened(cut_off, "2.000", None, "4.000", "4.000")
    assert order(scenario) == keys(high, twin, low, none)
    assert (scenario.name, scenario.label_line, scenario.money_line) == (WORKING_NAME, 0, 0)
    assert open_scenario(cut_off, by=by) == scenario
    assert [entry.action for entry in JournalEntry.objects.about(scenario)] == ["scenario.opened"]


def test_a_cut_off_without_dossiers_has_no_lines(cut_off, by):
    with pytest.raises(Refused, match="rien à mettre en ordre"):
        open_scenario(cut_off, by=by)


def test_lines_give_labels_and_grants_within_the_envelope(cut_off, by):
    scenario, (first, second, third) = opened(cut_off, "4.000", "3.000", "2.000")
    scenarios.draw_label_line(scenario, third.pk, by=by)
    change = scenarios.draw_money_line(scenario, third.pk, by=by)

    assert grants(scenario) == [40_000, 40_000, 20_000]
    assert sentences(change) == [
        ", ".join(sorted(each.reference for each in (first, second, third)))
        + " passent au-dessus de la ligne d'argent.",
        "Subventions : 100 000 €, au lieu de 0 € ; il reste 0 €.",
    ]
    change = scenarios.draw_label_line(scenario, first.pk, by=by)
    scenario.refresh_from_db()
    assert (scenario.label_line, scenario.money_line, scenario.granted_euros, scenario.revision) == (1, 1, 40_000, 4)
    assert "Labels : 1, au lieu de 3." in sentences(change)
    scenarios.draw_label_line(scenario, None, by=by)
    with pytest.raises(Refused, match="ne descend pas sous la ligne de label"):
        scenarios.draw_money_line(scenario, first.pk, by=by)
    scenarios.draw_money_line(scenario, None, by=by)
    assert grants(scenario) == [0, 0, 0]


def test_nobody_passes_a_better_ranked_dossier_without_a_written_reason(cut_off, by):
    scenario, (first, second, third) = opened(cut_off, "4.000", "3.000", "2.000")
    with pytest.raises(Refused) as refusal:
        scenarios.move_before(scenario, third.pk, second.pk, by=by)
    assert str(refusal.value) == (
        f"Le dossier {second.reference} (moyenne 3,000) passerait derrière {third.reference} (moyenne 2,000), moins bien "
        "classé : écrivez la raison de cette dérogation."
    )
    with pytest.raises(Refused, match=first.reference):
        scenarios.move_before(scenario, first.pk, None, by=by, exception="   ")
    assert (order(scenario), Scenario.objects.get().revision) == (keys(first, second, third), 1)

    scenarios.move_before(scenario, third.pk, first.pk, by=by, exception="Seul dossier d'outre-mer.")
    assert order(scenario) == keys(third, first, second)
    with pytest.raises(Refused, match="dérogation"):
        scenarios.write_exception(scenario, third.pk, "", by=by)
    scenarios.move_before(scenario, third.pk, None, by=by)
    scenarios.write_exception(scenario, third.pk, "", by=by)
    scenarios.write_exception(scenario, first.pk, "Porteur en difficulté.", by=by)
    assert lines_of(Scenario.objects.get()).exceptions == {first.pk: "Porteur en difficulté."}


def test_equals_and_unmarked_dossiers_change_places_freely(cut_off, by):
    scenario, (first, twin, none, other) = opened(cut_off, "4.000", "4.000", None, None)
    scenarios.move_before(scenario, twin.pk, first.pk, by=by)
    scenarios.move_before(scenario, other.pk, none.pk, by=by)
    assert order(scenario) == keys(twin, first, other, none)
    with pytest.raises(Refused, match="sans moyenne"):
        scenarios.move_before(scenario, none.pk, first.pk, by=by)
    with pytest.raises(Refused, match="lui-même"):
        scenarios.move_before(scenario, none.pk, none.pk, by=by)


def test_a_stale_page_moves_its_dossier_and_keeps_what_the_other_did(cut_off, by):
    stale, (a, b, c, d) = opened(cut_off, "4.000", "4.000", "4.000", "4.000")
    scenarios.move_before(Scenario.objects.get(), d.pk, a.pk, by=officer())
    scenarios.move_before(stale, c.pk, b.pk, by=by)
    assert order(stale) == keys(d, a, c, b)


def test_dossiers_that_come_or_leave_are_taken_in_by_the_next_change(cut_off, by):
    scenario, (first, second, third) = opened(cut_off, "4.000", "3.000", "2.000")
    scenarios.draw_label_line(scenario, second.pk, by=by)
    [newcomer] = ranked(cut_off, "3.500")
    Application.objects.filter(pk=first.pk).update(cut_off=cut_off.call.cut_offs.get(number=2))
    lines = lines_of(Scenario.objects.get())
    assert ([c.key for c in lines.newcomers], lines.gone_count, lines.is_settled) == ([newcomer.pk], 1, False)
    assert [award.is_labelled for award in lines.portfolio.awards] == [True, False]

    scenarios.settle(scenario, by=by)
    assert order(scenario) == keys(newcomer, second, third)
    assert lines_of(Scenario.objects.get()).is_settled
    with pytest.raises(Refused, match="n'est plus dans ce relevé"):
        scenarios.write_exception(scenario, first.pk, "Trop tard.", by=by)


def test_what_is_signed_elsewhere_in_the_call_is_not_granted_again(cut_off, by):
    structure = StructureFactory()
    later = cut_off.call.cut_offs.get(number=2)
    [signed] = ranked(later, "4.000", training__structure=structure)
    DecisionFactory(application=signed, signed=True, grant_euros=70_000)
    scenario, (mine,) = opened(cut_off, "4.000", training__structure=structure)
    DecisionFactory(application=mine, signed=True, grant_euros=20_000)
    scenarios.draw_label_line(scenario, mine.pk, by=by)
    scenarios.draw_money_line(scenario, mine.pk, by=by)
    [award] = lines_of(Scenario.objects.get()).portfolio.awards
    assert (award.grant_euros, award.why) == (30_000, "ce qui reste de l'enveloppe de l'appel")


def test_a_copy_stays_and_comes_back_with_its_lines_and_exceptions(cut_off, by):
    scenario, (first, second) = opened(cut_off, "4.000", "3.000")
    scenarios.move_before(scenario, second.pk, first.pk, by=by, exception="Zone sans formation.")
    scenarios.draw_label_line(scenario, second.pk, by=by)
    copy = scenarios.save_copy(scenario, "Outre-mer d'abord", by=by)
    with pytest.raises(Refused, match="déjà le nom"):
        scenarios.save_copy(scenario, "Outre-mer d'abord", by=by)
    scenarios.move_before(scenario, second.pk, None, by=by)
    with pytest.raises(Refused, match="Une copie ne change pas"):
        scenarios.settle(copy, by=by)

    scenarios.restore(copy, by=by)
    assert order(scenario) == order(copy) == keys(second, first)
    assert lines_of(Scenario.objects.get(is_working=True)).exceptions == {second.pk: "Zone sans formation."}
    kept = Scenario.objects.get(name="Avant reprise, révision 4")
    assert order(kept) == keys(first, second)
    assert list(invariants.broken()) == []


def test_a_suggestion_comes_back_only_with_a_reason_where_it_passes_somebody_over(cut_off, by):
    scenario, (first, second) = opened(cut_off, "4.000", "3.000")
    order_ = keys(second, first)
    copy = scenarios.keep_suggestion(
        cut_off, "Suggestion", order_, label_line=1, money_line=1, notes={second.pk: "il apporte l'outre-mer"}, by=by
    )
    assert grants(copy) == [40_000, 0]
    assert order(scenario) == keys(first, second)
    with pytest.raises(Refused, match=first.reference):
        scenarios.restore(copy, by=by)
    scenarios.restore(copy, by=by, exception="Seule formation d'outre-mer.")
    assert order(scenario) == order_
    assert ScenarioPlace.objects.get(scenario=scenario, application=first).exception == "Seule formation d'outre-mer."


def test_what_the_committee_and_the_minutes_take_up(cut_off, by):
    assert (proposals_of(cut_off), lines_record(cut_off)) == ({}, None)
    scenario, (first, second, third) = opened(cut_off, "4.000", "3.000", "2.000")
    scenarios.draw_label_line(scenario, second.pk, by=by)
    scenarios.draw_money_line(scenario, first.pk, by=by)
    scenarios.write_exception(scenario, third.pk, "Budget à revoir.", by=by)
    assert proposals_of(cut_off) == {
        first.pk: (Outcome.LABELLED, 40_000, ""),
        second.pk: (Outcome.LABELLED, 0, ""),
        third.pk: (Outcome.REFUSED, 0, "Budget à revoir."),
    }
    record = lines_record(cut_off)
    assert {name: record[name] for name in ("label_line", "money_line", "granted_euros", "left_euros", "fragile")} == {
        "label_line": 2, "money_line": 1, "granted_euros": 40_000, "left_euros": 60_000, "fragile": [],
    }  # fmt: skip
    assert record["targets"]["women_percent"] == "30.000"
    assert record["places"][2] == {
        "reference": third.reference, "position": 3, "grant_euros": 0, "exception": "Budget à revoir."
    }  # fmt: skip


# --- Any sequence of moves by two people ----------------------------------------------------------------------------

COUNT = 5
PLACE = st.integers(0, COUNT - 1)
MOVE = st.tuples(st.sampled_from(("before", "last", "labels", "money", "reason")), PLACE, PLACE, st.booleans())


def apply(scenario, dossiers, move, by):
    """Do one move; whether it was done."""
    act, one, other, is_excused = move
    key, before = dossiers[one].pk, dossiers[other].pk
    reason = "Une raison." if is_excused else ""
    acts = {
        "before": lambda: scenarios.move_before(scenario, key, before, by=by, exception=reason),
        "last": lambda: scenarios.move_before(scenario, key, None, by=by, exception=reason),
        "labels": lambda: scenarios.draw_label_line(scenario, key, by=by),
        "money": lambda: scenarios.draw_money_line(scenario, key, by=by),
        "reason": lambda: scenarios.write_exception(scenario, key, reason, by=by),
    }
    try:
        acts[act]()
    except Refused:
        return False
    return True


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MOVE, max_size=8))
def test_whatever_two_people_move_sums_hold_and_no_move_is_lost(two_people, moves):
    people, stale, dossiers = two_people
    for number, move in enumerate(moves):
        before = order(stale)
        done = apply(stale, dossiers, move, people[number % 2])  # both act from a page that never was fresh again
        assert order(stale) == _expected(before, dossiers, move, done)
    lines = lines_of(Scenario.objects.get())
    assert sorted(order(stale)) == sorted(each.pk for each in dossiers)
    assert lines.unexcused == []
    assert lines.is_settled
    assert list(invariants.broken()) == []


def _expected(before, dossiers, move, done):
    act, one, other, _ = move
    if not done or act not in ("before", "last"):
        return before
    key = dossiers[one].pk
    rest = [each for each in before if each != key]
    place = len(rest) if act == "last" else rest.index(dossiers[other].pk)
    return [*rest[:place], key, *rest[place:]]


@pytest.fixture
def two_people(cut_off):
    scenario, dossiers = opened(
        cut_off, "4.000", "3.500", "3.500", "2.000", None, training__structure=StructureFactory()
    )
    return (officer(), officer()), scenario, dossiers


# --- After the publication, and copies -------------------------------------------------------------------------------


def test_the_lines_stay_once_decisions_of_the_cut_off_are_published(cut_off, by):
    scenario, (first, second, third) = opened(cut_off, "4.000", "3.000", "2.000")
    copy = scenarios.save_copy(scenario, "Avant", by=by)
    DecisionFactory(application=first, published=True)
    acts = (
        lambda: scenarios.move_before(scenario, third.pk, second.pk, by=by, exception="Bassin d'emploi"),
        lambda: scenarios.draw_label_line(scenario, first.pk, by=by),
        lambda: scenarios.draw_money_line(scenario, None, by=by),
        lambda: scenarios.write_exception(scenario, second.pk, "Parce que", by=by),
        lambda: scenarios.settle(scenario, by=by),
        lambda: scenarios.restore(copy, by=by),
    )

    for act in acts:
        with pytest.raises(Refused, match=r"sont publiées depuis le .* restent comme elles étaient"):
            act()

    scenario.refresh_from_db()
    assert (scenario.revision, order(scenario)) == (1, keys(first, second, third))
    assert scenarios.save_copy(scenario, "Telles que publiées", by=by).label_line == 0


def test_the_lines_of_a_published_cut_off_are_not_opened(cut_off, by):
    DecisionFactory(application=ranked(cut_off, "4.000")[0], published=True)

    with pytest.raises(Refused, match="restent comme elles étaient"):
        open_scenario(cut_off, by=by)

    assert not Scenario.objects.exists()


def test_a_copy_is_renamed_then_removed_and_the_journal_keeps_its_names(cut_off, by):
    scenario, _ = opened(cut_off, "4.000")
    scenarios.save_copy(scenario, "Une par région", by=by)
    copy = scenarios.save_copy(scenario, "Essai", by=by)

    with pytest.raises(Refused, match="est déjà le nom d'un scénario"):
        scenarios.rename(copy, "Une par région", by=by)
    for act in (lambda: scenarios.rename(scenario, "Autre", by=by), lambda: scenarios.remove(scenario, by=by)):
        with pytest.raises(Refused, match="Les lignes en cours gardent leur nom"):
            act()
    scenarios.rename(copy, "Sans plafond", by=by)
    scenarios.remove(copy, by=by)
    for act in (lambda: scenarios.remove(copy, by=by), lambda: scenarios.restore(copy, by=by)):
        with pytest.raises(Refused, match="vient d'être retiré"):
            act()

    names = list(Scenario.objects.order_by("pk").values_list("name", flat=True))
    assert names == [WORKING_NAME, "Une par région"]
    told_of_it = JournalEntry.objects.about(copy).values_list("action", "note", "by")
    assert [tuple(each) for each in told_of_it] == [
        ("scenario.renamed", "« Essai » devient « Sans plafond »", by.pk),
        ("scenario.removed", f"« Sans plafond », {cut_off}", by.pk),
    ]
    assert order(scenario) != []
    assert list(invariants.broken()) == []
