"""What a filing keeps, and its fingerprint."""

import json
from decimal import Decimal

import pytest

from applications import archive
from applications.models.sections import SECTIONS
from applications.models.tables import TABLES
from applications.tests.factories import ANSWERS, ApplicationFactory, AttachmentFactory, CallFactory

pytestmark = pytest.mark.django_db


def build(application):
    return archive.build(archive.for_archiving([application])[0])


def test_archive_holds_every_answer_as_it_was(frozen_clock):
    application = ApplicationFactory(complete=True)

    kept = archive.answers(build(application))

    told = {"structure_created_on": "2012-03-14", "signatory_name": application.signatory_name}
    assert {name: kept[name] for name in ANSWERS} == ANSWERS | told
    assert set(kept) == {name for section in SECTIONS for name in section.shown}


def test_archive_says_choices_and_amounts_in_words(frozen_clock):
    content = build(ApplicationFactory(complete=True))

    rows = {row["field"]: row["text"] for section in content["sections"] for row in section["answers"]}

    assert rows["entry_level"] == "aucun diplôme demandé"
    assert rows["is_free"] == "oui"
    assert rows["total_budget_euros"] == "120\u202f000"
    assert rows["first_start_on"] == "26\u00a0septembre 2026"
    assert rows["rncp_code"] == ""
    assert rows["sourcing_channels"] == "service public de l'emploi, missions locales"
    assert rows["partners"] == "Mission locale ; Service de l'emploi ; Oriente les jeunes. ; oui"


def test_archive_holds_tables_in_words(frozen_clock):
    content = build(ApplicationFactory(complete=True))

    rows = {row["field"]: row for section in content["sections"] for row in section["answers"]}

    assert rows["expenses"]["table"] == {
        "headings": [
            {"label": "Poste de dépense", "is_amount": False},
            {"label": "Précision", "is_amount": False},
            {"label": "Montant", "is_amount": True},
        ],
        "rows": [["Personnel", "", "120\u202f000\u00a0€"]],
    }
    assert rows["planned_sessions"]["table"]["rows"] == [["26\u00a0septembre 2026", "", "15", ""]]
    assert "table" not in rows["milestones"]


def test_archive_places_a_site_and_says_how_exactly(frozen_clock):
    application = ApplicationFactory(complete=True)
    site = application.sites.get()
    assert build(application)["sites"][0]["precision"] == site.precision == "centre de la commune"

    application.sites.update(latitude=Decimal("48.11"), longitude=Decimal("-1.68"))

    placed = build(application)["sites"][0]
    assert (placed["position"], placed["precision"]) == (["48.11000", "-1.68000"], "point placé par la structure")


def test_the_first_start_is_that_of_the_earliest_dated_session(frozen_clock):
    lines = [TABLES["planned_sessions"].line(starts_on=day) for day in ("2027-05-01", "", "2027-02-01")]
    assert archive.first_start(build(ApplicationFactory(complete=True, planned_sessions=lines))) == "2027-02-01"


def test_an_archive_of_the_first_format_is_still_read(frozen_clock):
    content = build(ApplicationFactory(complete=True))
    old = content | {"format": 1, "sections": [old_section(section) for section in content["sections"]]}
    assert archive.answers(old)["summary"] == ANSWERS["summary"]
    assert archive.first_start(old) == "2026-09-26"


def old_section(section):
    """Without the answers that the first format did not know."""
    return section | {"answers": [row for row in section["answers"] if row["field"] not in TABLES]}


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
