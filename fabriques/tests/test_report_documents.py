"""The documents of a report: joined, read by who may, removed, never too many."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.tests.factories import MembershipFactory
from applications.tests.world import pdf_bytes
from fabriques.actions.reports import join_document
from fabriques.models import ReportDocument
from fabriques.tests.factories import FollowUpReportFactory
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(frozen_clock):
    return FollowUpReportFactory()


@pytest.fixture
def owner(report):
    return MembershipFactory(structure=report.label.training.structure).user


def test_documents_are_joined_read_and_removed(client_for, report, owner):
    client = client_for(owner)
    upload = SimpleUploadedFile("bilan.pdf", pdf_bytes(), content_type="application/pdf")

    client.post(reverse("report_documents", args=[report.reference]), {"file": upload})

    document = ReportDocument.objects.get(report=report)
    read = client.get(reverse("report_document_file", args=[report.reference, document.pk]))
    assert b"".join(read.streaming_content) == pdf_bytes()
    client.post(reverse("report_document_remove", args=[report.reference, document.pk]))
    assert client.get(reverse("report_document_file", args=[report.reference, document.pk])).status_code == 404
    assert [entry.action for entry in JournalEntry.objects.about(report)] == [
        "report.document_joined",
        "report.document_removed",
    ]


def test_an_eleventh_document_is_refused(report, owner):
    for number in range(11):
        upload = SimpleUploadedFile(f"{number}.pdf", pdf_bytes())
        if number < 10:
            join_document(report, upload=upload, by=owner)
    with pytest.raises(Refused, match="au plus 10 documents"):
        join_document(report, upload=upload, by=owner)

    assert report.documents.count() == 10
