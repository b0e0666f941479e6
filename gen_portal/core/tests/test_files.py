"""Private files: how they are checked, kept whole or not at all, and handed out again."""

import errno
import hashlib
import io

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from gen_portal.core import files
from gen_portal.core.files import checking
from gen_portal.core.inspection import pdf
from gen_portal.core.inspection.kinds import Kind, kinds_text
from gen_portal.core.inspection.verdicts import TOO_HEAVY, Wrong
from gen_portal.core.models import ScanState, StoredFile
from gen_portal.core.tests import corpus
from gen_portal.core.tests.factories import UserFactory

pytestmark = pytest.mark.once

#: What people and machines call files; each is kept as it is, and none of them is a path.
NAMES = (
    *("statuts.pdf", "Budget prévisionnel été 2026.pdf", "l'accord « cadre ».pdf", 'a"b.pdf', "a;b=c.pdf", "100 %.pdf"),
    *(
        "../../etc/passwd.pdf",
        "..\\..\\x.pdf",
        "/etc/x.pdf",
        "C:\\x.pdf",
        "a/b/c.pdf",
        "~root.pdf",
        "CON.pdf",
        "nul.pdf",
    ),
    *(
        "-rf.pdf",
        "$(id).pdf",
        "`id`.pdf",
        "a|b.pdf",
        "a>b.pdf",
        "a&b.pdf",
        "*.pdf",
        "?.pdf",
        "a\tb.pdf",
        "a\r\nX: y.pdf",
    ),
    *(
        "%2e%2e%2f.pdf",
        "a%00.pdf",
        "日本語.pdf",
        "Ελληνικά.pdf",
        "русский.pdf",
        "🙂.pdf",
        "ﬁ.pdf",
        "e\u0301.pdf",
        "ñ.pdf",
    ),
    *("a.pdf.pdf", "....pdf", " espace.pdf", "espace .pdf", "a" * 190 + ".pdf", "é" * 190 + ".pdf", "<script>.pdf"),
    *("' OR 1=1.pdf", "{{ 7*7 }}.pdf", "{% now %}.pdf", "=cmd|'x'.pdf", "+1.pdf", "@a.pdf", "#a.pdf", "a\\b.pdf"),
    *("filename*=utf-8''x.pdf", "a%0d%0ab.pdf", "a\u00a0b.pdf", "ß.pdf"),
)


def upload(content, name="dossier.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def objects():
    return {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}


# --- Checked ------------------------------------------------------------------------------------------------------------


def test_a_file_too_large_is_refused_unread():
    with pytest.raises(ValidationError, match="dépasse 10 Mo"):
        files.check(upload(b"%PDF-" + bytes(settings.UPLOAD_MAX_BYTES)))


def test_a_kind_not_asked_for_is_refused_with_those_that_are():
    with pytest.raises(ValidationError, match="Formats acceptés : PDF ou tableur"):
        files.check(upload(b"", "photo.png"), kinds=files.ALL - files.IMAGES)
    assert kinds_text(files.ALL) == "PDF, image (PNG, JPEG) ou tableur (XLSX, ODS)"


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "a = bytearray(700 * 2**20)",
        "open('/tmp/gen-portal-never', 'wb').write(b'x')",
        "import os; os.fork()",
        "import os; os._exit(0)",
    ],
)
def test_what_a_file_may_make_its_reader_do_ends_in_a_refusal(monkeypatch, program):
    """The limits of the subprocess hold for whatever a flaw in a library would let a file do."""
    limited = "; from inspection.reading import _limit; _limit()\n"
    monkeypatch.setattr(checking, "_PROGRAM", checking._PROGRAM.partition(";")[0] + "; " + PATH + limited + program)
    assert checking.ask(b"", Kind.PDF) == checking.Verdict(TOO_HEAVY)


PATH = "sys.path.append(sys.argv[1])"


