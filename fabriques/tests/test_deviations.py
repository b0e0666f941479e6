"""How far is too far from the dossier: each threshold on both sides, and what is never asked."""

import pytest

from fabriques.deviations import Commitments, deviations
from fabriques.tests.factories import SOUND


def told(figures, elapsed_percent=0, **promised):
    found = deviations(SOUND | figures, Commitments(**promised), elapsed_percent)
    return [deviation.sentence for deviation in found]


def test_a_silent_dossier_asks_for_nothing():
    assert told({}, elapsed_percent=100) == []


@pytest.mark.parametrize(
    ("women", "promised", "is_far"),
    [(8, 54, False), (8, 55, True), (8, 56, True), (20, 30, False), (0, 15, True), (0, 14, False)],
)
def test_a_share_is_far_from_fifteen_points_below(women, promised, is_far):
    assert bool(told({"women_count": women}, women_percent=promised)) == is_far


def test_shares_say_nothing_below_ten_people():
    few = {"started_count": 9, "women_count": 0}

    assert told(few, women_percent=100) == []
    assert told(few | {"started_count": 10}, women_percent=100) == [
        "Femmes : 0 % (0 sur 10) ; le dossier prévoyait 100 %."
    ]


@pytest.mark.parametrize(
    ("held", "elapsed", "is_far"),
    [(2, 50, False), (1, 50, True), (2, 66, False), (2, 67, True), (0, 16, False), (0, 17, True)],
)
def test_sessions_are_behind_from_two_or_when_none_began(held, elapsed, is_far):
    figures = {"sessions_held_count": held, "started_count": 0 if not held else 20}

    assert bool(told(figures, elapsed, session_count=6)) == is_far


@pytest.mark.parametrize(("started", "is_far"), [(18, False), (17, True)])
def test_seats_are_empty_below_sixty_percent(started, is_far):
    assert bool(told({"started_count": started}, seat_count=15)) == is_far


@pytest.mark.parametrize(("positive", "is_far"), [(5, True), (6, False)])
def test_positive_exits_are_far_from_twenty_points_below(positive, is_far):
    exits = dict.fromkeys((name for name in SOUND if name.startswith("exits_6_")), 0)
    figures = exits | {"exits_6_permanent_count": positive, "exits_6_unknown_count": 10 - positive}

    assert bool(told(figures, positive_exit_percent=71)) == is_far
