"""A dossier is filed signed, or not at all; a signature holds for the content it was given to."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import archive, transitions
from applications.actions import signature
from applications.models import Signature, SignatureRequest
from applications.tests.factories import AttachmentFactory
from applications.tests.world import World, status_of
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(frozen_clock):
    """A complete dossier whose declared signatory is somebody else than its owner."""
    return World(complete=True, signatory_name="Dominique Lefèvre", signatory_role="présidente")


@pytest.fixture
def application(world):
    return world.application


def acts_on(application):
    return [entry.action for entry in JournalEntry.objects.about(application)]


def ask(world, mails):
    """A link sent to the signatory: its request and its address."""
    request = signature.request_signature(world.application, email="Presidente@Exemple.fr", by=world.owner.user)
    return request, re.search(r"/signer/[^/\s)]+/", mails(kind="signature_requested")[-1].text_body).group(0)


def digest_in(page):
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page.content.decode()).group(1)


def mandate(**changes):
    return {"role": "directrice", "mandate_on": "2026-03-01", "document": "", "is_declared": "on", **changes}


# --- The common case: the declared signatory files -------------------------------------------------------------------


def test_the_declared_signatory_signs_with_one_tick_in_filing(frozen_clock, client_for):
    world = World(complete=True)
    client, url = client_for(world.owner.user), world.url("application_submit")

    unticked = client.post(url, {"key": "K1"}, follow=True)
    assert "signe" in unticked.content.decode()
    assert world.application.submissions.count() == 0
    assert client.post(url, {"key": "K1", "signature": "on"}).status_code == 302

    filing, row = world.application.submissions.get(), Signature.objects.get()
    assert (row.kind, row.signed_by, row.signed_at) == ("representative", world.owner.user, filing.filed_at)
    assert filing.archive["signature"] == {
        "name": world.owner.user.get_full_name(),
        "role": "présidente",
        "manner": "signature du représentant déclaré, en déposant",
        "signed_at": filing.filed_at.isoformat(),
        "content_sha256": row.content_sha256,
        "mandate": "",
    }
    assert archive.digest(archive.unsigned(filing.archive)) == row.content_sha256
    assert acts_on(world.application)[-2:] == ["application.signed", "application.submitted"]


@pytest.mark.parametrize(
    ("declared", "is_same"),
    [
        ("Camille Martin", True),
        ("Mme CAMILLE MARTIN", True),
        ("Martin Camille", True),
        ("Camille Durand", False),
        ("", False),
    ],
)
def test_the_declared_signatory_is_known_by_name(application, declared, is_same):
    user = application.started_by
    user.first_name, user.last_name = "Camille", "Martin"
    application.signatory_name = declared
    assert signature.is_declared_signatory(user, application) is is_same


def test_who_is_not_the_signatory_does_not_file_unsigned(application, client_for, world):
    with pytest.raises(signature.Unsigned, match=r"Dominique Lefèvre \(présidente\) engage"):
        transitions.submit(application, by=world.owner.user, key="K1")
    page = client_for(world.owner.user).get(world.url("application_submit")).content.decode()
    assert "Faire signer" in page
    assert "data-gen-file" not in page
    assert application.submissions.count() == 0


# --- By mandate -------------------------------------------------------------------------------------------------------


def test_a_member_signs_by_mandate_and_the_owner_files(world, application, client_for):
    url = world.url("signature_mandate")

    assert client_for(world.people["editor"]).post(url, mandate()).status_code == 302
    filing = transitions.submit(application, by=world.owner.user, key="K1")

    signed = filing.archive["signature"]
    assert signed["name"] == world.people["editor"].get_full_name()
    assert signed["mandate"].replace("\xa0", " ") == "donné par Dominique Lefèvre, présidente, le 1er mars 2026"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_declared": ""}, "ou cochez cette déclaration"),
        ({"mandate_on": "2026-03-11"}, "jour à venir"),
        ({"role": ""}, "obligatoire"),
    ],
)
def test_a_mandate_without_its_proof_signs_nothing(world, client_for, changes, words):
    page = client_for(world.owner.user).post(world.url("signature_mandate"), mandate(**changes)).content.decode()
    assert words in page
    assert Signature.objects.count() == 0


def test_a_mandate_is_shown_by_a_document_of_this_dossier_alone(world, client_for):
    own, foreign = AttachmentFactory(application=world.application), AttachmentFactory()
    client = client_for(world.owner.user)
    client.post(world.url("signature_mandate"), mandate(document=foreign.pk, is_declared=""))
    assert Signature.objects.count() == 0
    client.post(world.url("signature_mandate"), mandate(document=own.pk, is_declared=""))
    assert Signature.objects.get().mandate_document == own


def test_the_database_refuses_a_mandate_without_giver(application):
    row = {"kind": "mandate", "name": "A", "role": "B", "content_sha256": "0" * 64, "signed_at": application.started_at}
    with pytest.raises(IntegrityError, match="a_mandate_has"), transaction.atomic():
        Signature.objects.create(application=application, signed_by=application.started_by, **row)


# --- By link ----------------------------------------------------------------------------------------------------------


def test_a_signatory_without_account_reads_and_signs(world, application, client, mails, frozen_clock):
    attachment = AttachmentFactory(application=application)
    request, url = ask(world, mails)

    page = client.get(url)
    assert status_of(client.get(f"{url}pieces/{attachment.pk}/")) == 200
    assert "Empreinte SHA-256" in page.content.decode()
    assert Signature.objects.count() == 0
    client.post(url, {"digest": digest_in(page), "engage": "on"})

    row = Signature.objects.get()
    assert (row.name, row.role, row.kind, row.signed_by) == ("Dominique Lefèvre", "présidente", "link", None)
    assert row.content_sha256 == signature.content_of(application)[1]
    assert "a signé ce dossier" in client.get(url).content.decode()
    assert status_of(client.get(f"{url}pieces/{attachment.pk}/")) == 404
    assert [mail.to_address for mail in mails(kind="signature_given")] == [request.requested_by.email]
    assert transitions.submit(application, by=world.owner.user, key="K1").archive["signature"]["name"] == row.name


def test_the_tick_is_needed_and_nothing_else_can_be_signed(world, client, mails):
    _, url = ask(world, mails)
    digest = digest_in(client.get(url))
    client.post(url, {"digest": digest})
    client.post(url, {"digest": "0" * 64, "engage": "on"})
    assert Signature.objects.count() == 0


def test_a_dossier_changed_between_reading_and_signing_is_read_again(world, application, client, mails):
    _, url = ask(world, mails)
    digest = digest_in(client.get(url))
    type(application).objects.filter(pk=application.pk).update(summary="Tout autre chose.")

    answer = client.post(url, {"digest": digest, "engage": "on"}, follow=True)

    assert "Le dossier a changé depuis que vous l" in answer.content.decode()
    assert "Tout autre chose." in answer.content.decode()
    assert Signature.objects.count() == 0


def test_a_signature_no_longer_holds_once_the_content_changed(world, application, client, client_for, mails):
    _, url = ask(world, mails)
    client.post(url, {"digest": digest_in(client.get(url)), "engage": "on"})
    assert signature.signature_in_force(application) is not None
    type(application).objects.filter(pk=application.pk).update(summary="Tout autre chose.")
    application.refresh_from_db()

    page = client_for(world.owner.user).get(world.url("application_signature")).content.decode()

    assert signature.signature_in_force(application) is None
    assert "À signer de nouveau" in page
    with pytest.raises(signature.Unsigned):
        transitions.submit(application, by=world.owner.user, key="K1")


def test_a_link_lasts_fourteen_days_and_serves_once(world, application, client, mails, frozen_clock):
    request, url = ask(world, mails)
    digest = digest_in(client.get(url))
    frozen_clock.set(request.expires_at)
    with pytest.raises(Refused, match="plus valable"):
        signature.sign_by_link(request, digest=digest)
    assert "plus valable depuis" in client.get(url).content.decode()
    frozen_clock.set(request.expires_at - timedelta(microseconds=1))
    signature.sign_by_link(request, digest=digest)
    with pytest.raises(Refused, match="plus valable"):
        signature.sign_by_link(request, digest=digest)
    assert Signature.objects.count() == 1


def test_a_new_link_replaces_the_former_and_a_cancelled_one_is_dead(world, application, client, client_for, mails):
    first, first_url = ask(world, mails)
    second, second_url = ask(world, mails)
    assert "annulé ou remplacé" in client.get(first_url).content.decode()

    owner = client_for(world.owner.user)
    owner.post(reverse("signature_request_cancel", args=[application.reference, second.pk]))

    assert "annulé ou remplacé" in client.get(second_url).content.decode()
    assert SignatureRequest.objects.pending().count() == 0
    assert acts_on(application)[-3:] == [
        "application.signature_requested",
        "application.signature_requested",
        "application.signature_request_cancelled",
    ]


def test_an_incomplete_dossier_is_not_signed(frozen_clock):
    world = World()
    with pytest.raises(Refused, match="dossier complet"):
        signature.request_signature(world.application, email="a@exemple.fr", by=world.owner.user)


def test_a_used_link_is_not_cancelled(world, client, mails):
    request, url = ask(world, mails)
    client.post(url, {"digest": digest_in(client.get(url)), "engage": "on"})
    with pytest.raises(Refused, match="déjà servi"):
        signature.cancel_request(request, by=world.owner.user)
