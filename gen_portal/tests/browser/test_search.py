"""A learner looks for a training near Mende that starts this quarter: by keyboard, on a narrow screen, without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fabriques.models import SearchAlert
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from gen_portal.core.models import Commune
from gen_portal.tests.browser.keyboard import follow, forbid_mouse, reach
from gen_portal.tests.browser.person import Person
from labelling.models import LabelSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def network(portal):
    """A training of Mende that starts today, another that starts next year, one of Paris."""
    mende, paris = Commune.objects.get(code="48095"), Commune.objects.get(code="75056")
    for name, town, starts_on in (
        ("Atelier du Gévaudan", mende, clock.today()),
        ("Causses numériques", mende, clock.today() + timedelta(days=300)),
        ("Faubourg du code", paris, clock.today()),
    ):
        label = FabriqueFactory(structure__name=name, structure__commune=town, label__title=f"Web, {name}").label
        LabelSession.objects.filter(label=label).update(starts_on=starts_on)


def test_by_keyboard_one_finds_what_starts_near_mende_and_how_to_apply(network, arrive, sink):
    person = arrive()
    forbid_mouse(person)
    page = person.page
    person.go(reverse("registry"))
    reach(person, page.locator("[name=pres]"))
    page.keyboard.type("mnde")
    follow(person, page.get_by_role("button", name="Filtrer"))
    follow(person, page.get_by_role("link", name="Mende (48)"))
    reach(person, page.locator("[name=commence]"))
    page.keyboard.press("ArrowDown")
    follow(person, page.get_by_role("button", name="Filtrer"))

    rows = page.locator("tbody tr")
    assert rows.count() == 1
    assert "moins de 1" in rows.first.inner_text()
    follow(person, page.get_by_role("link", name="Être prévenu"))
    reach(person, page.locator("[name=email]"))
    page.keyboard.type("apprenante@exemple.fr")
    follow(person, page.get_by_role("button", name="Recevoir l'alerte"))
    assert SearchAlert.objects.get().query == "pres=Mende+%2848%29&commence=trimestre"
    page.go_back()
    page.go_back()
    follow(person, page.get_by_role("link", name="Web, Atelier du Gévaudan"))
    assert "S'inscrire" in person.text()
    follow(person, page.get_by_role("link", name="Signaler une erreur"))


def test_the_list_of_communes_is_offered_while_one_types(network, arrive):
    person = arrive()
    person.go(reverse("registry"))

    person.page.locator("[name=pres]").press_sequentially("mend")

    person.page.wait_for_selector("datalist option[value='Mende (48)']", state="attached")


def test_at_320_px_without_scripts_the_same_is_found(network, browser, portal, judge):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700}, locale="fr-FR")
    person = Person(context, portal, judge)
    page = person.page
    page.goto(portal + reverse("registry"))
    person.fill(pres="48000")
    person.choose(commence="trimestre", rayon="25")
    with page.expect_navigation():
        page.get_by_role("button", name="Filtrer").click()

    assert "Autour de Mende (48), dans un rayon de 25 km" in person.text()
    assert page.locator("tbody tr th").all_inner_texts() == ["Atelier du Gévaudan"]
    with page.expect_navigation():
        page.get_by_role("link", name="Web, Atelier du Gévaudan").click()
    assert "S'inscrire" in person.text()
    context.close()
