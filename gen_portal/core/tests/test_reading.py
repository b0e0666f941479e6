"""Files read in a page: outlined, drawn and printed by the subprocess, kept by their fingerprint, never a surprise."""

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from gen_portal.core import files, reading
from gen_portal.core.files import checking
from gen_portal.core.inspection import cells as cells_module
from gen_portal.core.inspection.kinds import Kind
from gen_portal.core.reading import kept, pages
from gen_portal.core.tests import corpus

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What one test drew is not read by another."""
    yield
    for path in sorted((settings.FILES_ROOT / "pages").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def stored(content, kind=Kind.PDF, name=None):
    return files.store(content, name=name or f"pièce.{kind}", content_type=kind.content_type, by=None)


def picture(file, number=1):
    return Image.open(io.BytesIO(reading.page_image(file, number)))


def asked_of(monkeypatch):
    """The purposes for which a subprocess is started from now on."""
    purposes, really_ask = [], checking.ask

    def ask(content, kind, *, purpose, number):
        purposes.append(purpose)
        return really_ask(content, kind, purpose=purpose, number=number)

    monkeypatch.setattr(pages, "ask", ask)
    return purposes


def sheet_text(file):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(reading.as_pdf(file))).pages)


# --- Each kind ----------------------------------------------------------------------------------------------------------


def turned_pdf():
    """Three pages, of which the second is on its side and says « Bonjour »."""
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(595, 842)
    writer.add_annotation(1, FreeText(text="Bonjour", rect=(50, 50, 500, 800), font_size="60pt"))
    writer.pages[1].rotate(90)
    return corpus.written(writer)


def test_a_pdf_is_read_page_by_page_as_each_is_turned():
    file = stored(turned_pdf())
    outline = reading.outline_of(file)
    assert (outline.page_count, outline.sizes, outline.note) == (3, ((1100, 1557), (1100, 778), (1100, 1557)), "")
    assert [picture(file, number).size for number in (1, 2, 3)] == list(outline.sizes)
    assert [len(picture(file, number).getcolors(99999)) > 1 for number in (1, 2)] == [False, True]
    assert picture(file).format == "WEBP"


def filled_form():
    """A field whose answer is a black square."""
    writer = corpus.pages()
    ink = DecodedStreamObject()
    ink.set_data(b"0 0 50 50 re f")
    box = ArrayObject(map(NumberObject, (0, 0, 50, 50)))
    ink.update({NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): box})
    field = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("montant"),
        NameObject("/F"): NumberObject(4), NameObject("/Rect"): box,
        NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(ink)}),
    })  # fmt: skip
    kept_field = writer._add_object(field)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([kept_field])
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([kept_field])})
    return corpus.written(writer)


def test_what_is_filled_in_a_form_is_seen_and_printed():
    file = stored(filled_form())
    printed = stored(reading.as_pdf(file))
    for seen in (picture(file), picture(printed)):
        assert max(seen.convert("L").getpixel((100, 1000)), 10) == 10
    assert "/AcroForm" not in PdfReader(io.BytesIO(reading.as_pdf(file))).root_object


@pytest.mark.parametrize("number", [0, -1, 4, 10**9])
def test_a_page_that_the_file_has_not_is_no_page(number):
    with pytest.raises(LookupError):
        reading.page_image(stored(turned_pdf()), number)


def test_a_long_pdf_says_where_the_pages_stop(monkeypatch):
    file = stored(corpus.a_pdf(230))
    outline = reading.outline_of(file)
    assert (outline.page_count, len(outline.sizes)) == (230, 200)
    assert outline.note.startswith("Seules les 200 premières pages sur 230 sont montrées ici")
    with pytest.raises(LookupError):
        reading.page_image(file, 201)


def test_a_photo_is_upright_small_and_says_nothing():
    file = stored(corpus.a_photo(), Kind.JPEG)
    assert reading.outline_of(file).sizes == ((40, 80),)
    assert (picture(file).size, dict(picture(file).getexif()), picture(file).info.get("exif")) == ((40, 80), {}, None)
    exif = Image.Exif()
    exif[0x0112] = 6
    large = stored(corpus.an_image("JPEG", (3000, 2000), exif=exif), Kind.JPEG)
    assert reading.outline_of(large).sizes == ((1100, 1650),)
    assert picture(large).size == (1100, 1650)


def test_what_is_transparent_is_white():
    file = stored(corpus.an_image("PNG", (60, 40), mode="RGBA"), Kind.PNG)
    assert picture(file).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def a_book():
    """Numbers as they are written in French, an array of odd cells, a second sheet that is hidden."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Budget"
    sheet.append(["SIRET", 12345678901234, "1 000 €", 0.125, True])
    sheet["D1"].number_format = "0.0%"
    sheet["A3"], sheet["B3"] = "=A1&B1", 1234.5
    sheet["A4"] = "é🙂 <#panic()> $x$ \\"
    hidden = book.create_sheet("Annexe")
    hidden["B2"], hidden.sheet_state = "caché", "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_read_as_plain_tables():
    file = stored(a_book(), Kind.XLSX)
    assert (reading.outline_of(file).page_count, reading.outline_of(file).note) == (1, "")
    assert picture(file).size == reading.outline_of(file).sizes[0]
    text = sheet_text(file)
    for written in ("Budget", "1234567890123", "1 000 €", "12,5 %", "VRAI", "=A1&B1", "1234,5", "<#panic()> $x$ \\",
                    "Annexe (feuille masquée)", "caché"):  # fmt: skip
        assert written in text


