"""The documents of a dossier: joined, replaced, removed, refused where they were sent, read by those who may."""

import errno
import os
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from applications.actions import pieces
from applications.models import Attachment, JournalAction, RequiredDocument
from applications.models.sections import current_attachments, missing_documents
from applications.tests.factories import AttachmentFactory, CallFactory, RequiredDocumentFactory
from applications.tests.world import World, pdf, pdf_bytes, status_of
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, ScanState, StoredFile
from gen_portal.core.tasks import scan_files
from gen_portal.core.tests import corpus
from gen_portal.core.tests.fake_clamd import running_clamd
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.once, pytest.mark.django_db]
JSON = {"headers": {"Accept": "application/json"}}


def page_of(answer):
    return answer.content.decode().replace("&#x27;", "'")


def send(client, world, document, upload, **options):
    data = {"document": document.pk if document else "", "file": upload}
    return client.post(world.url("application_files"), data, **options)


def different(number):
    return pdf(f"piece-{number}.pdf", corpus.a_pdf(number + 1))


def join(world, document, upload):
    return pieces.attach_file(world.application, upload=upload, document=document, by=world.owner.user)


def acts(world):
    entries = JournalEntry.objects.about(world.application).filter(action__contains="file").order_by("number")
    return list(entries.values_list("action", "note"))


# --- Joining ------------------------------------------------------------------------------------------------------------


def test_a_document_is_joined_replaced_and_removed_and_every_version_stays(frozen_clock, client_for):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call, label="Statuts")
    client, url = client_for(world.people["editor"]), world.url("application_files")

    for number in (1, 2):
        assert send(client, world, document, different(number)).url == f"{url}#piece-{document.pk}"
    current = world.application.attachments.current().get()
    assert (current.file.name, current.document) == ("piece-2.pdf", document)
    assert client.post(world.url("attachment_remove", current.pk)).url == f"{url}#piece-{document.pk}"

    assert [one.removed_at for one in world.application.attachments.earlier().order_by("pk")] == [frozen_clock.at] * 2
    page = page_of(client.get(url))
    assert "2 versions antérieures" in page
    assert page.rindex("piece-2.pdf") < page.rindex("piece-1.pdf")
    assert [
        status_of(client.get(world.url("attachment_file", one.pk))) for one in Attachment.objects.order_by("pk")
    ] == [
        200,
        200,
    ]
    assert acts(world) == [
        (JournalAction.FILE_ATTACHED, "Statuts : piece-1.pdf"),
        (JournalAction.FILE_ATTACHED, "Statuts : piece-2.pdf"),
        (JournalAction.FILE_REMOVED, "Statuts : piece-2.pdf"),
    ]


@pytest.mark.parametrize(
    "content, words", [(b"PK\x03\x04 faux", "n'est pas un PDF"), (pdf_bytes(True), "contient du code")]
)
def test_a_wrong_file_is_refused_in_its_own_slot(client_for, content, words):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call)
    answer = send(client_for(world.owner.user), world, document, pdf(content=content))
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.index(f'id="piece-{document.pk}"') < page.index(words) < page.index('id="piece-autre"')
    assert (world.application.attachments.count(), StoredFile.objects.count()) == (0, 0)


def test_the_kinds_of_a_document_are_told_then_held_to(client_for):
    world = World()
    budget = RequiredDocumentFactory(call=world.application.call, accepts_images=False)
    client = client_for(world.owner.user)
    page = page_of(client.get(world.url("application_files")))
    assert "PDF ou tableur (XLSX, ODS), 10 Mo au plus." in page
    assert 'accept=".pdf,.xlsx,.ods"' in page
    refused = send(client, world, budget, SimpleUploadedFile("photo.png", corpus.an_image()))
    assert "Formats acceptés : PDF ou tableur (XLSX, ODS)." in page_of(refused)
    assert send(client, world, budget, SimpleUploadedFile("budget.ods", corpus.an_ods())).status_code == 302
    assert world.application.attachments.get().file.content_type == files_type("ods")


def files_type(ending):
    return {"ods": "application/vnd.oasis.opendocument.spreadsheet"}[ending]


def test_scripts_get_the_address_or_the_sentence(client_for):
    world = World()
    client, url = client_for(world.owner.user), world.url("application_files")
    refused = send(client, world, None, pdf(content=b"texte"), **JSON)
    assert refused.status_code == 422
    assert refused.json() == {
        "sentence": "Ce fichier n'est pas un PDF. Exportez votre document au format PDF, puis joignez-le."
    }
    assert send(client, world, None, pdf(), **JSON).json() == {"url": f"{url}#piece-autre"}


