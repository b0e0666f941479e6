"""A PDF is taken when it opens without a password, holds pages, does nothing by itself and carries no other file."""

import zlib
from io import BytesIO

from pypdf import PdfReader, PdfWriter, apply_configuration
from pypdf.generic import IndirectObject, NameObject, StreamObject

from .verdicts import MAX_UNPACKED_BYTES, MIB, TOO_HEAVY, Wrong, refuse_a_second_nature

#: Names in a PDF's objects that can act by themselves or carry another file.
_ACTIVE_NAMES = frozenset(
    (
        *("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia"),
        *("/XFA", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"),
    )
)
_DAMAGED = "Ce PDF est abîmé : il ne s'ouvre pas. Réexportez-le depuis le document d'origine."
_MAX_OBJECTS = 100_000
_INFLATING = frozenset(["/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"])
_HEAD = 1024  # how far readers look for the nature of a file

_MAX_STREAM_BYTES = 20 * MIB  # of objects packed together


def check(content):
    """Refuse what is not one readable, inert PDF."""
    refuse_a_second_nature(content, "un PDF", head=_HEAD)
    end = content.rfind(b"%%EOF")
    if end >= 0 and content[end + 5 :].strip(b"\0 \t\r\n\f\x1a"):
        raise Wrong("Ce PDF contient autre chose après sa fin. Réexportez-le (imprimer en PDF suffit).")
    try:
        with apply_configuration(zlib_maximum_output_length=_MAX_STREAM_BYTES):
            reader = PdfReader(BytesIO(content))
            if not reader.is_encrypted:
                page_count, is_active = len(reader.pages), _is_active(reader)
    except (Wrong, MemoryError):
        raise
    except Exception as error:  # on a crafted file pypdf may raise anything: whatever it is, nobody could read the file
        raise Wrong(_DAMAGED) from error
    if reader.is_encrypted:
        raise Wrong(
            "Ce PDF est protégé par un mot de passe ou un droit. Enregistrez-le sans protection, puis joignez-le."
        )
    if is_active:
        raise Wrong(
            "Ce PDF contient du code ou des fichiers incorporés. Réexportez-le sans eux (imprimer en PDF suffit)."
        )
    if not page_count:
        raise Wrong("Ce PDF ne contient aucune page. Réexportez-le depuis le document d'origine.")


def without_metadata(content):
    """The same pages without author, dates, software nor any other description."""
    try:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
        writer.metadata = None
        for held in (writer.root_object, *writer.pages):
            for name in ("/Metadata", "/PieceInfo"):
                held.pop(NameObject(name), None)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()
    except MemoryError:
        raise
    except Exception as error:  # whatever pypdf raises, nobody could read the file
        raise Wrong(_DAMAGED) from error


def _is_active(reader):
    """Whether an object of the PDF, compressed or not, holds one of the active names."""
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > _MAX_OBJECTS:
        raise Wrong(TOO_HEAVY)
    room = MAX_UNPACKED_BYTES
    for number, generation in numbers:
        found = reader.get_object(IndirectObject(number, generation, reader))
        if not _ACTIVE_NAMES.isdisjoint(_names(found)):
            return True
        if isinstance(found, StreamObject):
            room -= _unpacked_bytes(found, room)
    return False


def _names(found):
    """Every name written in one object: keys, and values that are names; what it refers to is another object."""
    pending = [found]
    while pending:
        value = pending.pop()
        if isinstance(value, NameObject):
            yield str(value)
        elif isinstance(value, dict):
            pending += [*value.keys(), *(dict.__getitem__(value, key) for key in value)]
        elif isinstance(value, list):
            pending += list.__iter__(value)


def _unpacked_bytes(stream, room):
    """How many bytes a stream becomes; images are counted by their readers. Refused beyond `room`, or packed twice."""
    declared = stream.get("/Filter", [])
    names = [str(name) for name in (declared if isinstance(declared, list) else [declared])]
    if sum(name in _INFLATING for name in names) > 1:
        raise Wrong(TOO_HEAVY)
    if stream.get("/Subtype") == "/Image" or names not in (["/FlateDecode"], ["/Fl"]):
        return 0
    unpacking = zlib.decompressobj()
    try:
        size = len(unpacking.decompress(stream._data, room + 1))
    except zlib.error:
        return 0
    if size > room:
        raise Wrong(TOO_HEAVY)
    return size
