"""A document of a dossier, as filed, handed to whoever judges it or gives an opinion on it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404

from applications import archive
from applications.views.pieces import withheld
from gen_portal.core import files

NO_COPY = "La copie de cette image n'a pas pu être préparée. Réessayez dans une minute."


def filed_document(request, application, pk):
    """The file, images without the place nor the date they hide; 404 unless the latest filing carried it.

    The caller has found the dossier among those that the person may see.
    """
    _, attachment = filed_attachment(application, pk)
    if files.why_withheld(attachment.file):
        return withheld(request, attachment.file, files.why_withheld(attachment.file))
    try:
        return files.shown_response(attachment.file)
    except ValidationError:
        return withheld(request, attachment.file, NO_COPY)


def filed_attachment(application, pk):
    """The line of the latest filing's manifest, and the attachment; 404 unless that filing carried it."""
    filing = application.submissions.latest_first().first()
    row = filing and archive.file_row(filing.archive, pk)
    if not row:
        raise Http404
    return row, get_object_or_404(application.attachments.for_page(), pk=pk)
