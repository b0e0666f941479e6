"""PDF: tagged, in French, the same bytes for the same input, and nothing typed by anybody runs or breaks it."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from gen_portal.core import pdf

pytestmark = pytest.mark.once

AT = datetime(2016, 11, 25, 17, 59, 59, tzinfo=UTC)
TEMPLATE = """#import "gen.typ": *
#show: document-of.with(title: content.title, subject: "Essai", footer: "Pied de page")
== Réponses
#rows(("Résumé", typed(content.text)), ("Empreinte", mono("ab12" * 16)))
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A template of the test beside the portal's own `gen.typ`."""
    (tmp_path / "gen.typ").write_text((pdf._TEMPLATES / "gen.typ").read_text())
    (tmp_path / "essai.typ").write_text(TEMPLATE)
    monkeypatch.setattr(pdf, "_TEMPLATES", tmp_path)
    return "essai.typ"


def made(template, text="Une réponse.", title="Essai"):
    return pdf.render(template, {"title": title, "text": text}, at=AT)


def read(content):
    return PdfReader(io.BytesIO(content))


def words(content):
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def test_a_document_is_tagged_titled_and_in_french(template):
    reader = read(made(template, title="Récépissé d'été"))

    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert reader.metadata.title == "Récépissé d'été"
    assert reader.metadata.creation_date == AT
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert any("Marianne" in font for font in fonts)


def test_the_same_input_gives_the_same_bytes(template):
    with ThreadPoolExecutor(4) as pool:
        documents = list(pool.map(lambda _: made(template), range(8)))

    assert set(documents) == {made(template)}
    assert made(template, "Une autre réponse.") != documents[0]


@pytest.mark.parametrize(
    "text",
    ['#panic("lu comme du code")', "$x$ *gras* `code` <label> @ref", '#read("/etc/passwd")', "= Titre // commentaire"],
)
def test_what_somebody_typed_is_only_text(template, text):
    assert text in words(made(template, text))


def test_a_character_without_a_font_is_written_by_its_code(template):
    content = made(template, "Bravo 😀\u200b, Привет")

    assert "Bravo [U+1F600], [U+041F]" in words(content).replace("\u200b", "")
    assert "ab12" * 16 in words(content)
    assert "Привет" in words(made(template, "Привет"))


def test_fonts_are_made_once_by_processes_that_start_together(settings, tmp_path, template):
    settings.VAR_DIR = tmp_path
    program = (
        "import django; django.setup(); from django.conf import settings; from pathlib import Path;"
        f"settings.VAR_DIR = Path({str(tmp_path)!r}); from gen_portal.core import pdf; print(pdf._fonts_folder())"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gen_portal.settings"}
    racers = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    folders = {racer.communicate(timeout=120)[0].strip() for racer in racers}

    assert folders == {str(pdf._fonts_folder())}
    assert sorted(entry.name for entry in (tmp_path / "fonts").iterdir()) == [pdf._fonts_folder().name, "lock"]
    assert sorted(entry.stem for entry in pdf._fonts_folder().iterdir()) == sorted(pdf._FACES)
