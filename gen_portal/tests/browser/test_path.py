"""The path of one dossier, from a call to the reminder of its first follow-up, through the pages alone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from fabriques.arithmetic import FIGURES
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tasks import deliver_pending
from gen_portal.core.working_time import PARIS, next_working_instant
from gen_portal.tasks import tick
from gen_portal.tests.browser import walk
from labelling.models import Decision, Label

pytestmark = [pytest.mark.thorough, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "jeanne.kermarrec@atelier.example"


def test_seven_steps(arrive, staff, sink, judge):
    officer, owner = arrive(), arrive()
    officer.sign_in(staff.officer.email, second_factor=True)
    call_path = walk.prepare_call(officer, clock.today())

    walk.sign_up(owner, EMAIL, sink)
    dossier = walk.apply(owner, call_path)
    number = walk.submit(owner, dossier, EMAIL, sink)

    walk.admit_and_assign(officer, dossier, staff)
    _review_all(arrive, staff, dossier)
    _decide(arrive, staff, officer, dossier, call_path)

    _see_the_outcome(owner, dossier, number)
    _see_the_map(owner)
    _follow_up(owner, officer, sink)
    assert len(judge.seen) >= 45


def _review_all(arrive, staff, dossier):
    for user, mark in zip(staff.reviewers, (4, 3, 4, 4), strict=True):
        reviewer = arrive()
        reviewer.sign_in(user.email, second_factor=True)
        reviewer.go(reverse("review_list"))
        walk.review(reviewer, dossier, mark)


def _decide(arrive, staff, officer, dossier, call_path):
    """The board, two signatures, the publication."""
    slug = call_path.split("/")[2]
    officer.go(reverse("call_board", args=[slug]))
    assert "4 sur 4" in officer.text()
    director, second = arrive(), arrive()
    director.sign_in(staff.director.email, second_factor=True)
    walk.decide(director, dossier)
    second.sign_in(staff.second.email, second_factor=True)
    second.go(reverse("decision_countersign", args=[Decision.objects.get().pk]))
    second.press("Contresigner")
    officer.go(reverse("decision_list", args=[slug]))
    officer.go(reverse("publication_page", args=[slug, 1]))
    officer.press("Publier 1 décision")


def _see_the_outcome(owner, dossier, number):
    deliver_pending()
    owner.go(f"{dossier}resultat/")
    assert "labellis" in owner.text().lower()
    assert "60 000" in owner.text().replace("\u202f", " ").replace("\xa0", " ")
    owner.go(f"{dossier}recepisse/{number}/")


def _see_the_map(owner):
    """The fabrique on the map and in its table twin."""
    owner.go(reverse("registry"))
    assert walk.TRAINING in owner.text()
    owner.page.wait_for_selector(".leaflet-marker-icon", timeout=15_000)
    owner.click(re.compile("Atelier numérique des Monts"))
    assert walk.TRAINING in owner.text()
    owner.go(reverse("label_page", args=[Label.objects.get().reference]))


def _follow_up(owner, officer, sink):
    """The clock goes on to the next quarter: a campaign opens, a reminder arrives, the report is filed, and peace."""
    _, quarter_ends_on = clock.quarter_of(clock.today())
    noon = clock.start_of(quarter_ends_on) + timedelta(hours=12)
    clock.move(next_working_instant(noon, PARIS) - clock.now())  # nobody is written to on the first of January
    before = len(sink.messages)
    for _ in range(2):  # beat runs twice
        tick()
        deliver_pending()
    reminders = [message for message in sink.messages[before:] if message["To"] == EMAIL]
    assert [message["Subject"] for message in reminders] == ["Suivi trimestriel : un relevé à transmettre"]

    owner.go(reverse("report_list"))
    owner.click(walk.TRAINING)
    counts = {"started_count": 15, "in_progress_count": 14, "finished_count": 0, "dropped_count": 2}
    owner.fill(**dict.fromkeys(FIGURES, 0) | {"received_count": 40, "admitted_count": 15, "sessions_held_count": 1})
    owner.fill(**counts, women_count=6, under_26_count=8, priority_area_count=5)
    owner.press("Vérifier avant de transmettre")
    assert "14 + 0 + 2 = 16, mais vous indiquez 15 personnes" in owner.text()
    owner.fill(dropped_count=1, deviation_note="Les premières candidatures venaient d'un seul quartier.")
    owner.press("Vérifier avant de transmettre")
    owner.press("Transmettre le relevé")
    assert "Le relevé est transmis" in owner.text()
    officer.go(reverse("campaign_list"))
    officer.go(reverse("journal_list"))
    assert JournalEntry.objects.filter(action="report.filed").count() == 1
    clock.move(timedelta(0))
