"""The pages of a file: outlined once, drawn one by one, merged whole. Spreadsheets become tables first."""

import json
from dataclasses import dataclass

from gen_portal.core.files.checking import ask
from gen_portal.core.inspection.kinds import SHEETS, Kind, of_content_type
from gen_portal.core.inspection.verdicts import TOO_HEAVY
from gen_portal.core.reading import kept, tables

_HEAVY = "Ce fichier est trop long ou trop lourd à dessiner pour être montré ici : téléchargez-le pour le lire."
_DAMAGED = "Ce fichier ne se laisse pas montrer ici : téléchargez-le pour le lire."
_LONG = "Seules les {} premières pages sur {} sont montrées ici : téléchargez le fichier pour lire la suite."
_OUTLINE, _TABLES, _LEFT_OUT = "outline.json", "tables.pdf", "left-out.txt"


class Unshowable(Exception):
    """The file cannot be drawn; the message is a French sentence for whoever reads it."""


@dataclass(frozen=True)
class Outline:
    """What there is to see: the width and height of each picture, how many pages the file has, what is left out."""

    sizes: tuple
    page_count: int
    note: str = ""


def is_known(stored):
    """Whether its outline is at hand, be it that the file cannot be drawn."""
    return kept.read(stored, _OUTLINE) is not None or kept.read(stored, _OUTLINE + kept.FAILURE) is not None


def outline_of(stored):
    """The Outline of a file. Raises Unshowable."""
    found = json.loads(_made(stored, _OUTLINE, "outline"))
    sizes, count = tuple(map(tuple, found["sizes"])), found["page_count"]
    note = _LONG.format(len(sizes), count) if count > len(sizes) else _cells_left_out(stored)
    return Outline(sizes, count, note)


def page_image(stored, number):
    """The WebP picture of a page, counted from one. Raises Unshowable, LookupError when there is no such page."""
    if not 1 <= number <= len(outline_of(stored).sizes):
        raise LookupError(number)
    return _made(stored, f"{number}.webp", "page", number)


def as_pdf(stored):
    """The bytes of a PDF of all its pages. Raises Unshowable."""
    content, kind = _drawable(stored)
    return content if kind is not of_content_type(stored.content_type) else _asked(content, kind, "pdf")


def _made(stored, name, purpose, number=0):
    """What was kept under this name, else made now and kept; a failure is kept too, for an hour."""
    if (content := kept.read(stored, name)) is not None:
        return content
    if (sentence := kept.read(stored, name + kept.FAILURE)) is not None:
        raise Unshowable(sentence.decode())
    try:
        content = _asked(*_drawable(stored), purpose, number)
    except Unshowable as failure:
        kept.write(stored, name + kept.FAILURE, str(failure).encode())
        raise
    kept.write(stored, name, content)
    return content


def _drawable(stored):
    """(bytes, kind) of what is drawn: the file itself, or the tables of a spreadsheet."""
    kind = of_content_type(stored.content_type)
    if kind is None:
        raise Unshowable(_DAMAGED)
    if kind not in SHEETS:
        return _content(stored), kind
    return kept.read(stored, _TABLES) or _printed(stored, kind), Kind.PDF


def _printed(stored, kind):
    """The tables of a spreadsheet, kept with the sentence that says what they leave out."""
    book = json.loads(_asked(_content(stored), kind, "cells"))
    try:
        printed = tables.printed(book, stored)
    except tables.Unprintable as failure:
        raise Unshowable(_DAMAGED) from failure
    kept.write(stored, _LEFT_OUT, tables.note_of(book).encode())
    kept.write(stored, _TABLES, printed)
    return printed


def _cells_left_out(stored):
    return (kept.read(stored, _LEFT_OUT) or b"").decode()


def _content(stored):
    try:
        with stored.content.open("rb") as content:
            return content.read()
    except FileNotFoundError as error:
        raise Unshowable(_DAMAGED) from error


def _asked(content, kind, purpose, number=0):
    verdict = ask(content, kind, purpose=purpose, number=number)
    if verdict.sentence:
        raise Unshowable(_HEAVY if verdict.sentence == TOO_HEAVY else _DAMAGED)
    return verdict.made
