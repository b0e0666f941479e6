"""Documents read beside the grid at a browser: unfolded by keyboard, drawn as one scrolls, the same without scripts."""

import pytest
from django.urls import reverse

from gen_portal.core.inspection.kinds import Kind
from gen_portal.core.tests import corpus
from gen_portal.tests.browser.person import PASSWORD, Person
from labelling import pieces
from labelling.tests.filed import BROKEN, EVERY_KIND, filed_place

pytestmark = [pytest.mark.thorough, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DOCUMENTS = {"long.pdf": (Kind.PDF, corpus.a_pdf(12), 12)} | EVERY_KIND | BROKEN


@pytest.fixture
def place(staff, monkeypatch):
    monkeypatch.setattr(pieces, "_OUTLINING_SECONDS", 60)
    reviewer = staff.reviewers[0]
    return filed_place(DOCUMENTS, reviewer=reviewer, ministry=reviewer.capacities.get().ministry)


def unfold(page, name):
    """By keyboard."""
    summary = page.locator("summary", has_text=f"Lire ici {name}")
    summary.focus()
    page.keyboard.press("Enter")
    return page.locator("details[open]", has=summary)


def widths(locator):
    """The natural widths of the pictures that came."""
    return locator.locator("img").evaluate_all("images => images.map(each => each.complete ? each.naturalWidth : 0)")


def wait_for_first(page, details):
    first = details.locator("img").first
    first.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=first.element_handle())


def test_documents_are_read_beside_the_grid_by_keyboard(arrive, place):
    reviewer = arrive()
    reviewer.sign_in(place.reviewer.email, second_factor=True)
    reviewer.go(reverse("review_page", args=[place.application.reference]))
    page = reviewer.page
    assert page.locator("img[alt^='Page ']:visible").count() == 0
    details = unfold(page, "long.pdf")
    wait_for_first(page, details)
    came = widths(details)
    assert (len(came), came[0], came[-1]) == (12, 1100, 0)  # the last one waits to be seen
    wait_for_first(page, unfold(page, "budget.xlsx"))
    assert page.locator("#grille").bounding_box()["y"] == 0  # the grid follows
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        reviewer.judge.hold(page, f"unfolded, {width} px")
    details.locator("a", has_text="Lire en grand").click()
    reviewer.judge.look(page)
    assert page.locator("main img").count() == 12
    reviewer.go(reverse("review_list"))
    reviewer.judge.look(page)


def test_documents_are_read_without_scripts(portal, browser, judge, place):
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    reader = Person(context, portal, judge)
    page, came = reader.page, []
    page.on("response", lambda answer: came.append((answer.url, answer.status)))
    page.goto(portal + "/compte/connexion/")
    reader.fill(login=place.reviewer.email, password=PASSWORD)
    page.locator('main button[type="submit"]').first.click()
    reader.type_code()
    page.goto(portal + reverse("review_page", args=[place.application.reference]))
    page.locator("summary", has_text="photo.jpg").click()
    page.locator("img[alt='Page 1 sur 1 de photo.jpg']").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert {status for url, status in came if "/pages/" in url} == {200}
    context.close()