def test_an_open_document_sheet_is_read_as_it_was_shown():
    body = (
        '<table:table table:name="Recettes"><table:table-row table:number-rows-repeated="2"><table:table-cell '
        'table:number-columns-repeated="2"><text:p>12,50 <text:span>€</text:span></text:p><text:p>suite</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000"/></table:table>'
    )
    file = stored(corpus.an_ods(body), Kind.ODS)
    assert reading.outline_of(file).note == ""
    text = sheet_text(file)
    assert (text.count("12,50 €"), text.count("suite"), "Budget" in text) == (4, 4, True)


def test_a_large_workbook_says_what_is_left_out():
    book = Workbook()
    for number in range(1, 300):
        book.active.append([f"ligne {number}", *range(25)])
    buffer = io.BytesIO()
    book.save(buffer)
    file = stored(buffer.getvalue(), Kind.XLSX)
    note = reading.outline_of(file).note
    assert note.startswith("Seul le début est montré (200 lignes et 20 colonnes au plus par feuille)")
    text = sheet_text(file)
    assert (note in text.replace("\n", " "), "ligne 200" in text, "ligne 201" in text) == (True, True, False)


def test_a_workbook_of_many_sheets_says_that_it_goes_on():
    book = Workbook()
    for number in range(12):
        book.create_sheet(f"F{number}")["A1"] = number
    buffer = io.BytesIO()
    book.save(buffer)
    assert "10 feuilles et 6000 cellules au plus" in reading.outline_of(stored(buffer.getvalue(), Kind.XLSX)).note


# --- Hostile or broken --------------------------------------------------------------------------------------------------

