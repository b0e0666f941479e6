"""The verdict on a report: falls, deviations and words that designate somebody."""

import pytest

from fabriques.checks import Yardstick, falls, has_contact_details, verdict
from fabriques.deviations import Commitments
from fabriques.tests.factories import SOUND


@pytest.mark.parametrize(
    "text",
    [
        "Écrire à lea.martin@exemple.fr",
        "lea.martin (at) exemple.fr",
        "LEA@EXEMPLE.ORG",
        "Rappeler au 06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "+262 692 12 34 56",
        "06-12-34-56-78",
    ],
)
def test_contact_details_are_found(text):
    assert has_contact_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Douze départs en 2025, 3 en 2026.",
        "Budget de 120 000 € pour 45 personnes.",
        "Le décret 2017-548 du 14 avril 2017.",
        "De 8 à 12 personnes, puis 15, 18, 20 et 22.",
        "Du 01/09/2025 au 15/12/2025",
        "Formation @distance : 20 heures",
    ],
)
def test_ordinary_numbers_are_let_through(text):
    assert not has_contact_details(text)


def test_only_cumulative_figures_may_not_fall():
    fewer = dict.fromkeys(SOUND, 0)

    found = falls(fewer, Yardstick(earlier=SOUND))

    assert "received_count" in found
    assert {"in_progress_count", "exits_3_unknown_count", "exits_6_unknown_count"}.isdisjoint(found)


def test_a_figure_that_was_not_asked_cannot_have_fallen():
    assert falls(SOUND, Yardstick(earlier={"received_count": None, "admitted_count": 25})) == {
        "admitted_count": (25, 24)
    }


def test_notes_answer_falls_and_deviations():
    yardstick = Yardstick(earlier=SOUND | {"received_count": 61}, promised=Commitments(women_percent=90))

    assert list(verdict(SOUND, {}, yardstick)) == ["fall_note", "deviation_note"]
    assert list(verdict(SOUND, {"fall_note": " ", "deviation_note": "Une raison."}, yardstick)) == ["fall_note"]
    assert verdict(SOUND, {"fall_note": "Un doublon.", "deviation_note": "Une raison."}, yardstick) == {}
