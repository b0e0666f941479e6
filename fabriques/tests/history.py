"""Two years of labels and what the follow-up owes them: stories, a second opinion written plainly, and the player.

The second opinion (`expected_*`) shares nothing with the portal: days are read from a table, a quarter is walked day by day.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory, StructureFactory
from fabriques.actions import follow_up
from fabriques.models import FollowUpReport, Reminder
from fabriques.tests.factories import SOUND
from fabriques.transitions import file_report
from gen_portal.core import clock, delivery
from gen_portal.core.models import Commune
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.territory import load_test_communes
from labelling.models import Label
from labelling.tests.factories_decisions import LabelFactory

#: The steps as the grids write them: opening, J-15, J-3, J+7, J+21, J+30.
LETTERS = {"opening": "O", "j-15": "Q", "j-3": "T", "j+7": "a", "j+21": "b", "j+30": "c"}

#: When each step leaves, read from the calendars of 2021 to 2023 by hand. Before the due day, a day not worked moves to the
#: day before; the opening and what follows the due day move to the day after.
STEP_DAYS = """
2021-T1  2021-04-01  2021-04-15  2021-04-27  2021-05-07  2021-05-21  2021-05-31
2021-T2  2021-07-01  2021-07-15  2021-07-27  2021-08-06  2021-08-20  2021-08-30
2021-T3  2021-10-01  2021-10-15  2021-10-27  2021-11-08  2021-11-22  2021-11-29
2021-T4  2022-01-03  2022-01-14  2022-01-27  2022-02-07  2022-02-21  2022-03-01
2022-T1  2022-04-01  2022-04-15  2022-04-27  2022-05-09  2022-05-23  2022-05-30
2022-T2  2022-07-01  2022-07-15  2022-07-27  2022-08-08  2022-08-22  2022-08-29
2022-T3  2022-10-03  2022-10-14  2022-10-27  2022-11-07  2022-11-21  2022-11-29
2022-T4  2023-01-02  2023-01-13  2023-01-27  2023-02-06  2023-02-20  2023-03-01
"""
#: 15 April 2022 was Good Friday: a holiday in Alsace and in Guadeloupe, not in Rennes nor in La Réunion.
LOCAL_DAYS = {("2022-T1", "j-15", "Strasbourg"): "2022-04-14", ("2022-T1", "j-15", "Pointe-à-Pitre"): "2022-04-14"}
TOWNS = {"Rennes": "35238", "Strasbourg": "67482", "Pointe-à-Pitre": "97120", "Saint-Denis": "97411"}

FIRST_DAY, LAST_DAY = date(2021, 3, 22), date(2023, 3, 14)
NOON = time(14, 30)  # a working hour from Pointe-à-Pitre to Saint-Denis, in summer and in winter


@dataclass
class Story:
    """A label: its dates, what was told of it (known on, what, takes effect on), and when it filed each quarter."""

    number: int
    structure: int
    starts_on: date
    ends_on: date
    told: list = field(default_factory=list)
    filed_on: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"L{self.number}"


@dataclass(frozen=True)
class House:
    """A structure: its town, and how many people it has to write to."""

    number: int
    town: str
    people: int

    def addresses(self):
        return [f"s{self.number}-{person}@exemple.fr" for person in range(1, self.people + 1)]


# --- What should happen ---------------------------------------------------------------------------------------------
def quarters():
    """« 2021-T1 » → (first day, last day)."""
    found = {}
    for line in STEP_DAYS.split("\n")[1:-1]:
        year, number = int(line[:4]), int(line[6])
        last = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}[number]
        found[line[:7]] = date(year, 3 * number - 2, 1), date(year, *last)
    return found


def step_days(town, late=None):
    """(quarter, step) → the day it leaves in a town; `late`: the days of those that an outage put off."""
    found, late = {}, late or {}
    for line in STEP_DAYS.split("\n")[1:-1]:
        quarter, *days = line.split()
        for step, day in zip(LETTERS, days, strict=True):
            day = LOCAL_DAYS.get((quarter, step, town), day)
            found[quarter, step] = date.fromisoformat(late.get((quarter, step), day))
    return found


def is_in_force(story, day, known_on):
    """Whether a label was in force on a day, by what was known on another."""
    told = [(effect, what) for known, what, effect in story.told if known <= known_on]
    ends_on = max([story.ends_on, *(effect for effect, what in told if what == "extended")])
    if not story.starts_on <= day < ends_on:
        return False
    if any(what in ("given_up", "revoked") and effect <= day for effect, what in told):
        return False
    pauses = [(effect, what) for effect, what in told if what in ("suspended", "resumed") and effect <= day]
    return not pauses or max(pauses)[1] == "resumed"


def owes(story, quarter, known_on):
    first, last = quarters()[quarter]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return any(is_in_force(story, day, known_on) for day in days)


def expected_cells(stories, houses, late=None):
    """(label, quarter) → the steps at which its report is mentioned, with their days; a report asked for has a cell."""
    cells = {}
    for story in stories:
        days = step_days(houses[story.structure].town, late)
        for quarter, (_, last) in quarters().items():
            if owes(story, quarter, last + timedelta(days=1)):
                filed_on = story.filed_on.get(quarter, date.max)
                cells[story.name, quarter] = [
                    (step, days[quarter, step])
                    for step in LETTERS
                    if filed_on > days[quarter, step] and owes(story, quarter, days[quarter, step])
                ]
    return cells


def expected_mails(stories, houses, late=None):
    """One line per mail: quarter, step, day, address, labels mentioned."""
    mentions = {}
    for (name, quarter), steps in expected_cells(stories, houses, late).items():
        house = houses[stories[int(name[1:]) - 1].structure]
        for step, day in steps:
            for address in house.addresses():
                mentions.setdefault((quarter, step, day, address), []).append(name)
    return sorted(line(*key, names) for key, names in mentions.items())


def line(quarter, step, day, address, names):
    return f"{quarter}  {step:8}{day}  {address:22}{' '.join(sorted(names))}"


def grid(cells):
    """Labels down, quarters across: the letters of the steps that mentioned a report, « . » without report."""
    names = sorted({name for name, _ in cells}, key=lambda name: int(name[1:]))
    rows = [["", *quarters()]]
    for name in names:
        told = [cells.get((name, quarter)) for quarter in quarters()]
        rows.append([name, *("." if steps is None else _letters(steps) for steps in told)])
    return "\n".join("".join(f"{cell:9}" for cell in row).rstrip() for row in rows)


def _letters(steps):
    return "".join(LETTERS[step] for step, _ in steps) or "-"


def summary(cells, mails):
    """Quarters down: reports asked for, mails of each step."""
    rows = [["trimestre", "relevés", *LETTERS, "courriels"]]
    for quarter in quarters():
        count = sum(1 for _, code in cells if code == quarter)
        of_quarter = [mail.split()[1] for mail in mails if mail.startswith(quarter)]
        rows.append([quarter, count, *(of_quarter.count(step) for step in LETTERS), len(of_quarter)])
    return "\n".join("".join(f"{cell!s:>10}" for cell in row) for row in rows)


# --- Stories --------------------------------------------------------------------------------------------------------
def generate(seed, count):
    """Stories of so many labels, and the houses that hold them: starts, ends, extensions, suspensions, losses, filings."""
    rng = random.Random(seed)
    houses = {number: House(number, rng.choice(list(TOWNS)), rng.choice([1, 1, 2])) for number in range(1, count + 1)}
    stories = []
    for number in range(1, count + 1):
        starts_on = date(2021, 1, 1) + timedelta(days=rng.choice([0, 0, rng.randint(0, 600)]))
        ends_on = starts_on + timedelta(days=rng.choice([200, 365, 1095]))
        story = Story(number, rng.randint(1, max(1, 2 * count // 3)), starts_on, ends_on)
        story.told = _told(rng, story)
        story.filed_on = _filings(rng)
        stories.append(story)
    return stories, houses


def _told(rng, story):
    """What happens to the label; a loss or a suspension may be learnt up to two months late, the rest is told ahead."""
    fate, told = rng.choice(["none", "none", "lost", "suspended", "paused", "extended"]), []
    day = story.starts_on + timedelta(days=rng.randint(10, 500))
    late = timedelta(days=rng.randint(0, 60))
    if fate == "lost":
        told = [(day + late, rng.choice(["given_up", "revoked"]), day)]
    if fate in ("suspended", "paused"):
        told = [(day + late, "suspended", day)]
    if fate == "paused":
        back = day + late + timedelta(days=rng.randint(15, 200))
        told += [(back - timedelta(days=12), "resumed", back)]
    if fate == "extended":
        told = [(story.ends_on - timedelta(days=rng.randint(12, 100)), "extended", story.ends_on + timedelta(days=300))]
    return told


def _filings(rng):
    """Three reports in four are filed, a day or eighty after the opening; the others never."""
    return {
        quarter: last + timedelta(days=1 + rng.randint(1, 80))
        for quarter, (_, last) in quarters().items()
        if rng.random() < 0.75
    }


# --- Rows, and the days that pass -----------------------------------------------------------------------------------
def build(stories, houses):
    """The structures with their people, and the labels as they are before the first day."""
    clock.freeze(datetime.combine(FIRST_DAY, NOON, clock.PARIS))
    if not Commune.objects.exists():
        load_test_communes()
    structures = {number: _furnish(houses[number]) for number in sorted({story.structure for story in stories})}
    for story in stories:
        LabelFactory(
            decision__application__training__structure=structures[story.structure],
            title=story.name, starts_on=story.starts_on, ends_on=story.ends_on,
        )  # fmt: skip


def _furnish(house):
    structure = StructureFactory(name=f"S{house.number}", commune_id=TOWNS[house.town])
    for address, role in zip(house.addresses(), (MemberRole.OWNER, MemberRole.EDITOR), strict=False):
        MembershipFactory(structure=structure, user=UserFactory(email=address), role=role)
    return structure


def tell(stories, after, day):
    """What staff learn in the days (after, day] becomes rows."""
    for story in stories:
        for _, what, effect in (told for told in story.told if after < told[0] <= day):
            label = Label.objects.get(title=story.name)
            if what == "extended":
                Label.objects.filter(pk=label.pk).update(ends_on=effect)
            else:
                label.events.create(kind=what, effective_on=effect, known_at=clock.now())


def file_reports(stories, after, day):
    """Structures file what they file in the days (after, day], if it was asked for."""
    for story in stories:
        for quarter in (quarter for quarter, on in story.filed_on.items() if after < on <= day):
            asked = FollowUpReport.objects.filter(label__title=story.name, campaign__starts_on=quarters()[quarter][0])
            for report in asked.order_by("pk"):
                file_by_owner(report)


def file_by_owner(report):
    owner = report.label.training.structure.memberships.filter(role=MemberRole.OWNER).order_by("pk")[0]
    file_report(report, by=owner.user, figures=SOUND, deviation_note="Peu de candidatures.")


def play(stories, days):
    """Each day: what was learnt and filed since the one before, then the clock's run and the delivery."""
    after = date.min
    for day in days:
        clock.freeze(datetime.combine(day, NOON, clock.PARIS))
        tell(stories, after, day)
        file_reports(stories, after, day)
        follow_up.run_follow_up(clock.now())
        delivery.deliver()
        after = day


# --- What happened --------------------------------------------------------------------------------------------------
def seen_cells():
    cells = {(name, code_of(first)): [] for name, first in FollowUpReport.objects.order_by("pk").values_list(
        "label__title", "campaign__starts_on")}  # fmt: skip
    for name, first, step, at in _mentions("report__label__title", "report__campaign__starts_on", "step"):
        found = cells[name, code_of(first)]
        if (step, clock.day_of(at)) not in found:
            found.append((step, clock.day_of(at)))
    return {cell: sorted(steps, key=lambda pair: list(LETTERS).index(pair[0])) for cell, steps in cells.items()}


def seen_mails():
    """The same lines, of what left."""
    mails = {}
    names = ("report__campaign__starts_on", "step", "email__to_address", "email_id", "report__label__title")
    for first, step, address, email, name, at in _mentions(*names):
        mails.setdefault((email, code_of(first), step, clock.day_of(at), address), []).append(name)
    return sorted(line(*key[1:], labels) for key, labels in mails.items())


def _mentions(*names):
    return Reminder.objects.filter(email__sent_at__isnull=False).order_by("pk").values_list(*names, "email__sent_at")


def code_of(first):
    return f"{first.year}-T{(first.month + 2) // 3}"
