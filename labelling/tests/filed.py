"""Dossiers filed with documents of every kind, for the tests of what a reviewer reads in the page or as one PDF."""

from applications.tests.factories import ApplicationFactory, AttachmentFactory, SubmissionFactory
from gen_portal.core import clock, files
from gen_portal.core.inspection.kinds import Kind
from gen_portal.core.tests import corpus
from labelling.tests.factories import AssignmentFactory

#: Name, kind, bytes, pages of each honest document.
EVERY_KIND = {
    "statuts.pdf": (Kind.PDF, corpus.a_pdf(3), 3),
    "photo.jpg": (Kind.JPEG, corpus.a_photo(), 1),
    "plan.png": (Kind.PNG, corpus.an_image(), 1),
    "budget.xlsx": (Kind.XLSX, corpus.an_xlsx(), 1),
    "recettes.ods": (Kind.ODS, corpus.an_ods(), 1),
}
BROKEN = {"casse.pdf": (Kind.PDF, b"%PDF-1.7 rien", 0)}


def filed_place(documents=EVERY_KIND, **fields):
    """A place on a dossier under review, filed with these documents; `fields` are those of the place."""
    application = ApplicationFactory(under_review=True, **fields.pop("dossier", {}))
    for name, (kind, content, _) in documents.items():
        stored = files.store(content, name=name, content_type=kind.content_type, by=application.started_by)
        AttachmentFactory(application=application, file=stored)
    SubmissionFactory(application=application, filed_at=clock.now())
    return AssignmentFactory(application=application, **fields)


def attachment(place, name):
    return place.application.attachments.get(file__name=name)
