"""Two years of the follow-up, day after day: exactly the reports and the mails that a second opinion expects.

`pytest -s` prints the tables; GEN_FULL=1 plays 410 labels, every day.
"""

import os
from datetime import date, timedelta

import pytest

from fabriques.models import FollowUpCampaign, FuseTrip
from fabriques.tests import history
from fabriques.tests.history import House, Story
from gen_portal.core.models import OutgoingEmail

pytestmark = [pytest.mark.once, pytest.mark.django_db]

FULL = os.environ.get("GEN_FULL") == "1"
LABEL_COUNT = 410 if FULL else 24

#: Six labels that staff can follow with a finger. The fifth and the sixth belong to one structure of two people.
BY_HAND = [
    Story(1, 1, date(2021, 1, 1), date(2024, 1, 1)),  # never says a word
    Story(2, 2, date(2021, 6, 30), date(2022, 7, 2)),  # begins on a last day, ends on a second one
    Story(3, 3, date(2021, 1, 1), date(2022, 1, 1), told=[(date(2021, 11, 2), "extended", date(2022, 10, 1))]),
    Story(4, 4, date(2021, 1, 1), date(2024, 1, 1), told=[
        (date(2021, 5, 10), "suspended", date(2021, 5, 10)), (date(2021, 12, 1), "resumed", date(2021, 12, 31)),
        (date(2022, 10, 20), "given_up", date(2022, 6, 30)),
    ]),
    Story(5, 5, date(2021, 1, 1), date(2024, 1, 1)),
    Story(6, 5, date(2021, 4, 1), date(2024, 1, 1), told=[(date(2022, 2, 10), "revoked", date(2022, 2, 10))]),
]  # fmt: skip
HOUSES = {
    1: House(1, "Rennes", 1),
    2: House(2, "Saint-Denis", 1),
    3: House(3, "Strasbourg", 1),
    4: House(4, "Pointe-à-Pitre", 1),
    5: House(5, "Rennes", 2),
}
#: When some of them file: on the day of a step before the run, between two steps, late, or not at all.
FILED = {
    2: {"2021-T2": date(2021, 7, 15), "2021-T3": date(2021, 10, 16), "2021-T4": date(2022, 2, 7)},
    3: {quarter: last + timedelta(days=2) for quarter, (_, last) in history.quarters().items()},
    5: {"2021-T1": date(2021, 4, 2), "2022-T1": date(2022, 4, 15), "2022-T4": date(2023, 2, 21)},
    6: {"2021-T2": date(2021, 7, 2)},
}
#: What each label was written about: Opening, Quinze jours, Trois jours, a week, b three weeks, c a month late; « . »: not
#: asked. The third is extended before its end; the fourth is suspended for a whole quarter, comes back on the last day of
#: 2021, and staff learn on 20 October 2022 that it had been given up in June: the quarter asked for meanwhile goes silent.
BY_HAND_TOLD = """
         2021-T1  2021-T2  2021-T3  2021-T4  2022-T1  2022-T2  2022-T3  2022-T4
L1       OQTabc   OQTabc   OQTabc   OQTabc   OQTabc   OQTabc   OQTabc   OQTabc
L2       .        O        OQ       OQT      OQTabc   OQTabc   OQTabc   .
L3       O        O        O        -        O        O        -        .
L4       OQTabc   OQTabc   .        OQTabc   OQTabc   OQTabc   OQ       .
L5       O        OQTabc   OQTabc   OQTabc   O        OQTabc   OQTabc   OQTab
L6       .        O        OQTabc   OQTabc   OQTabc   .        .        .
"""


def days_to_play():
    """Every day, or those of each step with its eve, and those on which campaigns open."""
    every = [history.FIRST_DAY + timedelta(days=n) for n in range((history.LAST_DAY - history.FIRST_DAY).days + 1)]
    near = {
        day + timedelta(days=n) for town in history.TOWNS for day in history.step_days(town).values() for n in (-1, 0)
    }
    near |= {last + timedelta(days=1) for _, last in history.quarters().values()}  # the campaigns open
    return [day for day in every if FULL or day in near]


@pytest.fixture
def play(mailoutbox):
    """Play stories from the first day to the last."""

    def run(stories, houses):
        history.build(stories, houses)
        history.play(stories, days_to_play())

    return run


def states_of_reminders():
    """« sent » alone: whatever was posted left, so the forecast said nothing too much."""
    return {email.state for email in OutgoingEmail.objects.filter(kind="follow_up_reminder")}


@pytest.mark.thorough
def test_six_labels_by_hand(play):
    for story in BY_HAND:
        story.filed_on = FILED.get(story.number, {})

    play(BY_HAND, HOUSES)

    assert "\n" + history.grid(history.seen_cells()) + "\n" == BY_HAND_TOLD
    assert history.seen_mails() == history.expected_mails(BY_HAND, HOUSES)
    assert states_of_reminders() == {"sent"}


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [2021])
def test_generated_labels(play, mailoutbox, seed):
    stories, houses = history.generate(seed, LABEL_COUNT)
    cells, mails = history.expected_cells(stories, houses), history.expected_mails(stories, houses)

    play(stories, houses)

    print(f"\n{LABEL_COUNT} labels, graine {seed}\n{history.summary(cells, mails)}")
    campaigns = FollowUpCampaign.objects.order_by("starts_on").values_list("starts_on", flat=True)
    assert list(campaigns) == [first for first, _ in history.quarters().values()]
    assert history.grid(history.seen_cells()) == history.grid(cells)
    assert history.seen_mails() == mails
    assert len(mailoutbox) == len(mails)
    assert states_of_reminders() == {"sent"}
    assert FuseTrip.objects.count() == 0
