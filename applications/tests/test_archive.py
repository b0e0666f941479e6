"""What a filing keeps, and its fingerprint."""

import json

import pytest

from applications import archive
from applications.models.sections import SECTIONS
from applications.tests.factories import ANSWERS, ApplicationFactory, AttachmentFactory, CallFactory

pytestmark = pytest.mark.django_db


def build(application):
    return archive.build(archive.for_archiving([application])[0])


def test_archive_holds_every_answer_as_it_was(frozen_clock):
    application = ApplicationFactory(complete=True)

    kept = archive.answers(build(application))

    assert {name: kept[name] for name in ANSWERS} == ANSWERS
    assert set(kept) == {name for section in SECTIONS for name in section.fields}


def test_archive_says_choices_and_amounts_in_words(frozen_clock):
    content = build(ApplicationFactory(complete=True))

    rows = {row["field"]: row["text"] for section in content["sections"] for row in section["answers"]}

    assert rows["entry_level"] == "aucun diplôme demandé"
    assert rows["is_free"] == "oui"
    assert rows["total_budget_euros"] == "120\u202f000"
    assert rows["first_start_on"] == "26\u00a0septembre 2026"
    assert rows["rncp_code"] == ""


def test_archive_lists_files_with_their_fingerprint(frozen_clock):
    attachment = AttachmentFactory(application=ApplicationFactory(complete=True))

    content = build(attachment.application)

    assert archive.file_row(content, attachment.pk) == {
        "attachment": attachment.pk,
        "document": "Autre pièce",
        "name": "statuts.pdf",
        "size_bytes": 18,
        "sha256": attachment.file.sha256,
    }
    assert archive.file_row(content, attachment.pk + 1) is None


def test_digest_survives_the_database(frozen_clock):
    filing = ApplicationFactory(submitted=True).submissions.get()

    assert filing.sha256 == archive.digest(filing.archive)
    assert archive.digest(json.loads(archive.canonical(filing.archive))) == filing.sha256


def test_archiving_many_costs_no_more_than_one(frozen_clock, django_assert_num_queries):
    call = CallFactory()
    applications = [ApplicationFactory(call=call, complete=True) for _ in range(3)]

    for some in (applications[:1], applications):
        with django_assert_num_queries(3):
            contents = [archive.build(application) for application in archive.for_archiving(some)]
        assert [content["reference"] for content in contents] == [application.reference for application in some]
