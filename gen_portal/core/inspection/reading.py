"""The subprocess: sets its own limits, reads one file on standard input, answers a verdict and perhaps a copy.

Its answer: one line of JSON (`sentence`, empty when the file may be kept; `growth_kib`, memory it took beyond its start;
`cpu_seconds`), then the bytes that were asked for: a copy without metadata, a picture of a page…
"""

import json
import resource
import sys
from importlib import import_module

from .kinds import IMAGES, SHEETS, Kind
from .verdicts import CPU_SECONDS, MEMORY_BYTES, TOO_HEAVY, Wrong

_SIGNATURES = {
    Kind.PDF: (b"%PDF-",),
    Kind.PNG: (b"\x89PNG\r\n\x1a\n",),
    Kind.JPEG: (b"\xff\xd8\xff",),
    Kind.XLSX: (b"PK\x03\x04",),
    Kind.ODS: (b"PK\x03\x04",),
}
_HOW = {
    Kind.PDF: "Exportez votre document au format PDF, puis joignez-le.",
    Kind.PNG: "Enregistrez l'image au format PNG, puis joignez-la.",
    Kind.JPEG: "Enregistrez l'image au format JPEG, puis joignez-la.",
    Kind.XLSX: "Enregistrez-le au format XLSX sans mot de passe, puis joignez-le.",
    Kind.ODS: "Enregistrez-le au format ODS sans mot de passe, puis joignez-le.",
}


#: Which module does what is asked of a checked file; « check » and « copy » are done by the judge of its kind.
_READERS = {"outline": "showing", "page": "showing", "photo": "showing", "pdf": "showing", "cells": "cells"}


def main(kind, purpose, number="0"):
    """`purpose`: « check », or for a file that was checked « copy » (without metadata), « outline » (of its pages),
    « page » (the picture of page `number`), « photo » (an image, `number` pixels a side at most), « pdf » (its pages, to
    be merged), « cells » (of a spreadsheet)."""
    kind = Kind(kind)
    if purpose == "cells":
        sys.modules["numpy"] = None  # openpyxl would load it, and its threads with it
    reader = import_module(f"{__package__}.{_READERS[purpose]}") if purpose in _READERS else _judge_of(kind)
    before_kib = _peak_kib()
    _limit()
    answer, made = {"sentence": ""}, b""
    try:
        made = _made(sys.stdin.buffer.read(), kind, purpose, int(number), reader)
    except Wrong as wrong:
        answer["sentence"] = str(wrong)
    except (MemoryError, RecursionError):
        answer["sentence"] = TOO_HEAVY
    used = resource.getrusage(resource.RUSAGE_SELF)
    answer |= {"growth_kib": _peak_kib() - before_kib, "cpu_seconds": round(used.ru_utime + used.ru_stime, 3)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
    sys.stdout.buffer.flush()


def _made(content, kind, purpose, number, reader):
    """The bytes asked for; none for a check, which only refuses."""
    makers = {
        "copy": lambda: copied(content, kind, reader),
        "outline": lambda: reader.outline(content, kind),
        "page": lambda: reader.page(content, kind, number),
        "photo": lambda: reader.photo(content, kind, number),
        "pdf": lambda: reader.as_pdf(content, kind),
        "cells": lambda: reader.cells(content, kind),
    }
    if purpose == "check":
        inspect(content, kind, reader)
        return b""
    return makers[purpose]()


def inspect(content, kind, judge=None):
    """Refuse (Wrong) what is not a sound file of this kind."""
    if not content.startswith(_SIGNATURES[kind]):
        found = next((other for other, starts in _SIGNATURES.items() if content.startswith(starts)), None)
        really = f" mais {found.words} : renommez-le" if found and found not in SHEETS else ""
        raise Wrong(f"Ce fichier n'est pas {kind.words}{really}. {_HOW[kind]}")
    judge = judge or _judge_of(kind)
    if kind == Kind.PDF:
        judge.check(content)
    else:
        judge.check(content, kind)


def copied(content, kind, judge=None):
    """A copy without metadata; spreadsheets are never published, and have none."""
    judge = judge or _judge_of(kind)
    return judge.without_metadata(content) if kind == Kind.PDF else judge.without_metadata(content, kind)


def _judge_of(kind):
    """Only what this kind needs is loaded: starting is most of the time that a check takes."""
    name = "images" if kind in IMAGES else "sheets" if kind in SHEETS else "pdf"
    return import_module(f"{__package__}.{name}")


def _limit():
    """From here on: five seconds of processor, 512 MiB of addresses, no file written, nothing started."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for name in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        resource.setrlimit(name, (0, 0))


def _peak_kib():
    """The most memory this program has held at once, since it is itself (getrusage also counts its parent)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