def test_a_reader_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr(checking, "_WALL_SECONDS", 0.5)
    monkeypatch.setattr(checking, "_PROGRAM", "import time; time.sleep(60)")
    assert checking.ask(b"", Kind.PDF) == checking.Verdict(TOO_HEAVY)


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.integers(5, len(corpus.with_script()) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_pdf_never_breaks_its_reader(position, damage):
    content = bytearray(corpus.with_script())
    content[position : position + len(damage)] = damage
    try:
        pdf.check(bytes(content))
    except Wrong as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 – refused or accepted, but never another error


def test_a_published_pdf_has_no_metadata():
    copy = files.copy_without_metadata(corpus.with_metadata(), Kind.PDF)
    reader = PdfReader(io.BytesIO(copy))
    assert (len(reader.pages), dict(reader.metadata or {}), b"Camille" in copy) == (1, {}, False)


def test_a_shown_image_is_upright_and_says_nothing_of_who_took_it():
    copy = Image.open(io.BytesIO(files.copy_without_metadata(corpus.a_photo(), Kind.JPEG)))
    assert (copy.size, dict(copy.getexif()), "exif" in copy.info) == ((40, 80), {}, False)


def test_other_kinds_have_no_copy_and_a_damaged_file_none_either():
    assert files.copy_without_metadata(b"PK", Kind.ODS) == b"PK"
    with pytest.raises(ValidationError, match="abîmée"):
        files.copy_without_metadata(corpus.an_image()[:60], Kind.PNG)


# --- Kept ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_store_keeps_the_bytes_under_a_name_of_its_own(frozen_clock):
    user = UserFactory()
    stored = files.store(b"contenu", name="../../évasion.pdf", content_type="application/pdf", by=user)
    assert (stored.name, stored.size_bytes, stored.scan) == ("../../évasion.pdf", 7, ScanState.NOT_SCANNED)
    assert (stored.sha256, stored.stored_at) == (hashlib.sha256(b"contenu").hexdigest(), frozen_clock.at)
    folder, name = stored.content.name.split("/")
    assert (name[:2], len(name)) == (folder, 32)
    assert (settings.FILES_ROOT / stored.content.name).read_bytes() == b"contenu"
    assert (settings.FILES_ROOT / stored.content.name).stat().st_mode & 0o777 == 0o640


@pytest.mark.django_db
def test_no_name_leads_out_of_the_storage_or_over_another_file():
    before, outside = objects(), set(settings.FILES_ROOT.parent.iterdir())
    kept = [files.store(b"x", name=name, content_type="application/pdf", by=None) for name in NAMES]
    made = objects() - before
    assert (len(NAMES) >= 50, len(made), set(settings.FILES_ROOT.parent.iterdir())) == (True, len(NAMES), outside)
    assert {path.relative_to(settings.FILES_ROOT).as_posix() for path in made} == {row.content.name for row in kept}
    assert [row.name for row in StoredFile.objects.order_by("pk")] == list(NAMES)


@pytest.mark.django_db
def test_a_row_that_does_not_come_takes_its_bytes_away():
    before = objects()

    @transaction.atomic
    def store_and_fail():
        with files.kept(b"contenu", name="a.pdf", content_type="application/pdf", by=None) as stored:
            stored.save()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store_and_fail()
    assert (StoredFile.objects.count(), objects()) == (0, before)


@pytest.mark.django_db
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_neither_row_nor_bytes(monkeypatch, code):
    before = objects()
    monkeypatch.setattr("gen_portal.core.storage.os.fsync", full_disk(code))
    with pytest.raises(files.DiskFull, match="n'a plus de place"):
        files.store(b"contenu", name="a.pdf", content_type="application/pdf", by=None)
    assert (StoredFile.objects.count(), objects()) == (0, before)


@pytest.mark.django_db
def test_another_error_of_the_disk_is_told_as_it_is(monkeypatch):
    monkeypatch.setattr("gen_portal.core.storage.os.fsync", full_disk(errno.EIO))
    with pytest.raises(OSError, match="du disque"):
        files.store(b"contenu", name="a.pdf", content_type="application/pdf", by=None)


def full_disk(code):
    def fsync(descriptor):
        raise OSError(code, "du disque")

    return fsync


# --- Handed out ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type", [*(kind.content_type for kind in Kind), "text/csv; charset=utf-8", "text/html"]
)
@pytest.mark.parametrize("hand", [files.response, files.shown_response])
def test_download_headers(content_type, hand):
    content = {"image/png": corpus.an_image(), "image/jpeg": corpus.a_photo()}.get(content_type, b"contenu")
    stored = files.store(content, name="été.bin", content_type=content_type, by=None)
    answer = hand(StoredFile.objects.get(pk=stored.pk))
    b"".join(answer.streaming_content)
    answer.close()
    names = ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cache-Control")
    assert [answer.headers[name] for name in names] == [
        "sandbox; default-src 'none'",
        "nosniff",
        "same-origin",
        "no-store, private",
    ]
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9.bin"
    expected = "application/octet-stream" if content_type == "text/html" else content_type
    assert answer.headers["Content-Type"] == expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_whatever_its_name_a_file_is_one_attachment_in_one_header(name):
    stored = files.store(b"contenu", name=name, content_type="application/pdf", by=None)
    answer = files.response(StoredFile.objects.get(pk=stored.pk))
    assert b"".join(answer.streaming_content) == b"contenu"
    answer.close()
    header = answer.headers["Content-Disposition"]
    assert header.startswith(('attachment; filename="', "attachment; filename*=utf-8''"))
    assert not set("\r\n\0") & set(header)
