"""Has the antivirus judge what waits, file by file; whatever goes wrong leaves files waiting, never readable."""

import logging
import time

from django.conf import settings

from gen_portal.core import clock
from gen_portal.core.files import clamd
from gen_portal.core.models import ScanState, StoredFile

logger = logging.getLogger(__name__)

_WAITING = (ScanState.PENDING, ScanState.NOT_SCANNED)
_PASS_SECONDS = 120  # a task is stopped after five minutes; the next minute goes on


def scan_waiting():
    """Scan what waits, the least recently tried first; how many were judged. Without an antivirus, nothing happens.

    A daemon that does not answer ends the pass, and a file it does not understand lets the next one through.
    """
    if not settings.CLAMAV_URL:
        return 0
    judged, ends_at = 0, time.monotonic() + _PASS_SECONDS
    for stored in StoredFile.objects.waiting().iterator(chunk_size=100):
        if time.monotonic() > ends_at:
            break
        try:
            judged += _judge(stored)
        except clamd.Unreachable as silence:
            logger.warning("antivirus unreachable (%s): files wait", silence)
            break
    return judged


def _judge(stored):
    """Whether the file got its verdict. Two passes at once write the same one."""
    waiting = StoredFile.objects.filter(pk=stored.pk, scan__in=_WAITING)
    waiting.update(scan_tried_at=clock.now(), scan=ScanState.PENDING)
    try:
        with stored.content.open("rb") as content:
            found = clamd.scan(content.read(), url=settings.CLAMAV_URL, timeout=settings.CLAMAV_TIMEOUT)
    except FileNotFoundError:
        logger.error("file %s has no content: it is not scanned", stored.pk)
        return 0
    except clamd.Unclear as answer:
        logger.warning("the antivirus did not judge file %s: %s", stored.pk, answer)
        return 0
    return waiting.update(scan=ScanState.INFECTED if found else ScanState.CLEAN, scan_found=found)
