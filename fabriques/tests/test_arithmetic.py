"""The arithmetic of a report: the same verdict from the rule, the form and the database."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabriques import arithmetic
from fabriques.forms.follow_up import FollowUpReportForm
from fabriques.models import FollowUpReport
from fabriques.tests.factories import FollowUpReportFactory
from gen_portal.core import clock

SOUND = {
    "started_count": 20,
    "in_progress_count": 12,
    "finished_count": 5,
    "dropped_count": 3,
    "women_count": 8,
    "under_26_count": 11,
    "priority_area_count": 6,
}
counts = st.integers(min_value=0, max_value=30)
any_figures = st.fixed_dictionaries(dict.fromkeys(arithmetic.FIGURES, counts))
sums = st.tuples(counts, counts, counts, counts, counts, counts).map(
    lambda n: dict(zip(arithmetic.FIGURES, (sum(n[:3]), *n), strict=True))
)


def test_sound_figures_have_no_fault():
    assert arithmetic.faults(SOUND) == {}


def test_a_wrong_sum_is_told_with_its_numbers():
    found = arithmetic.faults(SOUND | {"dropped_count": 2})

    assert found == {
        "started_count": "En formation, terminées et abandons font 12 + 5 + 2 = 19, mais vous indiquez 20 personnes "
        "entrées. Corrigez l'un de ces quatre nombres."
    }


@pytest.mark.parametrize("name", arithmetic.PARTS)
def test_a_part_above_the_whole_is_told_at_its_field(name):
    found = arithmetic.faults(SOUND | {name: 21})

    assert list(found) == [name]
    assert found[name].startswith("21 ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(figures=st.one_of(any_figures, sums))
def test_rule_form_and_database_agree(db, figures):
    report = FollowUpReport.objects.first() or FollowUpReportFactory()
    is_sound = not arithmetic.faults(figures)

    assert FollowUpReportForm(figures, instance=report).is_valid() == is_sound
    assert _database_accepts(report, figures) == is_sound


def _database_accepts(report, figures):
    try:
        with transaction.atomic():
            FollowUpReport.objects.filter(pk=report.pk).update(filed_at=clock.now(), **figures)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True
