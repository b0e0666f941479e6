"""How a file is handed out: always a download, in a sandbox, and unscanned ones to nobody but those who sent them."""

import io

from django.conf import settings
from django.http import FileResponse, HttpResponse

from gen_portal.core.files.checking import copy_without_metadata
from gen_portal.core.inspection.kinds import IMAGES, of_content_type
from gen_portal.core.models import ScanState

_MADE_BY_THE_PORTAL = {"text/csv", "application/zip", "application/json"}
_IN_THE_QUEUE = (
    "Ce fichier attend l'analyse de l'antivirus : il se téléchargera dès qu'elle sera finie, en général en quelques "
    "minutes. Revenez un peu plus tard."
)
_INFECTED = (
    "L'antivirus a trouvé un virus dans ce fichier : le portail ne le remet à personne d'autre que la structure qui l'a "
    "joint. Elle en est prévenue et peut joindre une version saine."
)


def is_readable(stored):
    """Whether somebody else than its senders may have it. Where an antivirus is configured, only what it found clean."""
    return stored.scan == ScanState.CLEAN or (stored.scan == ScanState.NOT_SCANNED and not settings.CLAMAV_URL)


def why_withheld(stored):
    """Why somebody else than its senders does not get it, in a sentence; empty when they do."""
    if is_readable(stored):
        return ""
    return _INFECTED if stored.scan == ScanState.INFECTED else _IN_THE_QUEUE


def response(stored):
    """Hand a file, as it was received, to somebody whose right was checked."""
    return _answer(stored, stored.content.open("rb"))


def shown_response(stored):
    """Hand a file to a reader outside the structure: an image is drawn again, without place, date nor author.

    ValidationError when the copy cannot be made now.
    """
    kind = of_content_type(stored.content_type)
    if kind not in IMAGES:
        return response(stored)
    with stored.content.open("rb") as content:
        copy = copy_without_metadata(content.read(), kind)
    return _answer(stored, io.BytesIO(copy))


def public_response(stored):
    """Show a picture that the portal drew, to everybody, under an address that holds its fingerprint: it never changes.

    For a day only, so that what is taken away leaves the caches.
    """
    answer = _sandboxed(FileResponse(stored.content.open("rb"), content_type=stored.content_type))
    answer.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return answer


def image_response(content, content_type):
    """Show a picture that the portal drew, to somebody whose right was checked; under the rules of a download."""
    return _sandboxed(HttpResponse(content, content_type=content_type))


def _answer(stored, content):
    known = of_content_type(stored.content_type) or stored.content_type.partition(";")[0] in _MADE_BY_THE_PORTAL
    content_type = stored.content_type if known else "application/octet-stream"
    return _sandboxed(FileResponse(content, as_attachment=True, filename=stored.name, content_type=content_type))


def _sandboxed(answer):
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