BROKEN = {
    "pdf cut": (Kind.PDF, lambda: turned_pdf()[:200]),
    "no pdf": (Kind.PDF, lambda: b"%PDF-1.7 rien"),
    "pdf with a password": (Kind.PDF, lambda: locked()),
    "png cut": (Kind.PNG, lambda: corpus.an_image()[:60]),
    "huge jpeg": (Kind.JPEG, corpus.a_jpeg_flood),
    "flood": (Kind.PNG, lambda: corpus.a_flood(60_000, 60_000)),
    "no workbook": (Kind.XLSX, lambda: b"PK\x03\x04 rien"),
    "workbook with entities": (Kind.XLSX, lambda: corpus.xlsx_with(sheet=(b"<sheetData>", b"<sheetData><c"))),
    "ods without content": (Kind.ODS, lambda: corpus.packed([("mimetype", corpus.ODS_TYPE)])),
    "ods with a doctype": (Kind.ODS, lambda: corpus.packed([("content.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')])),
}  # fmt: skip


def locked():
    writer = corpus.pages()
    writer.encrypt("secret", algorithm="AES-256-R5")
    return corpus.written(writer)


@pytest.mark.parametrize("kind, content", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("read", [reading.outline_of, lambda file: reading.page_image(file, 1), reading.as_pdf])
def test_what_cannot_be_drawn_is_said_in_a_sentence(kind, content, read):
    with pytest.raises(reading.Unshowable) as failure:
        read(stored(content(), kind))
    assert str(failure.value).endswith(": téléchargez-le pour le lire.")


def test_a_script_in_a_pdf_does_nothing_and_does_not_go_into_the_merged_file():
    file = stored(corpus.with_script())
    assert reading.outline_of(file).page_count == 1
    assert b"JavaScript" not in reading.as_pdf(file)


def test_a_drawing_that_never_ends_is_stopped(monkeypatch):
    program = checking._PROGRAM.partition("; from")[0]
    endless = "; from inspection.reading import _limit; _limit()\nwhile True: pass"
    monkeypatch.setattr(checking, "_PROGRAM", program + endless)
    with pytest.raises(reading.Unshowable, match="trop long ou trop lourd à dessiner"):
        reading.outline_of(stored(corpus.a_pdf()))


def test_a_kind_that_nobody_draws_and_a_file_whose_content_is_gone():
    csv = files.store(b"a;b", name="a.csv", content_type="text/csv", by=None)
    with pytest.raises(reading.Unshowable):
        reading.outline_of(csv)
    file = stored(corpus.a_pdf())
    file.content.storage.delete(file.content.name)
    with pytest.raises(reading.Unshowable):
        reading.outline_of(file)


def test_a_workbook_of_too_many_empty_rows_is_left_early(monkeypatch):
    monkeypatch.setattr(cells_module, "_MAX_LOOKED_AT", 10)
    sheet = cells_module._Sheet("F")
    assert [sheet.add([""]) for _ in range(10)] == [True] * 9 + [False]


# --- Kept ---------------------------------------------------------------------------------------------------------------


def test_a_second_reading_asks_nothing_whoever_carries_the_content(monkeypatch):
    asked = asked_of(monkeypatch)
    content = turned_pdf()
    first = reading.page_image(stored(content), 2)
    assert asked == ["outline", "page"]
    assert reading.page_image(stored(content, name="autre nom.pdf"), 2) == first
    assert asked == ["outline", "page"]


def test_a_failure_is_kept_for_an_hour(monkeypatch):
    asked = asked_of(monkeypatch)
    file = stored(b"%PDF-1.7 rien")
    for _ in range(2):
        with pytest.raises(reading.Unshowable):
            reading.outline_of(file)
    assert (asked, reading.is_known(file)) == (["outline"], True)
    an_hour_ago = time.time() - kept.FAILURE_SECONDS - 5
    [failure] = (settings.FILES_ROOT / "pages").rglob("*.failure")
    os.utime(failure, (an_hour_ago, an_hour_ago))
    assert not reading.is_known(file)


def test_a_full_disk_costs_time_and_nothing_else(monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    file = stored(turned_pdf())
    assert (picture(file).size, reading.is_known(file)) == ((1100, 1557), False)
    assert list((settings.FILES_ROOT / "pages").rglob("*.json")) == []


def test_what_nobody_read_for_a_month_is_forgotten():
    old, new = stored(turned_pdf()), stored(corpus.a_pdf())
    for file in (old, new):
        reading.outline_of(file)
    long_ago = time.time() - kept.KEPT_SECONDS - 5
    os.utime(kept._folder(old), (long_ago, long_ago))
    assert (reading.forget_old(), reading.is_known(old), reading.is_known(new)) == (1, False, True)
