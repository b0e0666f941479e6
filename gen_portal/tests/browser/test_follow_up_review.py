"""The officer's queue from the keyboard alone: no pointer after signing in."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fabriques.models import FollowUpReport
from fabriques.tests.factories import FabriqueFactory, FollowUpReportFactory
from gen_portal.core import clock

pytestmark = [pytest.mark.thorough, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reports(portal):
    """Four filed reports, the oldest first."""
    return [
        FollowUpReportFactory(
            label=FabriqueFactory(label__title=f"Développeuse web {number}").label,
            filed=True,
            filed_at=clock.now() - timedelta(hours=9 - number),
        )
        for number in range(4)
    ]


def press(officer, key):
    """Press a key that leads to another page, which is looked at."""
    with officer.page.expect_navigation():
        officer.page.keyboard.press(key)
    officer.look()


def tab_to(officer, words):
    """Tab until the link or button with these words has the focus."""
    for _ in range(120):
        officer.page.keyboard.press("Tab")
        if officer.page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            return
    raise AssertionError(f"« {words} » is out of the keyboard's reach")


def title(officer):
    return officer.page.locator("h1").inner_text().splitlines()[0]


def standings():
    rows = FollowUpReport.objects.with_standing(clock.today()).order_by("filed_at")
    return list(rows.values_list("standing", flat=True))


def test_the_queue_by_keyboard_alone(arrive, staff, reports):
    officer = arrive()
    officer.sign_in(staff.officer.email, second_factor=True)
    officer.go(reverse("review_queue"))
    tab_to(officer, "Commencer par le plus ancien")
    press(officer, "Enter")
    assert title(officer) == "Développeuse web 0"

    _move(officer)
    press(officer, "a")
    assert title(officer) == "Développeuse web 1"
    _ask_back(officer)
    assert title(officer) == "Développeuse web 2"
    _flag(officer)
    assert title(officer) == "Développeuse web 3"
    assert standings() == ["acceptes", "redemandes", "signales", "a-relire"]
    _switch_off(officer)


def _move(officer):
    press(officer, "s")
    assert title(officer) == "Développeuse web 1"
    press(officer, "p")
    assert title(officer) == "Développeuse web 0"


def _ask_back(officer):
    """The letters of a word are not shortcuts."""
    press(officer, "d")
    officer.page.locator('[name="mot_women_count"]').focus()
    officer.page.keyboard.type("d'accord, mais pas assez ?")
    press(officer, "Enter")


def _flag(officer):
    press(officer, "g")
    officer.page.locator('[name="note"]').focus()
    officer.page.keyboard.type("Surprenant, à garder.")
    tab_to(officer, "Signaler")
    press(officer, "Enter")


def _switch_off(officer):
    """WCAG 2.1.4: once switched off, a letter does nothing, on this page and after a reload."""
    officer.page.locator("#raccourcis").focus()
    officer.page.keyboard.press("Space")
    for _ in range(2):
        officer.page.keyboard.press("a")
        assert officer.page.locator("[aria-keyshortcuts]").count() == 0
        officer.page.reload()
        officer.page.wait_for_load_state()
    assert standings()[-1] == "a-relire"
