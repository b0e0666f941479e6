"""The board beside the arithmetic: adjusted means, intervals of ranks, the line, and what those who withdrew learn of it."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling import comparison
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.calibration import calibrate
from labelling.comparison import POINTS
from labelling.fragility import rank_intervals
from labelling.models import Score
from labelling.models.comparing import grid_of
from labelling.scoring import weighted_mean
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    ReviewFactory,
    SecondOpinionFactory,
    four_ministries,
    reviewer_of,
)

pytestmark = pytest.mark.django_db

#: Marks by criterion that the severe and the generous reader gave to each of four dossiers.
SEVERE = [(1, 2, 2, 1, 3), (3, 1, 1, 2, 2), (1, 3, 2, 1, 1), (1, 1, 2, 0, 1)]
GENEROUS = [(4, 4, 4, 5, 4), (5, 4, 4, 4, 4), (3, 5, 5, 4, 4), (4, 3, 3, 4, 3)]


@pytest.fixture
def call():
    return CallFactory()


@pytest.fixture
def dossiers(call):
    """Four dossiers read by the same two people, a fifth read by the generous one alone."""
    first, second, *_ = four_ministries()
    severe, generous = reviewer_of(first), reviewer_of(second)
    made = []
    for title, low, high in zip("ABCD", SEVERE, GENEROUS, strict=True):
        made.append(ApplicationFactory(under_review=True, call=call, training__title=title))
        for ministry, person, marks in ((first, severe, low), (second, generous, high)):
            place = AssignmentFactory(application=made[-1], ministry=ministry, reviewer=person)
            ReviewFactory(assignment=place, marks=marks, submitted=True)
    made.append(ApplicationFactory(under_review=True, call=call, training__title="E"))
    place = AssignmentFactory(application=made[-1], ministry=second, reviewer=generous)
    ReviewFactory(assignment=place, marks=(3, 3, 3, 3, 4), submitted=True)
    return made


def officer():
    return CapacityFactory(role=Role.OFFICER).user


def board_for(user, call, **asked):
    return Board(dossiers_for(user, call), BoardFilter(**asked), clock.today(), call)


def written(call, **within):
    """What the pure modules are given, read from the marks one by one."""
    weights = grid_of(call)
    found = {}
    for score in Score.objects.filter(criterion__call=call, **within).select_related("review__assignment", "criterion"):
        place = score.review.assignment
        found.setdefault((place.application_id, place.reviewer_id), {})[score.criterion.code] = score.value
    return weights, [(*pair, tuple(marks[code] for code in weights)) for pair, marks in found.items()]


def test_the_board_shows_what_the_pure_modules_say(call, dossiers, client_for):
    weights, reviews = written(call)
    means = [(d, r, weighted_mean(zip(weights.values(), marks, strict=True))) for d, r, marks in reviews]
    expected = calibrate(means).means
    compared = board_for(officer(), call).compared
    assert compared.means == {pk: mean.adjusted for pk, mean in expected.items()}
    assert compared.intervals == rank_intervals(weights, reviews, points=POINTS)
    alone = dossiers[-1].pk
    assert compared.means[alone] < expected[alone].raw  # read by the generous one alone: it loses what they give
    lines = client_for(officer()).get(reverse("call_board", args=[call.slug])).context["page_obj"].object_list
    assert {line.row.pk: line.adjusted for line in lines} == compared.means


def test_severity_is_measured_on_first_values_and_ranks_on_those_in_force(call, dossiers):
    before = board_for(officer(), call).compared
    moved = dossiers[3].assignments.order_by("pk").first().review
    SecondOpinionFactory(review=moved, mark=5)
    after = board_for(officer(), call).compared
    assert after.means == before.means
    assert after.intervals[dossiers[3].pk].rank < before.intervals[dossiers[3].pk].rank


def test_what_is_computed_is_kept_until_a_review_changes(call, dossiers, django_assert_num_queries):
    user = officer()
    before = board_for(user, call).compared
    with django_assert_num_queries(2):  # the clock, the state of the figures: the answer is at hand
        assert board_for(user, call).compared == before
    comparison.forget()
    with django_assert_num_queries(3):  # another process also asks the cache
        assert board_for(user, call).compared == before
    place = AssignmentFactory(application=dossiers[-1])
    ReviewFactory(assignment=place, mark=0, submitted=True)
    assert board_for(user, call).compared.means[dossiers[-1].pk] != before.means[dossiers[-1].pk]


def test_a_cut_off_is_ranked_by_itself_and_calibrated_with_the_call(call, dossiers):
    second = call.cut_offs.get(number=2)
    for application in dossiers[2:]:
        application.cut_off = second
        application.save(update_fields=["cut_off"])
    whole, of_second = board_for(officer(), call).compared, board_for(officer(), call, cut_off="2").compared
    assert set(of_second.means) == set(of_second.intervals) == {dossier.pk for dossier in dossiers[2:]}
    assert all(of_second.means[pk] == whole.means[pk] for pk in of_second.means)
    _, reviews = written(call, review__assignment__application__in=dossiers[2:])
    assert of_second.intervals == rank_intervals(grid_of(call), reviews, points=POINTS)


def test_a_line_lists_the_dossiers_that_one_change_takes_across(call, dossiers, client_for):
    client = client_for(officer())
    page = reverse("call_board", args=[call.slug])
    compared = board_for(officer(), call).compared
    line, expected = next((n, found) for n in range(1, 5) if (found := compared.crossing(n)))
    answer = client.get(page, {"ligne": line, "fragiles": "on"})
    assert {line.row.pk for line in answer.context["page_obj"]} == set(expected)
    assert all(line.is_fragile and line.fragile_words for line in answer.context["page_obj"])
    assert "Rang fragile :" in answer.text
    everything = client.get(page, {"ligne": line})
    assert everything.context["crossing_count"] == len(expected)
    assert sum(line.is_fragile for line in everything.context["page_obj"]) == len(expected)
    assert client.get(page, {"fragiles": "on"}).context["page_obj"].paginator.count == len(dossiers)


@pytest.mark.parametrize("sort", ["ajustee", "-ajustee"])
def test_the_board_sorts_by_the_adjusted_mean_too(call, dossiers, client_for, sort):
    unread = ApplicationFactory(under_review=True, call=call)
    answer = client_for(officer()).get(reverse("call_board", args=[call.slug]), {"tri": sort})
    lines = answer.context["page_obj"].object_list
    means = [line.adjusted for line in lines[:-1]]
    assert means == sorted(means, reverse=sort == "ajustee")
    assert (lines[-1].row.pk, lines[-1].adjusted) == (unread.pk, None)
    assert board_for(officer(), call).ordered_keys(sort) == [line.row.pk for line in lines]
    assert [row.pk for row in board_for(officer(), call).all_rows(sort, chunk_size=9)] == [line.row.pk for line in lines]


@pytest.mark.parametrize("marks", [(5, 5, 5, 5, 5), (0, 0, 0, 0, 0)])
def test_who_withdrew_from_a_dossier_learns_nothing_of_it_by_the_others(call, dossiers, marks):
    """Whatever the marks of the hidden dossier, the figures of the others are the same for them, and not for a colleague."""
    hidden = ApplicationFactory(under_review=True, call=call)
    away, colleague = officer(), officer()
    RecusalFactory(application=hidden, user=away)
    without = board_for(away, call).compared
    for place in dossiers[0].assignments.all():
        same = AssignmentFactory(application=hidden, ministry=place.ministry, reviewer=place.reviewer)
        ReviewFactory(assignment=same, marks=marks, submitted=True)
        marks = tuple(5 - mark for mark in marks)
    cache.clear()
    assert board_for(away, call).compared == without
    assert board_for(colleague, call).compared.means[dossiers[-1].pk] != without.means[dossiers[-1].pk]


def test_figures_stay_exact_decimals(call, dossiers):
    assert all(isinstance(mean, Decimal) for mean in board_for(officer(), call).compared.means.values())
