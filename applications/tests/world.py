"""One dossier and everybody around it, for the tests of its pages."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from applications.models import MemberRole
from applications.tests.factories import ApplicationFactory, MembershipFactory, TrainingFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory


class World:
    """One dossier of one structure, and everybody around it."""

    def __init__(self, **traits):
        self.owner = MembershipFactory()
        self.structure = self.owner.structure
        self.application = ApplicationFactory(training=TrainingFactory(structure=self.structure), **traits)
        self.people = {
            "owner": self.owner.user,
            "editor": MembershipFactory(structure=self.structure, role=MemberRole.EDITOR).user,
            "reader": MembershipFactory(structure=self.structure, role=MemberRole.READER).user,
            "stranger": MembershipFactory().user,
            "officer": CapacityFactory().user,
            "director": CapacityFactory(role=Role.DIRECTOR).user,
            "admin": CapacityFactory(role=Role.TECHNICAL_ADMIN).user,
        }

    def url(self, name, *args):
        return reverse(name, args=[self.application.reference, *args])


def status_of(answer):
    """Its status, once a file it may hold is read and closed."""
    answer.close()
    return answer.status_code


def pdf_bytes(is_active=False):
    buffer, writer = BytesIO(), PdfWriter()
    writer.add_blank_page(200, 200)
    if is_active:
        action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
        writer.root_object[NameObject("/OpenAction")] = action
    writer.write(buffer)
    return buffer.getvalue()


def pdf(name="statuts.pdf", content=None):
    return SimpleUploadedFile(name, content or pdf_bytes(), content_type="application/pdf")
