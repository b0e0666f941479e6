"""A spreadsheet (XLSX, ODS) is taken when it unpacks small, runs nothing and asks nothing outside itself."""

import re
import zipfile
import zlib
from io import BytesIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from .kinds import Kind
from .verdicts import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES, MIB, ZIP_END, Wrong

_TOO_PACKED = "Ce classeur, une fois décompressé, est démesuré. Copiez les cellules utiles dans un nouveau classeur."
_DAMAGED = "Ce classeur est abîmé : il ne s'ouvre pas. Enregistrez-le à nouveau depuis votre tableur."
_MACROS = "Ce classeur contient des macros ou des objets incorporés. Enregistrez-le sans eux, ou exportez-le en PDF."
_LINKS = "Ce classeur va chercher des données ailleurs. Collez les valeurs à la place des liaisons, puis joignez-le."
_PROTECTED = "Ce classeur est protégé par un mot de passe. Enregistrez-le sans protection, puis joignez-le."
_FEW_BYTES = 256 * 1024  # beneath, how well an entry packs says nothing
_CHUNK = MIB

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_MACROS = re.compile(r"vbaproject|macrosheets/|dialogsheets/|activex|embeddings/|customui|\.(?:exe|dll|bin)$")
_XLSX_HARMLESS = re.compile(r"printersettings/[^/]*\.bin$")
_XLSX_LINKS = re.compile(r"externallinks/|connections\.xml$|querytables/|webextensions/")
_ODS_MACROS = re.compile(r"^(?:basic|scripts)/|^objectreplacements/.*\.(?:exe|dll)$")
#: In formulas: what calls another program (DDE) or another machine.
_OUTSIDE_FORMULA = re.compile(r"webservice\s*\(|\bdde\s*\(|\|\s*'|\[\d+\]|\bimportdata\s*\(", re.IGNORECASE)
_OUTSIDE_ADDRESS = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)


def check(content, kind):
    """Refuse archives that deceive or swell, then macros, then what reads outside."""
    archive = _opened(content)
    names = _check_entries(archive)
    if kind == Kind.XLSX:
        _check_xlsx_names(archive, names)
    else:
        _check_ods_names(archive, names)
    for entry in archive.infolist():
        body = _read(archive, entry)
        if entry.filename.lower().endswith((".xml", ".rels", ".vml", ".rdf")):
            _parse(body, _Reader())


def _opened(content):
    if content.rfind(ZIP_END) != len(content) - 22:
        raise Wrong("Ce classeur contient autre chose après sa fin. Enregistrez-le à nouveau depuis votre tableur.")
    try:
        return zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Wrong(_DAMAGED) from error


def _check_entries(archive):
    """Lower-case names of the entries, once their number, sizes and names are sound."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise Wrong(_TOO_PACKED)
    if any(entry.file_size > max(_FEW_BYTES, MAX_RATIO * entry.compress_size) for entry in entries):
        raise Wrong(_TOO_PACKED)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Wrong(_PROTECTED)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names) or any(_is_a_way_out(name) for name in names):
        raise Wrong(_DAMAGED)
    return names


def _is_a_way_out(name):
    return name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or ":" in name


def _check_xlsx_names(archive, names):
    if "[content_types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
        raise Wrong("Ce fichier n'est pas un classeur XLSX. Enregistrez-le au format XLSX depuis votre tableur.")
    _refuse(names, _XLSX_MACROS, _MACROS, but=_XLSX_HARMLESS)
    _refuse(names, _XLSX_LINKS, _LINKS)
    types = _read(archive, next(e for e in archive.infolist() if e.filename.lower() == "[content_types].xml"))
    if b"macroenabled" in types.lower():
        raise Wrong(_MACROS)
    if _MAIN_TYPE not in types:
        raise Wrong("Ce fichier n'est pas un classeur XLSX. Enregistrez-le au format XLSX depuis votre tableur.")


def _check_ods_names(archive, names):
    first = archive.infolist()[0] if names else None
    is_ods = first is not None and first.filename == "mimetype" and _read(archive, first).strip() == _ODS_TYPE
    if not is_ods or "content.xml" not in names:
        raise Wrong("Ce fichier n'est pas un classeur ODS. Enregistrez-le au format ODS depuis votre tableur.")
    _refuse(names, _ODS_MACROS, _MACROS)


def _refuse(names, pattern, sentence, but=None):
    if any(pattern.search(name) and not (but and but.search(name)) for name in names):
        raise Wrong(sentence)


def _read(archive, entry):
    """The bytes of one entry; never more than it declares, which was judged before."""
    try:
        with archive.open(entry) as member:
            body = b"".join(iter(lambda: member.read(_CHUNK), b""))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Wrong(_DAMAGED) from error
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ\x90", b"\x7fELF")):
        raise Wrong(_MACROS)
    return body


def _parse(body, reader):
    parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    try:
        for start in range(0, len(body), _CHUNK):
            parser.feed(body[start : start + _CHUNK])
        parser.close()
    except (DefusedXmlException, ParseError, ValueError) as error:
        raise Wrong(_DAMAGED) from error


class _Reader:
    """Looks at elements as they pass, and keeps none of them."""

    def __init__(self):
        self.is_formula = False

    def start(self, tag, attributes):
        name = tag.rpartition("}")[2]
        self.is_formula = name in ("f", "definedName")
        if name in ("ddeLink", "dde-link", "dde-source", "dde-links"):
            raise Wrong(_LINKS)
        if name in ("event-listener", "encryption-data"):
            raise Wrong(_MACROS if name == "event-listener" else _PROTECTED)
        if name == "Relationship":
            self._check_relationship(attributes)
        else:
            self._check_attributes(name, attributes)

    def data(self, text):
        if self.is_formula and _OUTSIDE_FORMULA.search(text):
            raise Wrong(_LINKS)

    def end(self, tag):
        self.is_formula = False

    def close(self):
        return None

    @staticmethod
    def _check_relationship(attributes):
        """A hyperlink waits for a click; everything else external is fetched by the spreadsheet itself."""
        is_outside = attributes.get("TargetMode", "").lower() == "external"
        if is_outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise Wrong(_LINKS)

    @staticmethod
    def _check_attributes(name, attributes):
        for key, value in attributes.items():
            key = key.rpartition("}")[2]
            if key == "href" and name not in ("a", "script") and _OUTSIDE_ADDRESS.match(value):
                raise Wrong(_LINKS)
            if key == "formula" and _OUTSIDE_FORMULA.search(value):
                raise Wrong(_LINKS)
