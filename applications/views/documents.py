"""The PDF documents of a dossier before it is filed: downloads, made when they are asked for."""

from io import BytesIO

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404

from applications import documents
from applications.models import Application, Call
from applications.policies import dossiers as policies
from gen_portal.core import access, clock, pdf


def application_pdf(request, reference):
    """Who: members of the structure. Question: how does my dossier read on paper? Leaves with: a PDF of it as it is."""
    found = Application.objects.visible_to(request.user).for_writing()
    application = get_object_or_404(found, reference=reference)
    access.require(policies.is_member(request.user, application))
    return _download(documents.draft_pdf(application, clock.now()), f"dossier-{application.reference}.pdf")


@login_not_required
def call_blank_pdf(request, slug):
    """Who: anybody. Question: what will I be asked? Leaves with: the blank dossier as a PDF."""
    now = clock.now()
    call = get_object_or_404(Call.objects.published(now).with_standing(now).for_reading(), slug=slug)
    return _download(documents.blank_pdf(call, now), f"dossier-vierge-{call.slug}.pdf")


def _download(content, name):
    answer = FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=pdf.MEDIA_TYPE)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
