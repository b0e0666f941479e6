"""The arithmetic of a report: the same verdict from the rule, the form and the database."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabriques import arithmetic
from fabriques.forms.follow_up import FollowUpReportForm
from fabriques.models import FollowUpReport, Questionnaire
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from gen_portal.core import clock

counts = st.integers(min_value=0, max_value=30)
any_figures = st.fixed_dictionaries(dict.fromkeys(arithmetic.FIGURES, counts))


@st.composite
def nearly_sound(draw):
    """Figures that add up, but perhaps for one: about half of them are right."""
    flows = draw(st.tuples(counts, counts, counts))
    started, finished = sum(flows), flows[1]
    figures = dict.fromkeys(arithmetic.FIGURES, 0) | dict(zip(arithmetic.FLOWS, flows, strict=True))
    figures |= {"started_count": started, "admitted_count": started, "sessions_held_count": 1}
    figures["received_count"] = started + draw(counts)
    for name in arithmetic.PARTS:
        figures[name] = draw(st.integers(0, started))
    figures["young_neet_count"] = min(figures["neet_count"], figures["under_26_count"])
    figures["certified_count"] = draw(st.integers(0, finished))
    figures[draw(st.sampled_from(arithmetic.EXITS_3))] = finished
    figures[draw(st.sampled_from(arithmetic.EXITS_6))] = draw(st.integers(0, finished))
    if draw(st.booleans()):
        figures[draw(st.sampled_from(arithmetic.FIGURES))] = draw(counts)
    return figures


def test_sound_figures_have_no_fault():
    assert arithmetic.faults(SOUND) == {}


def test_a_wrong_sum_is_told_with_its_numbers():
    found = arithmetic.faults(SOUND | {"dropped_count": 2})

    assert found == {
        "started_count": "En formation, terminées et abandons font 12 + 5 + 2 = 19, mais vous indiquez 20 personnes "
        "entrées. Corrigez l'un de ces quatre nombres."
    }


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"admitted_count": 61}, "admitted_count", "61 personnes admises, c'est plus que les 60 candidatures"),
        ({"admitted_count": 19}, "admitted_count", "20 personnes sont entrées en formation, c'est plus que les 19"),
        ({"sessions_held_count": 0}, "sessions_held_count", "au moins une promotion a commencé"),
        ({"young_neet_count": 12}, "young_neet_count", "c'est plus que les 11 de moins de 26 ans"),
        ({"neet_count": 6}, "young_neet_count", "c'est plus que les 6 sans emploi ni formation"),
        ({"certified_count": 6}, "certified_count", "6 certifications, c'est plus que les 5 personnes"),
        ({"exits_3_other_count": 2}, "exits_3_permanent_count", "Les situations à 3 mois font 6"),
        ({"exits_6_other_count": 2}, "exits_6_permanent_count", "Les situations à 6 mois font 5"),
    ],
)
def test_each_rule_is_told_with_its_numbers_at_its_field(wrong, field, words):
    found = arithmetic.faults(SOUND | wrong)

    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize("name", arithmetic.PARTS)
def test_a_part_above_the_whole_is_told_at_its_field(name):
    found = arithmetic.faults(SOUND | {name: 21})

    assert list(found) == [name]
    assert found[name].startswith("21 ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(figures=st.one_of(any_figures, nearly_sound()))
def test_rule_form_and_database_agree(db, figures):
    report = FollowUpReport.objects.first() or FollowUpReportFactory()
    is_sound = not arithmetic.faults(figures)

    assert FollowUpReportForm(figures, instance=report).is_valid() == is_sound
    assert _database_accepts(report, figures) == is_sound


@pytest.mark.parametrize("name", [name for name in arithmetic.FIGURES if name not in arithmetic.FIRST_FIGURES])
def test_only_reports_of_the_first_questionnaire_lack_figures(db, name):
    report = FollowUpReportFactory(filed=True)

    assert not _database_accepts(report, {name: None})
    assert _database_accepts(report, {name: None, "questionnaire": Questionnaire.FIRST})


def _database_accepts(report, figures):
    try:
        with transaction.atomic():
            FollowUpReport.objects.filter(pk=report.pk).update(filed_at=clock.now(), **figures)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True