def test_the_same_file_twice_is_told(client_for):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call, label="Statuts")
    client = client_for(world.owner.user)
    send(client, world, document, pdf("a.pdf"))

    again = send(client, world, document, pdf("b.pdf"))
    assert (again.status_code, Attachment.objects.count()) == (409, 1)
    assert "Ce fichier est déjà joint ici, sous le nom « a.pdf » : rien n'a changé." in page_of(again)

    elsewhere = client.post(world.url("application_files"), {"document": "", "file": pdf("c.pdf")}, follow=True)
    assert "Ce fichier est déjà joint aussi comme « Statuts » : vérifiez que c'est voulu." in page_of(elsewhere)
    assert Attachment.objects.current().count() == 2


def test_a_dossier_holds_so_many_files_and_a_replaced_one_does_not_count(settings):
    settings.DOSSIER_MAX_FILES = 2
    world = World()
    document = RequiredDocumentFactory(call=world.application.call)
    join(world, document, different(1)), join(world, None, different(2))
    with pytest.raises(Refused, match="au plus 2 fichiers"):
        join(world, None, different(3))
    join(world, document, different(4))
    assert sorted(one.file.name for one in Attachment.objects.current()) == ["piece-2.pdf", "piece-4.pdf"]


def test_a_structure_keeps_so_many_bytes(settings):
    world = World()
    first = join(world, None, different(1))
    settings.STRUCTURE_MAX_BYTES = first.file.size_bytes + 1
    with pytest.raises(Refused, match="Votre structure a déjà déposé"):
        join(world, None, different(2))
    assert StoredFile.objects.count() == 1


def test_a_document_of_another_call_is_refused(client_for):
    world, foreign = World(), RequiredDocumentFactory(call=CallFactory())
    assert send(client_for(world.owner.user), world, foreign, pdf()).status_code == 404
    with pytest.raises(Refused, match="n'est pas demandée"):
        join(world, foreign, pdf())
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_filed_dossier_takes_no_file_and_leaves_none_behind(client_for):
    world = World(submitted=True)
    kept = {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}
    answer = send(client_for(world.owner.user), world, None, pdf())
    assert answer.status_code == 409
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == kept
    assert StoredFile.objects.count() == 0


def test_removing_twice_changes_nothing_more_and_a_filed_one_stays(frozen_clock):
    world = World()
    joined = join(world, None, pdf())
    pieces.remove_file(joined, by=world.owner.user)
    frozen_clock.advance(minutes=1)
    again = pieces.remove_file(joined, by=world.owner.user)
    assert (again.removed_at < clock.now(), len(acts(world))) == (True, 2)
    filed = AttachmentFactory(application=World(submitted=True).application)
    with pytest.raises(Refused):
        pieces.remove_file(filed, by=None)


def test_two_current_files_in_one_place_cannot_be():
    world = World()
    document = RequiredDocumentFactory(call=world.application.call)
    AttachmentFactory(application=world.application, document=document)
    with pytest.raises(IntegrityError):
        AttachmentFactory(application=world.application, document=document)


def test_a_document_that_accepts_nothing_cannot_be():
    nothing = {"accepts_pdf": False, "accepts_images": False, "accepts_sheets": False}
    with pytest.raises(IntegrityError):
        RequiredDocument.objects.create(call=CallFactory(), label="Rien", **nothing)


def test_a_full_disk_keeps_the_draft_and_says_so(client_for, monkeypatch):
    world = World()
    joined = join(world, None, different(1))

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("gen_portal.core.storage.os.fsync", full)
    client = client_for(world.owner.user)
    page, told = send(client, world, None, different(2)), send(client, world, None, different(2), **JSON)
    assert (page.status_code, told.status_code) == (507, 507)
    assert "Le portail n'a plus de place pour ce fichier" in page_of(page)
    assert "Votre dossier est intact" in told.json()["sentence"]
    assert (list(Attachment.objects.current()), StoredFile.objects.get()) == ([joined], joined.file)
    assert [path.name for path in settings.FILES_ROOT.rglob("*.part")] == []


@pytest.mark.parametrize("row_count", [1, 3])
def test_the_page_asks_the_database_as_much_for_one_file_as_for_three(client_for, django_assert_num_queries, row_count):
    world = World()
    for _ in range(row_count):
        AttachmentFactory(application=world.application)
        document = RequiredDocumentFactory(call=world.application.call)
        AttachmentFactory(application=world.application, document=document, removed_at=clock.now())
    client = client_for(world.owner.user)
    client.get(world.url("application_files"))
    with django_assert_num_queries(QUERIES):
        client.get(world.url("application_files"))


QUERIES = 8


# --- Reading ------------------------------------------------------------------------------------------------------------


def test_readers_and_filed_dossiers_are_read_without_a_form(client_for):
    world, filed = World(), World(submitted=True)
    AttachmentFactory(application=filed.application)
    read = client_for(world.people["reader"]).get(world.url("application_files"))
    assert (read.status_code, "data-gen-upload" in page_of(read)) == (200, False)
    assert send(client_for(world.people["reader"]), world, None, pdf()).status_code == 403
    page = page_of(client_for(filed.owner.user).get(filed.url("application_files")))
    assert ("ses pièces ne changent plus" in page, "data-gen-upload" in page) == (True, False)


