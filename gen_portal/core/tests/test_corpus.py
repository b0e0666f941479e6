"""Every verdict on honest and hostile files made here, each in its subprocess: its sentence, its time, its memory."""

import os
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import PngImagePlugin
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from gen_portal.core import files
from gen_portal.core.files import checking
from gen_portal.core.inspection import reading
from gen_portal.core.inspection.kinds import Kind, of_name
from gen_portal.core.inspection.verdicts import Wrong
from gen_portal.core.tests import corpus as make

pytestmark = pytest.mark.once

_HEAVY = ("bomb", "flood", "too many", "million", "twenty thousand", "phone", "fifty pages", "program inside")
MAX_SECONDS, MAX_GROWTH_KIB = 5, 256 * 1024
DAMAGED_PDF, ACTIVE_PDF = "Ce PDF est abîmé", "du code ou des fichiers incorporés"
PROTECTED_PDF, TRAILED_PDF = "protégé par un mot de passe ou un droit", "autre chose après sa fin"
ZIP_TOO, PAGE_TOO = "contient aussi une archive ZIP", "contient aussi une page web"
BAD_IMAGE, BIG_IMAGE, TRAILED_IMAGE = (
    "Cette image est abîmée",
    "50 millions de pixels",
    "est animée ou contient autre chose",
)
MACROS, LINKS, TOO_PACKED = "macros ou des objets incorporés", "va chercher des données ailleurs", "est démesuré"
BAD_SHEET, PROTECTED_SHEET, TRAILED_SHEET = (
    "Ce classeur est abîmé",
    "protégé par un mot de passe",
    "autre chose après sa fin",
)
NOT_XLSX, NOT_ODS = "n'est pas un classeur XLSX", "n'est pas un classeur ODS"
TOO_HEAVY, DISGUISED, INVISIBLE = "trop long ou trop lourd à lire", "deux terminaisons", "caractères invisibles"
NOT_TAKEN = "Ce type de fichier n'est pas accepté ici"
DDE = '<table:dde-links xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"/>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'
EXTERNAL_RELATION = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x" '
    b'TargetMode="External" Target="http://192.0.2.1/x" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/oleObject"/></Relationships>'
)

HONEST = {
    "pdf of one page": ("statuts.pdf", make.a_pdf),
    "pdf of fifty pages": ("statuts.PDF", lambda: make.a_pdf(50)),
    "pdf with accents in its name": ("budget été 2026.pdf", lambda: make.a_pdf(3)),
    "pdf about javascript": ("cours.pdf", lambda: make.with_stream(b"BT (/JavaScript /Launch /JS ) Tj ET")),
    "pdf with a line after its end": ("a.pdf", lambda: make.a_pdf() + b"\r\n"),
    "pdf with zeros after its end": ("a.pdf", lambda: make.a_pdf() + bytes(40)),
    "pdf with a link": ("a.pdf", lambda: make.on_its_page(S=NameObject("/URI"), URI=TextStringObject("https://example.org"))),
    "pdf with metadata": ("a.pdf", make.with_metadata),
    "pdf packed": ("a.pdf", lambda: make.with_stream(make.zlib.compress(b"BT ET"), ["/FlateDecode"])),
    "pdf with dots in its name": ("statuts.v2.signe.2026.pdf", make.a_pdf),
    "png": ("photo.png", make.an_image),
    "png with transparency": ("logo.png", lambda: make.an_image(mode="RGBA")),
    "png of one colour depth": ("scan.png", lambda: make.an_image(mode="1", size=(2480, 3508))),
    "png of forty-nine million pixels": ("plan.png", lambda: make.an_image(size=(7000, 7000))),
    "jpeg": ("photo.jpg", lambda: make.an_image("JPEG")),
    "jpeg of a phone": ("IMG_2026.JPEG", make.a_photo),
    "jpeg, progressive": ("photo.jpeg", lambda: make.an_image("JPEG", progressive=True)),
    "jpeg of a scanner, grey": ("scan.jpg", lambda: make.an_image("JPEG", (2480, 3508), "L")),
    "xlsx": ("budget.xlsx", make.an_xlsx),
    "xlsx with formulas, a chart and a link": ("budget.xlsx", make.a_dressed_xlsx),
    "xlsx of twenty thousand lines": ("budget.xlsx", lambda: make.an_xlsx(20_000)),
    "xlsx with a bar in a text": ("budget.xlsx", lambda: make.an_xlsx(A9="loyer | 'charges'")),
    "xlsx with printer settings": (
        "budget.xlsx",
        lambda: make.xlsx_with([("xl/printerSettings/printerSettings1.bin", b"imprimante")]),
    ),
    "ods": ("budget.ods", make.an_ods),
    "ods with a link to click": (
        "budget.ods", lambda: make.an_ods(cell='<text:a xlink:href="https://example.org">barème</text:a>')
    ),
    "ods with a chart": (
        "budget.ods", lambda: make.an_ods('<draw:object xlink:href="./Object 1"/>', added=[("Object 1/content.xml", b"<a/>")])
    ),
}  # fmt: skip

