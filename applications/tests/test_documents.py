"""The PDF of a draft and of a blank dossier: tagged, in French, saying what the pages say."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.tests.factories import CallFactory, RequiredDocumentFactory
from applications.tests.world import World

pytestmark = pytest.mark.django_db


def read(answer):
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    reader = PdfReader(BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_draft_is_read_on_paper_with_what_it_lacks(frozen_clock, client_for):
    world = World(complete=True, women_percent=None, summary="#eval(1) *pas* [gras] $x$")
    text = read(client_for(world.owner.user).get(world.url("application_pdf")))
    assert "Ce qui manque • Femmes, en %" in text
    assert "#eval(1) *pas* [gras] $x$" in text
    assert "Poste de dépense Précision Montant Personnel 120 000 €" in text
    assert "Ce document n’est pas un récépissé" in text or "Ce document n'est pas un récépissé" in text


def test_a_blank_dossier_asks_every_section(frozen_clock, client):
    call = CallFactory()
    RequiredDocumentFactory(call=call, label="Statuts signés")
    text = read(client.get(reverse("call_blank_pdf", args=[call.slug])))
    for words in (
        "La structure porteuse",
        "Modules de la formation",
        "Calendrier",
        "Statuts signés",
        call.contact_email,
    ):
        assert words in text
