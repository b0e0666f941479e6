"""Documents, filing, the receipt, withdrawal: the pages that lead a dossier out of its authors' hands."""

import re

import pytest
from django.utils.html import escape

from applications.models import ApplicationState
from applications.tests.factories import AttachmentFactory, CallFactory, RequiredDocumentFactory
from applications.tests.world import World, pdf, pdf_bytes, status_of
from gen_portal.core.tests.factories import LegalBodyFactory

pytestmark = pytest.mark.django_db


# --- Documents ----------------------------------------------------------------------------------------------------------


def test_a_document_is_joined_replaced_and_removed(frozen_clock, client_for):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call)
    client, url = client_for(world.people["editor"]), world.url("application_files")

    for name in ("v1.pdf", "v2.pdf"):
        assert client.post(url, {"document": document.pk, "file": pdf(name)}).status_code == 302
    current = world.application.attachments.current().get()
    assert (current.file.name, current.document, world.application.attachments.count()) == ("v2.pdf", document, 2)

    assert client.post(world.url("attachment_remove", current.pk)).url == url
    assert world.application.attachments.current().count() == 0


@pytest.mark.parametrize(
    ("content", "words"), [(b"PK\x03\x04 faux", "n'est pas un PDF"), (pdf_bytes(is_active=True), "contient du code")]
)
def test_a_wrong_file_is_refused_in_its_own_slot(frozen_clock, client_for, content, words):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call)

    answer = client_for(world.owner.user).post(
        world.url("application_files"), {"document": document.pk, "file": pdf(content=content)}
    )

    page = answer.content.decode().replace("&#x27;", "'")
    assert words in page
    assert page.index(f'id="piece-{document.pk}"') < page.index(words) < page.index('id="piece-autre"')
    assert world.application.attachments.count() == 0


def test_a_document_of_another_call_is_refused(frozen_clock, client_for):
    world, foreign = World(), RequiredDocumentFactory(call=CallFactory())
    client_for(world.owner.user).post(world.url("application_files"), {"document": foreign.pk, "file": pdf()})
    assert world.application.attachments.count() == 0


def test_documents_are_read_by_members_and_once_filed_by_staff(frozen_clock, client_for):
    world = World(complete=True)
    attachment = AttachmentFactory(application=world.application)
    url = world.url("attachment_file", attachment.pk)
    everybody = ("owner", "reader", "stranger", "officer", "director", "admin")

    before = [status_of(client_for(world.people[name]).get(url)) for name in everybody]
    client_for(world.owner.user).post(world.url("application_submit"), {"key": "une-seule-fois"})
    AttachmentFactory(application=world.application)  # never filed: staff do not see it
    after = [status_of(client_for(world.people[name]).get(url)) for name in everybody]
    unfiled = world.url("attachment_file", world.application.attachments.order_by("-pk").first().pk)

    assert before == [200, 200, 404, 404, 404, 404]
    assert after == [200, 200, 404, 200, 200, 404]
    assert client_for(world.people["officer"]).get(unfiled).status_code == 404


def test_a_file_with_a_virus_is_not_given_to_staff(frozen_clock, client_for):
    world = World(complete=True)
    attachment = AttachmentFactory(application=world.application)
    client_for(world.owner.user).post(world.url("application_submit"), {"key": "une-seule-fois"})
    attachment.file.scan = "infected"
    attachment.file.save()

    assert client_for(world.people["officer"]).get(world.url("attachment_file", attachment.pk)).status_code == 404


# --- Filing -------------------------------------------------------------------------------------------------------------


def test_filing_shows_the_receipt_and_again_the_same_one(frozen_clock, client_for):
    world, body = World(complete=True), LegalBodyFactory()
    client, url = client_for(world.owner.user), world.url("application_submit")
    key = re.search(r'name="key" value="([0-9A-Z]+)"', client.get(url).content.decode())[1]

    answers = [client.post(url, {"key": key}), client.post(url, {"key": key}), client.post(url, {"key": "autre"})]

    filing = world.application.submissions.get()
    assert {answer.url for answer in answers} == {world.url("application_receipt", filing.number)}
    page = client.get(answers[0].url).content.decode()
    mentions = (body.name, body.address, body.phone, body.email, body.silence_meaning, body.remedies, "10 mai 2026")
    for words in (filing.number, filing.sha256, "Relevé n° 1", *(escape(mention) for mention in mentions)):
        assert words in page.replace("\xa0", " ")


def test_an_incomplete_dossier_is_not_filed_and_its_page_leads_to_the_answers(frozen_clock, client_for):
    world = World(complete=True, women_percent=None)
    client, url = client_for(world.owner.user), world.url("application_submit")

    page = client.post(url, {"key": "k" * 10}, follow=True).content.decode().replace("&#x27;", "'")

    assert "Le dossier n'est pas complet" in page
    assert f'href="{world.url("application_section", "publics")}#id_women_percent"' in page
    world.application.refresh_from_db()
    assert world.application.state == ApplicationState.DRAFT


def test_withdrawing_asks_then_does(frozen_clock, client_for):
    world = World(submitted=True)
    client, url = client_for(world.owner.user), world.url("application_withdraw")

    assert "Retirer ce dossier" in client.get(url).content.decode()
    assert client.post(url).url == world.url("application_page")
    world.application.refresh_from_db()
    assert world.application.state == ApplicationState.WITHDRAWN
