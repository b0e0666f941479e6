"""Private files: what is refused, what is kept, and how it is handed out."""

import hashlib
import io

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from gen_portal.core import files
from gen_portal.core.models import ScanState, StoredFile
from gen_portal.core.tests.factories import UserFactory

EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


def written(writer):
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pages(count=1):
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 200)
    return writer


def with_action(**names):
    """A PDF that does something when it is opened."""
    writer = pages()
    action = DictionaryObject({NameObject(f"/{key}"): value for key, value in names.items()})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    return written(writer)


def with_script():
    return with_action(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert('bonjour')"))


def with_attachment():
    writer = pages()
    writer.add_attachment("paie.exe", b"MZ")
    return written(writer)


def with_launch():
    return with_action(S=NameObject("/Launch"), F=TextStringObject("cmd.exe"))


def with_hidden_script():
    """The name of the action is written with an escape, so that a search of the bytes does not find it."""
    return with_script().replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4aS ")


def with_password():
    writer = pages()
    writer.encrypt("secret")
    return written(writer)


def with_words_in_its_text():
    """A course about PDF may write these words: only names of objects count."""
    writer = pages()
    stream = DecodedStreamObject()
    stream.set_data(b"BT (/JavaScript /Launch /JS ) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


GOOD = {
    "one page": written(pages()),
    "fifty pages": written(pages(50)),
    "words in its text": with_words_in_its_text(),
    "a line after its end": written(pages()) + b"\r\n",
}
UNREADABLE = "Ce PDF est abîmé ou protégé"
BAD = {
    "empty": (b"", "n'est pas un PDF"),
    "text": (b"bonjour", "n'est pas un PDF"),
    "html": (b"<html><script>alert(1)</script>", "n'est pas un PDF"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(50), "n'est pas un PDF"),
    "program": (b"MZ" + bytes(50), "n'est pas un PDF"),
    "pdf that begins later": (b"<!-- -->" + written(pages()), "n'est pas un PDF"),
    "only its first line": (b"%PDF-1.7\n", UNREADABLE),
    "cut in the middle": (written(pages())[:200], UNREADABLE),
    "password": (with_password(), UNREADABLE),
    "no page": (written(PdfWriter()), "aucune page"),
    "script": (with_script(), "du code ou des fichiers incorporés"),
    "hidden script": (with_hidden_script(), "du code ou des fichiers incorporés"),
    "attachment": (with_attachment(), "du code ou des fichiers incorporés"),
    "program to launch": (with_launch(), "du code ou des fichiers incorporés"),
    "archive behind it": (written(pages()) + EMPTY_ZIP, "archive ZIP"),
    "too big": (b"%PDF-" + bytes(settings.UPLOAD_MAX_BYTES), "dépasse 10 Mo"),
}


def upload(content):
    return SimpleUploadedFile("dossier.pdf", content, "application/pdf")


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_good_pdf_is_accepted_and_left_at_its_beginning(content):
    given_file = upload(content)
    files.check_pdf(given_file)
    assert given_file.read() == content


@pytest.mark.parametrize("content, reason", BAD.values(), ids=BAD)
def test_bad_pdf_is_refused_with_its_reason(content, reason):
    with pytest.raises(ValidationError, match=reason):
        files.check_pdf(upload(content))


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.integers(5, len(with_script()) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_pdf_never_breaks_the_page(position, damage):
    content = bytearray(with_script())
    content[position : position + len(damage)] = damage
    try:
        files.check_pdf(upload(bytes(content)))
    except ValidationError as refusal:
        assert len(refusal.messages) == 1  # noqa: PT017 – refused or accepted, but never another error


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
def test_response_is_a_download_in_a_sandbox():
    stored = files.store(b"contenu", name='a"b\r\nX: y é.pdf', content_type="application/pdf", by=UserFactory())
    answer = files.response(StoredFile.objects.get(pk=stored.pk))
    assert b"".join(answer.streaming_content) == b"contenu"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in answer.headers["Content-Disposition"]
    answer.close()
