"""A dossier at the browser: nothing typed is lost, two people choose between their texts; by keyboard, without scripts."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from applications.models import Application, ApplicationState
from applications.tests.factories import ApplicationFactory, MembershipFactory, TrainingFactory
from gen_portal.tests.browser.keyboard import follow, reach
from gen_portal.tests.browser.person import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = "Des projets en petits groupes, avec trois entreprises du bassin de Saint-Étienne."
SECOND = "Un tiers-lieu ouvert chaque soir, où les anciens accompagnent les nouveaux."


def with_password(user):
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def application(portal):
    """Complete but for its pedagogy; its owner is the declared signatory."""
    membership = MembershipFactory()
    with_password(membership.user)
    training = TrainingFactory(structure=membership.structure, title="Développement web et accessibilité numérique")
    return ApplicationFactory(complete=True, training=training, started_by=membership.user, pedagogy="")


@pytest.fixture
def owner(application, arrive):
    person = arrive()
    person.sign_in(application.started_by.email)
    return person


@pytest.fixture
def colleague(application, arrive):
    user = with_password(MembershipFactory(structure=application.training.structure, role="editor").user)
    person = arrive()
    person.sign_in(user.email)
    return person


def section_of(application, code):
    return reverse("application_section", args=[application.reference, code])


def pedagogy_of(application):
    return Application.objects.values_list("pedagogy", flat=True).get(pk=application.pk)


def saved(person):
    """Wait until the page says that it saved."""
    person.page.locator("[data-gen-saved]", has_text="Enregistré à").wait_for()


def test_a_lost_session_gives_the_text_back(owner, application):
    owner.go(section_of(application, "pedagogie"))
    owner.fill(pedagogy=FIRST)
    saved(owner)
    assert pedagogy_of(application) == FIRST

    Session.objects.all().delete()
    owner.fill(pedagogy=f"{FIRST} {SECOND}")
    link = owner.page.get_by_role("link", name="Se connecter pour continuer")
    link.wait_for()
    owner.judge.hold(owner.page, "signed out")
    with owner.page.expect_navigation():
        link.click()
    owner.look()
    owner.fill(login=application.started_by.email, password=PASSWORD)
    owner.press("Se connecter")

    assert "Voici ce que vous aviez écrit avant la fin de la session" in owner.text()
    assert owner.page.locator('[name="pedagogy"]').input_value() == f"{FIRST} {SECOND}"
    assert pedagogy_of(application) == FIRST
    owner.page.get_by_role("button", name="Enregistrer", exact=True).click()
    owner.page.wait_for_load_state()
    assert pedagogy_of(application) == f"{FIRST} {SECOND}"


def test_a_window_closed_too_soon_gives_the_text_back(owner, application):
    owner.go(section_of(application, "pedagogie"))
    owner.page.route(
        "**/pedagogie/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    owner.fill(pedagogy=FIRST)
    owner.page.get_by_text("Non enregistré : le portail ne répond pas").wait_for()
    owner.page.close()  # nobody answers the question that the browser asks

    owner.page = owner.context.new_page()
    owner.page.goto(owner.base + section_of(application, "pedagogie"))
    owner.page.get_by_text("Un texte non enregistré a été retrouvé").wait_for()
    owner.judge.hold(owner.page, "typed text found")
    with owner.page.expect_navigation():
        owner.page.get_by_role("button", name="Reprendre ce texte").click()
    owner.look()
    assert pedagogy_of(application) == FIRST


def test_two_windows_choose_and_the_dossier_is_filed(owner, colleague, application):
    for person in (owner, colleague):
        person.go(section_of(application, "pedagogie"))
    owner.fill(pedagogy=FIRST)
    saved(owner)

    colleague.fill(pedagogy=SECOND)
    panel = colleague.page.locator("fieldset.gen-conflict")
    panel.wait_for()
    assert FIRST in panel.inner_text()
    assert SECOND in panel.inner_text()
    colleague.judge.hold(colleague.page, "two texts")
    assert pedagogy_of(application) == FIRST

    panel.locator('[value="both"]').dispatch_event("click")
    assert colleague.page.locator('[name="pedagogy"]').input_value() == f"{FIRST}\n\n{SECOND}"
    colleague.tick(panel.locator('[value="mine"]'))
    panel.wait_for(state="detached")
    assert pedagogy_of(application).replace("\r\n", "\n") == f"{FIRST}\n\n{SECOND}"

    owner.go(reverse("application_submit", args=[application.reference]))
    owner.check("signature")
    owner.press("Déposer le dossier")
    assert "GEN-" in owner.text()
    assert Application.objects.get(pk=application.pk).state == ApplicationState.SUBMITTED


def test_from_the_dossier_to_the_receipt_by_keyboard_on_a_small_screen(owner, application):
    owner.page.set_viewport_size({"width": 320, "height": 700})
    owner.page.goto(owner.base + reverse("application_page", args=[application.reference]))
    follow(owner, owner.page.locator("main").get_by_role("link", name="Pédagogie").first)
    owner.page.set_viewport_size({"width": 320, "height": 700})

    reach(owner, owner.page.locator('[name="pedagogy"]'))
    owner.page.keyboard.type(FIRST)
    follow(owner, owner.page.locator("main").get_by_role("button", name="Enregistrer et continuer"))
    assert pedagogy_of(application) == FIRST

    owner.page.goto(owner.base + reverse("application_page", args=[application.reference]))
    owner.page.set_viewport_size({"width": 320, "height": 700})
    follow(owner, owner.page.locator("main").get_by_role("link", name="Déposer").first)
    owner.page.set_viewport_size({"width": 320, "height": 700})
    reach(owner, owner.page.locator('[name="signature"]'))
    owner.page.keyboard.press("Space")
    follow(owner, owner.page.locator("main").get_by_role("button", name="Déposer le dossier"))
    assert Application.objects.get(pk=application.pk).state == ApplicationState.SUBMITTED
    assert "GEN-" in owner.text()


def test_without_scripts_a_dossier_is_written_chosen_and_filed(browser, portal, judge, application):
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    owner = Person(context, portal, judge)
    owner.page.goto(portal + "/compte/connexion/")
    owner.fill(login=application.started_by.email, password=PASSWORD)
    owner.page.locator('main button[type="submit"]').first.click()

    owner.page.goto(portal + section_of(application, "pedagogie"))
    Application.objects.filter(pk=application.pk).update(pedagogy=SECOND)
    owner.fill(pedagogy=FIRST)
    owner.page.get_by_role("button", name="Enregistrer", exact=True).click()
    panel = owner.page.locator("fieldset.gen-conflict")
    owner.tick(panel.locator('[value="mine"]'))
    owner.page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert pedagogy_of(application) == FIRST

    owner.page.goto(portal + reverse("application_submit", args=[application.reference]))
    owner.check("signature")
    owner.page.get_by_role("button", name="Déposer le dossier").click()
    assert "GEN-" in owner.text()
    context.close()