def test_documents_are_read_by_members_and_once_filed_by_staff(frozen_clock, client_for):
    world = World(complete=True)
    attachment = AttachmentFactory(application=world.application)
    url = world.url("attachment_file", attachment.pk)
    everybody = ("owner", "reader", "stranger", "officer", "director", "admin")

    before = [status_of(client_for(world.people[name]).get(url)) for name in everybody]
    client_for(world.owner.user).post(world.url("application_submit"), {"key": "une-seule-fois", "signature": "on"})
    AttachmentFactory(application=world.application)  # never filed: staff do not see it
    after = [status_of(client_for(world.people[name]).get(url)) for name in everybody]
    unfiled = world.url("attachment_file", world.application.attachments.order_by("-pk").first().pk)

    assert before == [200, 200, 404, 404, 404, 404]
    assert after == [200, 200, 404, 200, 200, 404]
    assert client_for(world.people["officer"]).get(unfiled).status_code == 404


# --- The antivirus ------------------------------------------------------------------------------------------------------


def test_a_dossier_is_filed_without_waiting_and_its_file_waits_for_the_antivirus(frozen_clock, client_for, settings):
    world = World(complete=True)
    document = RequiredDocumentFactory(call=world.application.call)
    with running_clamd() as (daemon, settings.CLAMAV_URL):
        daemon.mode, settings.CLAMAV_TIMEOUT = "garbage", 5
        joined = join(world, document, pdf())
        client_for(world.owner.user).post(world.url("application_submit"), {"key": "une-seule-fois", "signature": "on"})
        url = world.url("attachment_file", joined.pk)
        seen = [seen_by(client_for, world, url)]
        tick_and_scan()
        seen.append(seen_by(client_for, world, url))
        daemon.mode = "judge"
        tick_and_scan()
        seen.append(seen_by(client_for, world, url))
    assert world.application.submissions.count() == 1
    assert seen == [[200, 200, 403, 403, 404]] * 2 + [[200, 200, 200, 200, 404]]


def seen_by(client_for, world, url):
    names = ("owner", "reader", "officer", "director", "stranger")
    return [status_of(client_for(world.people[name]).get(url)) for name in names]


def tick_and_scan():
    """What the minute's tick and the worker it asks do."""
    scan_files()
    pieces.tell_viruses()


def test_a_virus_is_told_once_withheld_and_its_document_is_missing_again(frozen_clock, client_for, settings, mails):
    world = World()
    document = RequiredDocumentFactory(call=world.application.call, label="Statuts")
    with running_clamd() as (_, settings.CLAMAV_URL):
        joined = join(world, document, pdf(content=corpus.a_pdf() + b"% " + corpus.EICAR))
        assert missing_documents(world.application, current_attachments(world.application)) == []
        tick_and_scan()
        tick_and_scan()
        page = page_of(client_for(world.owner.user).get(world.url("application_files")))
    joined.file.refresh_from_db()
    assert (joined.file.scan, joined.file.scan_found) == (ScanState.INFECTED, "Eicar-Test-Signature")
    assert [
        missing.label for missing in missing_documents(world.application, current_attachments(world.application))
    ] == ["Statuts"]
    assert ("à remplacer" in page, "refaites le document sur un poste sain" in page) == (True, True)
    (mail,) = mails(kind="application_virus")
    assert mail.to_address == world.owner.user.email
    for words in ("Eicar-Test-Signature", "statuts.pdf", "avant de déposer le dossier"):
        assert words in mail.text_body
    told = JournalEntry.objects.about(world.application).get(action=JournalAction.VIRUS_FOUND)
    assert (told.by, told.note) == (None, "Statuts : statuts.pdf (Eicar-Test-Signature)")


def test_after_filing_the_letter_says_that_the_filing_stands(frozen_clock, mails):
    world = World(submitted=True)
    joined = AttachmentFactory(application=world.application)
    StoredFile.objects.filter(pk=joined.file_id).update(scan=ScanState.INFECTED, scan_found="Eicar")
    assert (pieces.tell_viruses(), pieces.tell_viruses()) == (1, 0)
    assert "son dépôt reste valable" in mails(kind="application_virus")[0].text_body


def test_a_file_in_which_a_virus_was_found_is_given_to_its_structure_alone(frozen_clock, client_for):
    world = World(complete=True)
    attachment = AttachmentFactory(application=world.application)
    client_for(world.owner.user).post(world.url("application_submit"), {"key": "une-seule-fois", "signature": "on"})
    StoredFile.objects.filter(pk=attachment.file_id).update(scan=ScanState.INFECTED)
    url = world.url("attachment_file", attachment.pk)
    assert seen_by(client_for, world, url) == [200, 200, 403, 403, 404]
    assert re.search(r"a trouvé un virus dans ce fichier", page_of(client_for(world.people["officer"]).get(url)))
