"""The receipt: its mentions from data, the same in page, mail and PDF; checked on the portal and by a script offline."""

import io
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from applications import receipts, transitions
from applications.models import Submission
from applications.tests.factories import AttachmentFactory
from applications.tests.world import World
from gen_portal.core.tests.factories import LegalBodyFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SCRIPT = settings.BASE_DIR / "static" / "verification" / "verifier_depot.py"


@pytest.fixture
def world(frozen_clock):
    """A dossier with a document, filed, under the authority of a legal body."""
    LegalBodyFactory()
    world = World(complete=True)
    world.attachment = AttachmentFactory(application=world.application)
    world.filing = transitions.submit(world.application, by=world.owner.user, key="k1")
    return world


def exported(world, client_for):
    answer = client_for(world.owner.user).get(world.url("receipt_export", world.filing.number))
    return json.loads(answer.content)


def words_of(pdf_content):
    pages = PdfReader(io.BytesIO(pdf_content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def test_a_receipt_keeps_the_words_of_its_day(world, mails):
    before = receipts.export(world.filing)
    call = world.application.call
    call.contact_name = "Une autre équipe"
    call.save()
    LegalBodyFactory(name="Une autre personne morale")

    again = receipts.export(Submission.objects.for_receipt().get())

    assert again == before
    assert before["receipt"]["authority"]["name"] == "Groupement d'intérêt public fictif"
    assert before["receipt"]["implicit_decision_on"].replace("\xa0", " ") == "10 mai 2026"
    assert before["seal"] in mails(kind="application_submitted")[0].text_body


def test_the_pdf_is_tagged_says_the_same_and_never_changes(world, client_for):
    answer = client_for(world.owner.user).get(world.url("receipt_pdf", world.filing.number))
    content = receipts.export(world.filing)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert receipts.document(Submission.objects.for_receipt().get()) == answer.content
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/MarkInfo"]["/Marked"]
    mentions = content["receipt"]
    told = [mentions[name] for name in ("number", "filed_at_text", "filed_by", "silence", "remedies")]
    told += [*mentions["authority"].values(), content["seal"], world.attachment.file.sha256]
    for words in told:
        assert " ".join(words.split()) in words_of(answer.content)


@pytest.mark.parametrize(("trait", "words"), [("withdraw", "a été retiré"), ("complete", "plus récent")])
def test_a_receipt_says_when_it_no_longer_counts(world, client_for, frozen_clock, trait, words):
    owner, application = world.owner.user, world.application
    if trait == "complete":
        day = frozen_clock.today + timedelta(days=5)
        transitions.return_for_completion(application, by=world.people["officer"], request="Les statuts.", due_on=day)
        transitions.submit(application, by=owner, key="k2")
    else:
        transitions.withdraw(application, by=owner)

    page = client_for(owner).get(world.url("application_receipt", world.filing.number)).content.decode()

    assert words in page


# --- The public page ----------------------------------------------------------------------------------------------------


def test_anybody_learns_that_a_receipt_exists_and_nothing_of_whom(world, client):
    page = client.get(reverse("receipt_check"), {"numero": world.filing.number.lower()}).content.decode()

    assert world.filing.number in page
    assert world.filing.sha256 in page
    secrets = (
        world.structure.name,
        world.application.training.title,
        world.owner.user.last_name,
        world.application.call.title,
    )
    assert [secret for secret in secrets if secret in page] == []


@pytest.mark.parametrize("number", ["GEN-2026-AAAA-BBBB-CCCC", "1", "%", "' OR 1=1"])
def test_an_unknown_number_is_said_so(world, client, number):
    assert "Aucun récépissé" in client.get(reverse("receipt_check"), {"numero": number}).content.decode()


@pytest.mark.parametrize("way", ["text", "file"])
def test_an_untouched_export_is_recognised(world, client, client_for, way):
    text = json.dumps(exported(world, client_for))
    sent = SimpleUploadedFile("depot.json", text.encode()) if way == "file" else text

    page = client.post(reverse("receipt_check"), {way: sent}).content.decode()

    assert "Rien n'a changé" in page.replace("&#x27;", "'")


TAMPERINGS = {
    "an answer": lambda export: export["archive"]["sections"][0]["answers"][0].update(text="x"),
    "a file": lambda export: export["archive"]["files"][0].update(sha256="0" * 64),
    "the instant": lambda export: export["receipt"].update(filed_at="2016-11-25T22:59:59.999999+00:00"),
    "the number": lambda export: export["receipt"].update(number="GEN-2026-AAAA-BBBB-CCCC"),
    "the number's kind": lambda export: export["receipt"].update(number=["GEN", "\x00"]),
    "the seal": lambda export: export.update(seal="0" * 64),
    "something more": lambda export: export.update(extra=1),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_changed_export_is_not_recognised(world, client, client_for, tampering):
    export = exported(world, client_for)
    TAMPERINGS[tampering](export)

    page = client.post(reverse("receipt_check"), {"text": json.dumps(export)}).content.decode()

    assert "n'est pas celui d'un dépôt" in page.replace("&#x27;", "'")


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 5000, '{"receipt": {"number": "\\u0000"}}'])
def test_what_is_no_export_is_refused_in_words(world, client, text):
    page = client.post(reverse("receipt_check"), {"text": text}).content.decode().replace("&#x27;", "'")

    assert "n'est pas celui d'un dépôt" in page or "collez son contenu" in page
    assert "Rien n'a changé" not in page


# --- Offline ------------------------------------------------------------------------------------------------------------


def run_script(tmp_path, export, *options):
    (tmp_path / "depot.json").write_text(json.dumps(export))
    ran = subprocess.run(
        [sys.executable, "-I", SCRIPT, tmp_path / "depot.json", *options], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout


def test_the_script_accepts_an_honest_export_and_its_files(world, client_for, tmp_path):
    export, pieces = exported(world, client_for), tmp_path / "pieces"
    pieces.mkdir()
    with world.attachment.file.content.open("rb") as content:
        (pieces / "renommé.pdf").write_bytes(content.read())

    code, said = run_script(tmp_path, export, "--pieces", pieces, "--empreinte", export["seal"].upper())

    assert (code, said.count("concorde :"), "NE CONCORDE PAS" in said) == (0, 4, False)
    assert world.filing.number in said


@pytest.mark.parametrize("tampering", ["an answer", "a file", "the instant", "the number", "the seal"])
def test_the_script_refuses_a_changed_export(world, client_for, tmp_path, tampering):
    export = exported(world, client_for)
    TAMPERINGS[tampering](export)

    assert run_script(tmp_path, export)[0] == 1


def test_the_script_refuses_a_file_with_one_byte_flipped(world, client_for, tmp_path):
    export, pieces = exported(world, client_for), tmp_path / "pieces"
    pieces.mkdir()
    with world.attachment.file.content.open("rb") as content:
        changed = bytearray(content.read())
    changed[-1] ^= 1
    (pieces / "statuts.pdf").write_bytes(changed)

    code, said = run_script(tmp_path, export, "--pieces", pieces)

    assert (code, "NE CONCORDE PAS : Pièce « statuts.pdf »" in said) == (1, True)


def test_the_script_refuses_an_export_made_anew_against_the_printed_fingerprint(world, client_for, tmp_path):
    """Whoever changes an answer may compute the fingerprints again: the printed one tells."""
    export = exported(world, client_for)
    printed = export["seal"]
    forged = Submission.objects.for_receipt().get()
    forged.archive["sections"][0]["answers"][0]["text"] = "x"
    forged.sha256 = receipts.archive.digest(forged.archive)

    assert run_script(tmp_path, receipts.export(forged))[0] == 0
    assert run_script(tmp_path, receipts.export(forged), "--empreinte", printed)[0] == 1


def test_the_script_says_what_it_cannot_read(tmp_path):
    assert run_script(tmp_path, ["rien"])[0] == 2
