"""What was drawn of a file, kept under FILES_ROOT by its fingerprint; losing it costs the time to draw again, no more."""

import logging
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

VERSION = "1"  # to be changed when the same file must be drawn otherwise
KEPT_SECONDS = 30 * 24 * 3600
FAILURE = ".failure"
FAILURE_SECONDS = 3600  # what could not be drawn is tried again an hour later: the machine may have been busy


def read(stored, name):
    """The bytes kept under this name for a file; None when there are none, or a failure that is an hour old."""
    path = _folder(stored) / name
    try:
        content = path.read_bytes()
        if name.endswith(FAILURE) and _age(path) > FAILURE_SECONDS:
            return None
        return content
    except FileNotFoundError:
        return None


def write(stored, name, content):
    """Keep bytes, whole or not at all. A disk that is full keeps nothing, and nobody is told: they are drawn again."""
    folder = _folder(stored)
    try:
        folder.mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as apart:
            made = Path(apart) / name
            made.write_bytes(content)
            made.replace(folder / name)
    except OSError as error:
        logger.warning("a page of file %s is not kept: %s", stored.pk, type(error).__name__)


def forget_old():
    """Take away what was drawn of files to which nothing was added for a month; how many files it concerned."""
    old = [folder for folder in _root().glob("*/*/*") if _age(folder) > KEPT_SECONDS]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _age(path):
    """Seconds of the machine's clock: the portal's own may be moved."""
    return time.time() - path.stat().st_mtime


def _root():
    return settings.FILES_ROOT / "pages"


def _folder(stored):
    """One content is drawn once, however many dossiers carry it; its kind says how."""
    kind = stored.content_type.rpartition("/")[2].rpartition(".")[2]
    return _root() / VERSION / stored.sha256[:2] / f"{stored.sha256}-{kind}"
