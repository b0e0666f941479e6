"""Joining documents at a browser: progress, refusals beside the field, versions; by keyboard, at 320 px, without scripts."""

import pytest
from django.urls import reverse

from applications.models import Attachment
from applications.tests.factories import ApplicationFactory, MembershipFactory, RequiredDocumentFactory, TrainingFactory
from gen_portal.core.tests import corpus
from gen_portal.tests.browser.person import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dossier(portal):
    owner = MembershipFactory()
    owner.user.set_password(PASSWORD)
    owner.user.save(update_fields=["password"])
    application = ApplicationFactory(training=TrainingFactory(structure=owner.structure, title="Développement web"))
    RequiredDocumentFactory(
        call=application.call, label="Budget prévisionnel", help_text="Signé.", accepts_images=False
    )
    return owner.user, reverse("application_files", args=[application.reference])


def a_file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def slot_of(person):
    return person.page.locator("main section.gen-card").first


def join(person, file):
    slot = slot_of(person)
    slot.locator('input[type="file"]').set_input_files(file)
    button = slot.locator('button[type="submit"]')
    button.focus()
    person.page.keyboard.press("Enter")


def current_names():
    return [attachment.file.name for attachment in Attachment.objects.current().order_by("pk")]


def test_a_file_is_refused_joined_and_replaced_by_keyboard_on_a_small_screen(arrive, dossier):
    user, url = dossier
    owner = arrive()
    owner.sign_in(user.email)
    owner.go(url)
    owner.page.set_viewport_size({"width": 320, "height": 800})
    assert "PDF ou tableur (XLSX, ODS), 10 Mo au plus." in owner.text()

    join(owner, a_file("budget.xlsx", corpus.xlsx_with([("xl/vbaProject.bin", b"x")])))
    slot_of(owner).get_by_text("Ce classeur contient des macros").wait_for()
    assert owner.page.evaluate("document.activeElement.type") == "file"
    assert owner.page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    owner.judge.hold(owner.page, "refused")

    join(owner, a_file("grand.pdf", bytes(10 * 2**20 + 1)))
    slot_of(owner).get_by_text("Ce fichier dépasse 10 Mo").wait_for()

    join(owner, a_file("budget.ods", corpus.an_ods()))
    owner.page.get_by_text("« budget.ods » est joint au dossier.").wait_for()
    join(owner, a_file("budget.pdf", corpus.a_pdf()))
    owner.page.get_by_text("« budget.pdf » est joint au dossier.").wait_for()
    assert "1 version antérieure" in slot_of(owner).inner_text()
    assert current_names() == ["budget.pdf"]
    owner.look()


def test_progress_is_shown_and_said(arrive, dossier):
    user, url = dossier
    owner = arrive()
    owner.sign_in(user.email)
    owner.go(url)
    owner.page.evaluate(
        """() => {
            window.said = [];
            const live = document.querySelector("[data-gen-upload-said]");
            new MutationObserver(() => window.said.push(live.textContent)).observe(live, {childList: true});
        }"""
    )
    join(owner, a_file("budget.pdf", corpus.with_script()))
    slot_of(owner).get_by_text("Ce PDF contient du code").first.wait_for()
    assert owner.page.evaluate("window.said").count("Envoyé. Vérification du fichier en cours…") == 1
    assert slot_of(owner).locator("progress").is_hidden()
    assert slot_of(owner).locator('button[type="submit"]').is_enabled()


def test_without_scripts_a_file_is_refused_and_joined_all_the_same(browser, portal, judge, dossier):
    user, url = dossier
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    owner = Person(context, portal, judge)
    owner.page.goto(portal + "/compte/connexion/")
    owner.fill(login=user.email, password=PASSWORD)
    owner.page.locator('main button[type="submit"]').first.click()
    owner.page.goto(portal + url)
    join(owner, a_file("budget.pdf", corpus.with_script()))
    slot_of(owner).get_by_text("Ce PDF contient du code").first.wait_for()
    join(owner, a_file("budget.pdf", corpus.a_pdf()))
    owner.page.get_by_text("« budget.pdf » est joint au dossier.").wait_for()
    assert current_names() == ["budget.pdf"]
    context.close()
