"""Asks a subprocess with limits whether an upload may be kept (gen_portal.core.inspection), never this one."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from gen_portal.core.inspection.kinds import ALL, IMAGES, Kind, kinds_text
from gen_portal.core.inspection.names import check_name
from gen_portal.core.inspection.verdicts import TOO_HEAVY, Wrong

logger = logging.getLogger(__name__)

_WALL_SECONDS = 20  # a processor shared with others may be slow; the subprocess itself stops after five of its seconds
_CORE = str(Path(__file__).resolve().parent.parent)
#: Isolated: neither the environment nor the working folder says what is imported; the portal itself is never loaded.
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from inspection.reading import main; main(*sys.argv[2:])"


@dataclass(frozen=True)
class Verdict:
    """What the subprocess said: a sentence (empty: sound), what it cost, the bytes made when some were asked for."""

    sentence: str
    growth_kib: int = 0
    cpu_seconds: float = 0.0
    made: bytes = b""


def check(upload, *, kinds=ALL):
    """The Kind of a sound upload, left at its beginning. ValidationError: a sentence that says what to do."""
    limit_mb = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(f"Ce fichier dépasse {limit_mb} Mo. Réduisez-le ou coupez-le en plusieurs pièces.")
    try:
        kind = check_name(upload.name)
    except Wrong as wrong:
        raise ValidationError(str(wrong)) from wrong
    if kind is None or kind not in kinds:
        raise ValidationError(f"Ce type de fichier n'est pas accepté ici. Formats acceptés : {kinds_text(kinds)}.")
    content = upload.read()
    upload.seek(0)
    sentence = ask(content, kind).sentence
    if sentence:
        raise ValidationError(sentence)
    return kind


def check_pdf(upload):
    """The same where only a PDF is taken; a validator of form fields."""
    check(upload, kinds={Kind.PDF})


def copy_without_metadata(content, kind):
    """The same PDF without its description, the same image drawn again; other kinds as they are.

    ValidationError when the file cannot be read.
    """
    if kind != Kind.PDF and kind not in IMAGES:
        return content
    verdict = ask(content, kind, purpose="copy")
    if verdict.sentence:
        raise ValidationError(verdict.sentence)
    return verdict.made


def photo(content, kind, *, side):
    """A checked image drawn again as WebP, at most so many pixels a side, without anything it said of itself.

    ValidationError when it cannot be read.
    """
    verdict = ask(content, kind, purpose="photo", number=side)
    if verdict.sentence:
        raise ValidationError(verdict.sentence)
    return verdict.made


def ask(content, kind, *, purpose="check", number=0):
    """The verdict on these bytes, and what `purpose` makes of them (`inspection.reading.main`). Whatever ends the
    subprocess otherwise, the file is refused."""
    command = [sys.executable, "-I", "-c", _PROGRAM, _CORE, str(kind), purpose, str(number)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_WALL_SECONDS, env={}, check=False)  # noqa: S603 – our own program, fixed arguments
    except subprocess.TimeoutExpired:
        return Verdict(TOO_HEAVY)
    line, _, made = done.stdout.partition(b"\n")
    if done.returncode or not line:
        logger.warning("the check of a %s file ended with code %s", kind, done.returncode)
        return Verdict(TOO_HEAVY)
    answer = json.loads(line)
    return Verdict(made=made, **answer)
