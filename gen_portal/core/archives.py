"""ZIP archives that any system opens and anybody can check: plain names, a manifest, fingerprints.

The same content always gives the same bytes: nothing is compressed (documents already are), every date is the caller's.
"""

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from gen_portal.core.phrases import PARIS
from gen_portal.core.sheets import Column, Kind, write_csv

MEDIA_TYPE = "application/zip"
MANIFEST, SUMS, READ_ME = "MANIFESTE.csv", "SHA256SUMS", "LISEZ-MOI.txt"
CHUNK_BYTES = 1024 * 1024
_NAME_BYTES = 120  # a path stays under the 260 characters of Windows, wherever it is unpacked
_ENDING_BYTES = 12
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # by Windows; the rest of the world forbids less
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_FILE_MODE = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True)
class Packed:
    """One file of an archive."""

    path: str
    size_bytes: int
    sha256: str


MANIFEST_COLUMNS = (
    Column("Chemin", lambda packed: packed.path),
    Column("Octets", lambda packed: packed.size_bytes, Kind.WHOLE),
    Column("SHA-256", lambda packed: packed.sha256),
)


class Archive:
    """An archive being written in a binary file; what was put in is remembered for its manifest."""

    def __init__(self, out):
        self._zip, self.packed = ZipFile(out, "w"), []

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind is None:
            self._zip.close()
        self._zip.fp = None  # thrown away half-way, it would still write an end

    def add(self, path, content, at):
        """Put these bytes in."""
        self.add_file(path, io.BytesIO(content), len(content), _entry_date(at))

    def add_file(self, path, content, size_bytes, date):
        """The same from an open file, piece by piece; `date` as a ZIP writes it."""
        entry = ZipInfo(path, date)
        entry.create_system, entry.external_attr, entry.file_size = _UNIX, _FILE_MODE, size_bytes
        digest, count = hashlib.sha256(), 0
        with self._zip.open(entry, "w") as part:
            while chunk := content.read(CHUNK_BYTES):
                digest.update(chunk)
                count += len(chunk)
                part.write(chunk)
        self.packed.append(Packed(path, count, digest.hexdigest()))

    def add_stored(self, path, stored, at):
        """Put a private file in; FileNotFoundError, and nothing put in, when the storage has lost it."""
        with stored.content.open("rb") as content:
            self.add_file(path, content, stored.size_bytes, _entry_date(at))

    def add_all(self, other):
        """Everything of another archive, an open file, in its order."""
        with ZipFile(other) as whole:
            for entry in whole.infolist():
                with whole.open(entry) as content:
                    self.add_file(entry.filename, content, entry.file_size, entry.date_time)

    def add_proofs(self, words, at):
        """At the root: what this is, in these words, then the manifest, then what `sha256sum -c` reads."""
        self.add(READ_ME, words.replace("\n", "\r\n").encode("utf-8-sig"), at)
        manifest = io.BytesIO()
        rows = ([column.read(packed) for column in MANIFEST_COLUMNS] for packed in self.packed)
        write_csv(manifest, MANIFEST_COLUMNS, rows)
        self.add(MANIFEST, manifest.getvalue(), at)
        self.add(SUMS, "".join(f"{packed.sha256}  {packed.path}\n" for packed in self.packed).encode(), at)


def _entry_date(at):
    return at.astimezone(PARIS).timetuple()[:6]


# --- Names ------------------------------------------------------------------------------------------------------------


def safe_name(name, taken):
    """A file name made of this one that every system takes, different from those `taken`, where it is put too.

    No folder, no invisible or reversing character, no device of Windows, no end in a dot or a space, not too long.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in _INVISIBLE)
    plain = " ".join(_FORBIDDEN.sub("_", seen).split()).strip(". ")
    suffix = PurePosixPath(plain).suffix
    ending = suffix if len(suffix.encode()) <= _ENDING_BYTES else ""
    stem = _cut(plain.removesuffix(ending), _NAME_BYTES) or "sans nom"
    if _DEVICES.fullmatch(stem.partition(".")[0].strip()) or stem.startswith("-"):
        stem = f"_{stem}"
    chosen, number = f"{stem}{ending}", 1
    while _as_compared(chosen) in taken:
        number += 1
        chosen = f"{stem} ({number}){ending}"
    taken.add(_as_compared(chosen))
    return chosen


def _cut(text, byte_count):
    return text.encode()[:byte_count].decode(errors="ignore").rstrip(". ")


def _as_compared(name):
    """Two names that one system or another takes for the same are the same."""
    return unicodedata.normalize("NFKC", name).casefold()