HOSTILE = {
    # names
    "program behind a pdf name": ("facture.pdf.exe", make.a_pdf, NOT_TAKEN),
    "two endings": ("facture.exe.pdf", make.a_pdf, DISGUISED),
    "page before its ending": ("statuts.html.pdf", make.a_pdf, DISGUISED),
    "macros before its ending": ("budget.xlsm.xlsx", make.an_xlsx, DISGUISED),
    "script before its ending, in capitals": ("statuts.JS.pdf", make.a_pdf, DISGUISED),
    "reversed name": ("facture\u202efdp.exe.pdf", make.a_pdf, INVISIBLE),
    "isolated direction": ("facture\u2066.pdf", make.a_pdf, INVISIBLE),
    "null in the name": ("statuts\0.pdf", make.a_pdf, INVISIBLE),
    "line break in the name": ("statuts\r\nX: y.pdf", make.a_pdf, INVISIBLE),
    "no width in the name": ("stat\u200buts.pdf", make.a_pdf, INVISIBLE),
    "no ending": ("statuts", make.a_pdf, "pas de terminaison"),
    "nothing but an ending": (".pdf", make.a_pdf, "pas de nom avant sa terminaison"),
    "svg": ("logo.svg", lambda: b"<svg onload='alert(1)'/>", NOT_TAKEN),
    "html": ("page.html", lambda: b"<script>alert(1)</script>", NOT_TAKEN),
    "old spreadsheet": ("budget.xls", lambda: b"\xd0\xcf\x11\xe0", NOT_TAKEN),
    "spreadsheet with macros": ("budget.xlsm", make.an_xlsx, NOT_TAKEN),
    "text document": ("lettre.docx", make.an_xlsx, NOT_TAKEN),
    # natures
    "page named pdf": ("a.pdf", lambda: b"<html><script>alert(1)</script>", "n'est pas un PDF"),
    "program named pdf": ("a.pdf", lambda: b"MZ" + bytes(50), "n'est pas un PDF"),
    "image named pdf": ("a.pdf", make.an_image, "mais une image PNG"),
    "pdf named image": ("a.png", make.a_pdf, "mais un PDF"),
    "jpeg named png": ("a.png", lambda: make.an_image("JPEG"), "mais une image JPEG"),
    "gif named png": ("a.png", lambda: make.an_image("GIF"), "n'est pas une image PNG"),
    "svg named jpeg": ("a.jpg", lambda: b"<svg onload='alert(1)'/>", "n'est pas une image JPEG"),
    "ods named xlsx": ("a.xlsx", make.an_ods, NOT_XLSX),
    "xlsx named ods": ("a.ods", make.an_xlsx, NOT_ODS),
    "zip named xlsx": ("a.xlsx", lambda: make.packed([("lisez-moi.txt", b"bonjour")]), NOT_XLSX),
    "document named ods": ("a.ods", lambda: make.an_ods(mimetype=b"application/vnd.oasis.opendocument.text"), NOT_ODS),
    "protected workbook of an office": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0" + bytes(600), NOT_XLSX),
    # PDF
    "pdf that begins later": ("a.pdf", lambda: b"<!-- -->" + make.a_pdf(), "n'est pas un PDF"),
    "pdf and zip": ("a.pdf", lambda: make.a_pdf() + make.EMPTY_ZIP, ZIP_TOO),
    "pdf and workbook": ("a.pdf", lambda: make.a_pdf() + make.an_xlsx(), ZIP_TOO),
    "pdf and page": ("a.pdf", lambda: b"%PDF-1.4\n%<script>alert(1)</script>\n" + make.a_pdf(), PAGE_TOO),
    "pdf and more": ("a.pdf", lambda: make.a_pdf() + b"autre chose", TRAILED_PDF),
    "pdf of one line": ("a.pdf", lambda: b"%PDF-1.7\n", DAMAGED_PDF),
    "pdf cut": ("a.pdf", lambda: make.a_pdf()[:200], DAMAGED_PDF),
    "pdf with a password": ("a.pdf", make.with_password, PROTECTED_PDF),
    "pdf with a right": ("a.pdf", lambda: make.with_password("", "secret"), PROTECTED_PDF),
    "pdf without page": ("a.pdf", lambda: make.a_pdf(0), "ne contient aucune page"),
    "pdf with a script": ("a.pdf", make.with_script, ACTIVE_PDF),
    "pdf with a hidden script": ("a.pdf", make.with_hidden_script, ACTIVE_PDF),
    "pdf with a program inside": ("a.pdf", make.with_attachment, ACTIVE_PDF),
    "pdf that launches": (
        "a.pdf",
        lambda: make.with_action(S=NameObject("/Launch"), F=TextStringObject("cmd.exe")),
        ACTIVE_PDF,
    ),
    "pdf that sends a form": ("a.pdf", lambda: make.with_action(S=NameObject("/SubmitForm")), ACTIVE_PDF),
    "pdf that goes into another": ("a.pdf", lambda: make.on_its_page(S=NameObject("/GoToE")), ACTIVE_PDF),
    "pdf with a rich annotation": ("a.pdf", lambda: make.on_its_page(Subtype=NameObject("/RichMedia")), ACTIVE_PDF),
    "pdf with a dynamic form": (
        "a.pdf",
        lambda: make.in_its_root("/AcroForm", DictionaryObject({NameObject("/XFA"): TextStringObject("x")})),
        ACTIVE_PDF,
    ),
    "pdf bomb": ("a.pdf", lambda: make.with_stream(make.zlib.compress(bytes(60 * 2**20), 9), ["/FlateDecode"]), TOO_HEAVY),
    "pdf packed twice": (
        "a.pdf",
        lambda: make.with_stream(make.zlib.compress(make.zlib.compress(bytes(10**6))), ["/FlateDecode", "/FlateDecode"]),
        TOO_HEAVY,
    ),
    "pdf of too many objects": ("a.pdf", make.with_too_many_objects, TOO_HEAVY),
    # images
    "png cut": ("a.png", lambda: make.an_image(size=(300, 300))[:-60], BAD_IMAGE),
    "png, first bytes only": ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), BAD_IMAGE),
    "png with a wrong checksum": ("a.png", lambda: make.an_image()[:-16] + b"\0\0\0\0" + make.an_image()[-12:], BAD_IMAGE),
    "png flood": ("a.png", lambda: make.a_flood(60_000, 60_000), BIG_IMAGE),
    "png just too large": ("a.png", lambda: make.a_flood(7_200, 7_000), BIG_IMAGE),
    "png with a bomb of text": ("a.png", make.with_text_bomb, BAD_IMAGE),
    "png, animated": ("a.png", make.an_animation, TRAILED_IMAGE),
    "png and zip": ("a.png", lambda: make.an_image() + make.EMPTY_ZIP, ZIP_TOO),
    "png and more": ("a.png", lambda: make.an_image() + b"autre chose", TRAILED_IMAGE),
    "png with a page in its text": ("a.png", lambda: make.an_image(pnginfo=with_text("<script>alert(1)</script>")), PAGE_TOO),
    "jpeg cut": ("a.jpg", lambda: make.an_image("JPEG", (400, 400))[:-200], BAD_IMAGE),
    "jpeg flood": ("a.jpg", make.a_jpeg_flood, BIG_IMAGE),
    "jpeg and zip": ("a.jpg", lambda: make.an_image("JPEG") + make.packed([("a.txt", b"a")]), ZIP_TOO),
    "jpeg with a program in its comment": ("a.jpg", lambda: make.an_image("JPEG", comment=b"<?php phpinfo();"), PAGE_TOO),
    "jpeg and pdf": ("a.jpg", lambda: make.an_image("JPEG", comment=b"%PDF-1.4"), "est aussi un PDF"),
    # spreadsheets
    "xlsx with macros": ("a.xlsx", lambda: make.xlsx_with([("xl/vbaProject.bin", b"Attribut")]), MACROS),
    "xlsx that says it has macros": (
        "a.xlsx",
        lambda: make.xlsx_with(content_types=(b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml")),
        MACROS,
    ),
    "xlsx with old macros": ("a.xlsx", lambda: make.xlsx_with([("xl/macrosheets/sheet1.xml", b"<a/>")]), MACROS),
    "xlsx with a document inside": ("a.xlsx", lambda: make.xlsx_with([("xl/embeddings/oleObject1.bin", b"x")]), MACROS),
    "xlsx with a program inside": ("a.xlsx", lambda: make.xlsx_with([("xl/media/image1.png", b"MZ\x90\0")]), MACROS),
    "xlsx with a zip inside": ("a.xlsx", lambda: make.xlsx_with([("xl/media/a.png", make.an_ods())]), MACROS),
    "xlsx linked to another": ("a.xlsx", lambda: make.xlsx_with([("xl/externalLinks/externalLink1.xml", b"<a/>")]), LINKS),
    "xlsx with a connection": ("a.xlsx", lambda: make.xlsx_with([("xl/connections.xml", b"<a/>")]), LINKS),
    "xlsx with an outside relation": (
        "a.xlsx", lambda: make.xlsx_with([("xl/worksheets/_rels/sheet1.xml.rels", EXTERNAL_RELATION)]), LINKS,
    ),
    "xlsx that calls a program": ("a.xlsx", lambda: make.an_xlsx(A9="=cmd|'/c calc'!A1"), LINKS),
    "xlsx that calls a site": ("a.xlsx", lambda: make.an_xlsx(A9='=WEBSERVICE("http://192.0.2.1")'), LINKS),
    "xlsx that reads another book": ("a.xlsx", lambda: make.an_xlsx(A9="=[1]Feuille!A1"), LINKS),
    "xlsx bomb": ("a.xlsx", lambda: make.xlsx_with([("xl/media/a.xml", bytes(45 * 2**20))]), TOO_PACKED),
    "xlsx bomb in many parts": (
        "a.xlsx", lambda: make.xlsx_with([(f"xl/media/{n}.xml", b" " * 200_000) for n in range(300)]), TOO_PACKED,
    ),
    "xlsx of too many entries": (
        "a.xlsx", lambda: make.xlsx_with([(f"xl/media/{n}.txt", b"") for n in range(1001)]), TOO_PACKED,
    ),
    "xlsx that lies about its size": ("a.xlsx", lambda: make.with_wrong_size(make.an_xlsx()), BAD_SHEET),
    "xlsx with entities": ("a.xlsx", lambda: make.xlsx_with([("xl/a.xml", LAUGHS)]), BAD_SHEET),
    "xlsx that reads a file": ("a.xlsx", lambda: make.xlsx_with([("xl/a.xml", OUTSIDE)]), BAD_SHEET),
    "xlsx that climbs": ("a.xlsx", lambda: make.xlsx_with([("../../etc/cron.d/x", b"x")]), BAD_SHEET),
    "xlsx with an absolute path": ("a.xlsx", lambda: make.xlsx_with([("/etc/cron.d/x", b"x")]), BAD_SHEET),
    "xlsx cut": ("a.xlsx", lambda: make.an_xlsx()[:-30], TRAILED_SHEET),
    "xlsx and more": ("a.xlsx", lambda: make.an_xlsx() + b"<script>", TRAILED_SHEET),
    "xlsx encrypted": ("a.xlsx", lambda: make.encrypted(make.an_xlsx()), PROTECTED_SHEET),
    "ods with macros": ("a.ods", lambda: make.an_ods(added=[("Basic/Standard/Module1.xml", b"<a/>")]), MACROS),
    "ods with a script": ("a.ods", lambda: make.an_ods(added=[("Scripts/python/a.py", b"import os")]), MACROS),
    "ods that acts when opened": (
        "a.ods",
        lambda: make.an_ods('<script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:a"/>'),
        MACROS,
    ),
    "ods linked by DDE": ("a.ods", lambda: make.an_ods(DDE), LINKS),
    "ods fed from a site": ("a.ods", lambda: make.an_ods('<table:table-source xlink:href="http://192.0.2.1/a.ods"/>'), LINKS),
    "ods with a picture elsewhere": (
        "a.ods", lambda: make.an_ods('<draw:image xlink:href="file:///C:/secret.png"/>'), LINKS,
    ),
    "ods that calls a site": (
        "a.ods", lambda: make.an_ods('<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://a&quot;)"/>'), LINKS,
    ),
    "ods encrypted": (
        "a.ods", lambda: make.an_ods(added=[("META-INF/manifest.xml", b"<m><encryption-data/></m>")]), PROTECTED_SHEET,
    ),
    "ods bomb": ("a.ods", lambda: make.an_ods(added=[("a.xml", bytes(45 * 2**20))]), TOO_PACKED),
    "ods with entities": ("a.ods", lambda: make.an_ods(added=[("styles.xml", LAUGHS)]), BAD_SHEET),
    "ods that is no XML": ("a.ods", lambda: make.an_ods(added=[("styles.xml", b"<a><b></a>")]), BAD_SHEET),
}  # fmt: skip


def with_text(text):
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", text)
    return said


def _is_in_a_subprocess(name):
    """Heavy files always, every file in the full count; the others are judged here, by the same code, in less time."""
    return os.environ.get("GEN_FULL") == "1" or any(word in name for word in _HEAVY)


@pytest.fixture
def costs(monkeypatch, request):
    """Holds what each subprocess of the test costs against the bounds, and prints it."""
    seen, really_ask = [], checking.ask

    def ask(content, kind, **options):
        if not _is_in_a_subprocess(request.node.callspec.id):
            return _verdict_here(content, kind)
        begun = time.monotonic()
        verdict = really_ask(content, kind, **options)
        seen.append((verdict.cpu_seconds, verdict.growth_kib, time.monotonic() - begun))
        return verdict

    monkeypatch.setattr(checking, "ask", ask)
    yield seen
    for cpu_seconds, growth_kib, seconds in seen:
        print(f"{cpu_seconds:.2f} s of processor, {seconds:.2f} s in all, {growth_kib / 1024:.1f} MiB more")
        assert cpu_seconds < MAX_SECONDS
        assert growth_kib < MAX_GROWTH_KIB


def _verdict_here(content, kind):
    try:
        reading.inspect(content, kind)
    except Wrong as wrong:
        return checking.Verdict(str(wrong))
    return checking.Verdict("")


def upload(name, content):
    given = SimpleUploadedFile("a.pdf", content)
    given._name = name  # Django would clean it; what stands behind must hold alone
    return given


@pytest.mark.parametrize("name, content", HONEST.values(), ids=HONEST)
def test_honest_file_is_taken_and_left_at_its_beginning(name, content, costs):
    body = content()
    given = upload(name, body)
    assert files.check(given) == of_name(name)
    assert given.read() == body


@pytest.mark.parametrize("name, content, words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_in_a_sentence(name, content, words, costs):
    with pytest.raises(ValidationError) as refusal:
        files.check(upload(name, content()))
    (sentence,) = refusal.value.messages
    assert words in sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_the_corpus_is_as_large_as_promised():
    assert (len(HONEST) >= 20, len(HOSTILE) >= 60) == (True, True)
    assert {of_name(name) for name, *_ in HONEST.values()} == set(Kind)
