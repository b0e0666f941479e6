"""How a file is kept: bytes first, whole and flushed, then their row; if the row does not come, the bytes go."""

import errno
import hashlib
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import ContentFile
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
    object_name = _written(content)
    stored = StoredFile(
        content=object_name,
        name=name[-200:],
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan=ScanState.PENDING if settings.CLAMAV_URL else ScanState.NOT_SCANNED,
        stored_at=clock.now(),
        stored_by=by,
    )
    try:
        yield stored
    except BaseException:
        default_storage.delete(object_name)
        raise


def store(content, *, name, content_type, by):
    """Keep bytes as a new private file with its SHA-256; the object's own name is random. Raises DiskFull."""
    with kept(content, name=name, content_type=content_type, by=by) as stored:
        stored.save()
    return stored


def _written(content):
    try:
        return default_storage.save(private_path(None, ""), ContentFile(content))
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise
