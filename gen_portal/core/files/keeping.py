"""How a file is kept: bytes first, whole and flushed, then their row; if the row does not come, the bytes go."""

import errno
import hashlib
import shutil
from contextlib import contextmanager

from django.conf import settings
from django.core.files.storage import default_storage

from gen_portal.core import clock
from gen_portal.core.models import ScanState, StoredFile, private_path

_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(OSError):
    """No room is left for a file; the message is a French sentence for the person who sent it."""

    def __init__(self):
        super().__init__(
            "Le portail n'a plus de place pour ce fichier, et c'est de notre fait. Votre dossier est intact : "
            "réessayez dans une heure ; si l'échéance est proche, prévenez le contact de l'appel."
        )


@contextmanager
def kept(content, *, name, content_type, by):
    """`with kept(…) as stored:` an unsaved row whose bytes are on disk; save it in the transaction inside the block.

    An error in the block takes the bytes away, so that no file stays without a row. Raises DiskFull.
    """
    object_name = _written(lambda out: out.write(content))
    try:
        yield _row(
            object_name, name=name, content_type=content_type, size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(), stored_by=by,
        )  # fmt: skip
    except BaseException:
        default_storage.delete(object_name)
        raise


def store(content, *, name, content_type, by):
    """Keep bytes as a new private file with its SHA-256; the object's own name is random. Raises DiskFull."""
    with kept(content, name=name, content_type=content_type, by=by) as stored:
        stored.save()
    return stored


def store_written(write, *, name, content_type, by, partial=""):
    """The same of what `write(file)` writes, however large: nothing of it stays in memory. Raises DiskFull.

    `partial`: where it lies in the storage until it is whole, for what clears up after a worker that was killed.
    """
    object_name = _written(write, partial=partial)
    try:
        with default_storage.open(object_name, "rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        stored = _row(
            object_name, name=name, content_type=content_type, size_bytes=default_storage.size(object_name),
            sha256=sha256, stored_by=by,
        )  # fmt: skip
        stored.save()
    except BaseException:
        default_storage.delete(object_name)
        raise
    return stored


def store_made(path, *, name, content_type, by):
    """Keep a file that the portal made on disk of files already judged, whatever its size; nobody scans it again.

    Raises DiskFull.
    """

    def copy(out):
        with path.open("rb") as content:
            shutil.copyfileobj(content, out)

    stored = store_written(copy, name=name, content_type=content_type, by=by)
    if settings.CLAMAV_URL:
        stored.scan = ScanState.CLEAN
        stored.save(update_fields=["scan"])
    return stored


def forget(stored):
    """Take away a file that nobody was told of: its row, then its bytes."""
    stored.delete()
    default_storage.delete(stored.content.name)


def _row(object_name, *, name, **values):
    scan = ScanState.PENDING if settings.CLAMAV_URL else ScanState.NOT_SCANNED
    return StoredFile(content=object_name, name=name[-200:], scan=scan, stored_at=clock.now(), **values)


def _written(write, *, partial=""):
    try:
        return default_storage.write(private_path(None, ""), write, partial=partial)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise
