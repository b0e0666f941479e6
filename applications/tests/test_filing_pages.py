"""Filing, the receipt, withdrawal: the pages that lead a dossier out of its authors' hands."""

import re

import pytest
from django.utils.html import escape

from applications.models import ApplicationState
from applications.tests.world import World
from gen_portal.core.tests.factories import LegalBodyFactory

pytestmark = pytest.mark.django_db


# --- Filing -------------------------------------------------------------------------------------------------------------


def test_filing_shows_the_receipt_and_again_the_same_one(frozen_clock, client_for):
    world, body = World(complete=True), LegalBodyFactory()
    client, url = client_for(world.owner.user), world.url("application_submit")
    key = re.search(r'name="key" value="([0-9A-Z]+)"', client.get(url).content.decode())[1]

    answers = [
        client.post(url, {"key": key, "signature": "on"}),
        client.post(url, {"key": key, "signature": "on"}),
        client.post(url, {"key": "autre", "signature": "on"}),
    ]

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
