"""Where a label stands on a day, and how it is said."""

from datetime import UTC, date, datetime

import pytest

from fabriques.models.standing import StandingKind, standing_of, standings
from labelling.models import LabelEvent, LabelEventKind
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db

FIRST, OVER = date(2025, 1, 10), date(2028, 1, 10)
LOST = date(2026, 2, 1)


@pytest.fixture
def label(frozen_clock):
    return LabelFactory(starts_on=FIRST, ends_on=OVER)


def lose(label, kind, on=LOST):
    LabelEvent.objects.create(label=label, kind=kind, effective_on=on, known_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "on, kind",
    [
        (date(2025, 1, 9), StandingKind.UPCOMING),
        (date(2025, 1, 10), StandingKind.IN_FORCE),
        (date(2028, 1, 9), StandingKind.IN_FORCE),
        (date(2028, 1, 10), StandingKind.EXPIRED),
    ],
)
def test_a_label_nothing_happened_to(label, on, kind):
    standing = standing_of(label, on)

    assert (standing.kind, standing.over_on) == (kind, OVER)
    assert standing.is_in_force == (label in type(label).objects.in_force(on))


@pytest.mark.parametrize(
    "event, on, kind",
    [
        (LabelEventKind.GIVEN_UP, date(2026, 1, 31), StandingKind.IN_FORCE),
        (LabelEventKind.GIVEN_UP, date(2026, 2, 1), StandingKind.GIVEN_UP),
        (LabelEventKind.REVOKED, date(2026, 2, 1), StandingKind.REVOKED),
        (LabelEventKind.REVOKED, date(2029, 1, 1), StandingKind.REVOKED),
    ],
)
def test_a_label_lost(label, event, on, kind):
    lose(label, event)

    standing = standing_of(label, on)

    assert (standing.kind, standing.over_on) == (kind, LOST)
    assert standing.is_in_force == (label in type(label).objects.in_force(on))


def test_an_event_after_the_end_changes_nothing(label):
    lose(label, LabelEventKind.REVOKED, on=OVER)

    standing = standing_of(label, OVER)

    assert (standing.kind, standing.over_on) == (StandingKind.EXPIRED, OVER)


@pytest.mark.parametrize(
    "event, lost_on, on, sentence",
    [
        (None, None, LOST, "En vigueur depuis le 10 janvier 2025, jusqu'au 9 janvier 2028 inclus."),
        (
            LabelEventKind.GIVEN_UP,
            LOST,
            FIRST,
            "En vigueur depuis le 10 janvier 2025, jusqu'au 31 janvier 2026 inclus.",
        ),
        (None, None, date(2025, 1, 1), "Prendra effet le 10 janvier 2025, jusqu'au 9 janvier 2028 inclus."),
        (None, None, OVER, "Arrivé à son terme : il était en vigueur du 10 janvier 2025 au 9 janvier 2028."),
        (
            LabelEventKind.GIVEN_UP,
            LOST,
            LOST,
            "Abandonné par la structure à compter du 1er février 2026 : "
            "il était en vigueur du 10 janvier 2025 au 31 janvier 2026.",
        ),
        (
            LabelEventKind.REVOKED,
            LOST,
            LOST,
            "Retiré à compter du 1er février 2026 : il était en vigueur du 10 janvier 2025 au 31 janvier 2026.",
        ),
        (
            LabelEventKind.GIVEN_UP,
            date(2025, 1, 3),
            LOST,
            "Abandonné par la structure le 3 janvier 2025, avant d'avoir pris effet.",
        ),
    ],
)
def test_it_is_said_plainly(label, event, lost_on, on, sentence):
    if event:
        lose(label, event, on=lost_on)

    assert standing_of(label, on).sentence.replace("\u00a0", " ") == sentence


def test_those_in_force_come_first(frozen_clock):
    over = LabelFactory(starts_on=date(2020, 1, 1), ends_on=date(2023, 1, 1))
    upcoming = LabelFactory(starts_on=date(2027, 1, 1), ends_on=date(2030, 1, 1))
    in_force = LabelFactory(starts_on=FIRST, ends_on=OVER)

    ordered = standings([over, upcoming, in_force], frozen_clock.today)

    assert [standing.label for standing in ordered] == [in_force, upcoming, over]
    assert [standing.words for standing in ordered] == ["en vigueur", "à venir", "arrivé à son terme"]
