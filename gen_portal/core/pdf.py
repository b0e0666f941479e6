"""Tagged PDF (PDF/UA-1, in French) from a typst template and plain values; the same input always gives the same bytes.

A template of `templates/pdf/` imports `gen.typ`, which reads the values from one JSON text: whatever somebody typed is a
string there, never typst code. Nothing is fetched: fonts come from django-dsfr and from typst itself.
"""

import fcntl
import json
import os
import tempfile
import unicodedata
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import typst
from django.conf import settings
from fontTools.ttLib import TTFont

MEDIA_TYPE = "application/pdf"
_TEMPLATES = settings.BASE_DIR / "templates" / "pdf"
_FACES = ("Marianne-Regular", "Marianne-Bold", "Marianne-Medium", "Marianne-Regular_Italic")
_INVISIBLE = {"Cc", "Cf", "Mn", "Me"}  # categories of characters that show nothing by themselves


def render(template, values, *, at):
    """The bytes of a PDF. `template`: a file of `templates/pdf/`; `values`: JSON values; `at`: the document's instant.

    A character that no font has is written by its code, « [U+1F600] »: a document never fails for what somebody typed.
    """
    content = json.dumps(values, ensure_ascii=False, sort_keys=True)
    try:
        return _compiled(template, content, at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _compiled(template, json.dumps(_displayable(values), ensure_ascii=False, sort_keys=True), at)


def _compiled(template, content, at):
    compiler = typst.Compiler(
        input=_TEMPLATES / template,
        root=_TEMPLATES,
        font_paths=_fonts(_fonts_folder()),
        ignore_system_fonts=True,
        sys_inputs={"content": content},
    )
    return compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))


# --- Characters -------------------------------------------------------------------------------------------------------


def _displayable(value):
    if isinstance(value, dict):
        return {key: _displayable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_displayable(item) for item in value]
    if isinstance(value, str):
        return "".join(_shown(character) for character in unicodedata.normalize("NFC", value))
    return value


def _shown(character):
    if character in "\n\t" or ord(character) in _covered(_fonts_folder()):
        return character
    return "" if unicodedata.category(character) in _INVISIBLE else f"[U+{ord(character):04X}]"


@cache
def _covered(folder):
    """Code points that every face of the document's own font has."""
    return set.intersection(*(set(TTFont(folder / f"{face}.otf").getBestCmap()) for face in _FACES))


# --- Fonts ------------------------------------------------------------------------------------------------------------


@cache
def _fonts(folder):
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


def _fonts_folder():
    """Marianne as OpenType files, made once from django-dsfr's; two processes never make them together."""
    folder = settings.VAR_DIR / "fonts" / f"dsfr-{version('django-dsfr')}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (folder.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                _unpack_into(folder)
    return folder


def _unpack_into(folder):
    """All or nothing: a process killed half-way leaves a folder of another name."""
    source = Path(find_spec("dsfr").origin).parent / "static" / "dsfr" / "dist" / "fonts"
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        half = Path(made) / "fonts"
        half.mkdir()
        for face in _FACES:
            font = TTFont(source / f"{face}.woff2", recalcTimestamp=False)
            font.flavor = None
            font.save(half / f"{face}.otf")
        os.replace(half, folder)
