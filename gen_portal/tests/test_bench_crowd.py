"""The crowd of the last minute: who presses when, and a judge that sees each fault it is there to see."""

import pytest

from gen_portal.bench import crowd, timing
from gen_portal.bench.crowd import IN_TIME, LATE_BEGUN, LATE_UNBEGUN, Press

RECEIPT = timing.Answer(302, 0.1, 0, {"Location": "/candidatures/A/recepisse/GEN-1/"})
REFUSED = timing.Answer(302, 0.1, 0, {"Location": "/candidatures/A/deposer/"})
BROKEN = timing.Answer(502, 0.1, 0, {})


def test_the_plan_is_dense_at_the_end_and_the_same_each_time():
    people = [{"reference": str(number)} for number in range(1_000)]
    presses, again = (crowd.plan(people, late_begun=50, late_unbegun=50) for _ in range(2))
    firsts = [press.instants[0] for press in presses if press.kind == IN_TIME]
    assert len(firsts) == 900
    assert -60.1 < min(firsts) < max(firsts) < 0
    assert sum(first > -15 for first in firsts) > 400
    assert all(press.instants[0] > 0 for press in presses if press.kind != IN_TIME)
    assert {len(press.instants) for press in presses} == {1, 2, 3, 4}
    assert [press.instants for press in presses] == [press.instants for press in again]


def verdict(answers, *, kind=IN_TIME, at=-1, bases=("on_time",), late=0):
    press = Press({"reference": "A"}, kind, [at], [(at, answer) for answer in answers])
    kept = {"bases": {"A": list(bases)} if bases else {}, "late": late, "results": {}}
    return crowd.judge([press], kept)


def test_what_is_sound():
    sound = [
        verdict([RECEIPT, RECEIPT]),
        verdict([RECEIPT], bases=["grace"]),
        verdict([REFUSED], kind=LATE_UNBEGUN, at=1, bases=[]),
        verdict([RECEIPT], kind=LATE_BEGUN, at=1, bases=["grace"]),
        verdict([RECEIPT, None]),
    ]
    assert [found.is_sound for found in sound] == [True] * 5
    assert sound[4].without_answer == 1


@pytest.mark.parametrize(
    "fault, found",
    [
        ("lost", verdict([RECEIPT], bases=[])),
        ("doubled", verdict([RECEIPT], bases=["on_time", "on_time"])),
        ("accepted_late", verdict([RECEIPT], late=1)),
        ("accepted_late", verdict([RECEIPT], kind=LATE_UNBEGUN, at=1, bases=["grace"])),
        ("refused_in_time", verdict([REFUSED], bases=["on_time"])),
        ("server_errors", verdict([RECEIPT, BROKEN])),
        ("without_receipt", verdict([RECEIPT, timing.Answer(302, 0.1, 0, {"Location": "/x/recepisse/GEN-2/"})])),
    ],
)
def test_each_fault_is_seen(fault, found):
    assert getattr(found, fault) == 1
    assert not found.is_sound
