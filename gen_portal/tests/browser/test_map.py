"""The map of the registry from the keyboard: the same rows as the list, from the one to the other and back, alone."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fabriques.tests.factories import FabriqueFactory, FollowUpCampaignFactory, FollowUpReportFactory
from gen_portal.core import clock
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUSED = "document.activeElement.getAttribute('title') || document.activeElement.textContent"


@pytest.fixture
def visitor(arrive):
    """Somebody on the registry of two fabriques of Rennes and one of Saint-Denis, and the addresses their browser asks."""
    FabriqueFactory(structure__name="Atelier des Écrans", label__title="Développement <b>web</b>")
    FabriqueFactory(structure__name="Les Champs libres du code", label__title="Médiation")
    FabriqueFactory(structure__name="Bord de mer", structure__commune=CommuneFactory(overseas=True))
    person = arrive()
    person.asked = []
    person.page.on("request", lambda request: person.asked.append(request.url))
    person.go(reverse("registry"))
    person.page.wait_for_selector(".leaflet-marker-icon")
    return person


def test_a_row_is_found_on_the_map_and_left_with_escape(visitor):
    page = visitor.page
    page.locator("tbody tr", has_text="Atelier des Écrans").get_by_role("button").press("Enter")
    page.wait_for_selector(".leaflet-popup")

    assert page.inner_text(".leaflet-popup-content").split("\n")[0] == "Développement <b>web</b>"
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Développement <b>web</b>, Atelier des Écrans, Rennes (35)"
    page.keyboard.press("Space")
    page.wait_for_selector(".leaflet-popup")
    visitor.page.get_by_role("link", name="Voir dans la liste").press("Enter")
    assert page.locator("tbody tr:target").count() == 1


def test_the_map_holds_the_rows_of_the_list_and_frames_each_territory(visitor):
    page = visitor.page

    assert page.locator("[data-gen-map-territories] button").all_inner_texts() == ["Métropole (2)", "La Réunion (1)"]
    page.get_by_role("button", name="La Réunion").click()
    assert page.inner_text("[data-gen-map-status]") == "Carte cadrée sur La Réunion : 1 lieu."
    page.wait_for_selector(".gen-marker[title*='Bord de mer']")


def test_on_paper_the_map_is_as_wide_as_the_sheet_and_shows_what_it_showed(visitor):
    page, canvas = visitor.page, visitor.page.locator(".gen-map__canvas")
    marks, wide = page.locator(".leaflet-marker-icon").count(), canvas.bounding_box()["width"]
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    paper = canvas.bounding_box()
    assert canvas.is_visible()
    assert paper["width"] == pytest.approx(17 * 96 / 2.54, abs=1)
    boxes = [mark.bounding_box() for mark in page.locator(".leaflet-marker-icon").all()]
    assert len(boxes) == marks
    assert all(paper["x"] < box["x"] < paper["x"] + paper["width"] for box in boxes)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert canvas.bounding_box()["width"] == wide


def test_the_map_asks_nobody_else(visitor):
    assert [url for url in visitor.asked if not url.startswith((visitor.base, "data:"))] == []


def test_a_mark_of_the_staff_map_says_its_kind_and_leads_to_its_row(arrive, staff):
    first = date(clock.today().year - 1, 1, 1)
    label = {"label__starts_on": first, "label__ends_on": first + timedelta(days=1000), "label__title": "Médiation"}
    FollowUpReportFactory(**label, campaign=FollowUpCampaignFactory(starts_on=first))
    officer = arrive()
    officer.sign_in(staff.officer.email, second_factor=True)
    officer.go(f"{reverse('staff_map')}?couche=releves")
    page = officer.page
    page.get_by_role("button", name="Médiation, Rennes (35) : en défaut", exact=True).press("Enter")
    page.wait_for_selector(".leaflet-popup")

    page.get_by_role("link", name="Voir dans la liste").press("Enter")

    assert page.inner_text("tbody tr:target th") == "Médiation"
    officer.click("Écrire aux structures de cette liste")
    officer.press("Voir l'aperçu")
    assert "Il nous manque, pour" in page.inner_text(".gen-letter")
