"""Sheets of reports: read with care, judged like the form, filed as a whole or not at all."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques import arithmetic
from fabriques.actions.report_uploads import keep_upload
from fabriques.forms.report_uploads import HEADERS, judge, template_rows
from fabriques.models import FollowUpReport, ReportUpload, ReportVersion
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from fabriques.tests.test_arithmetic import any_figures, nearly_sound
from fabriques.transitions import file_report, file_upload
from gen_portal.core import spreadsheets
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.once, pytest.mark.django_db]
WRITERS = {"csv": spreadsheets.as_csv, "xlsx": spreadsheets.as_xlsx}


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory().user


@pytest.fixture
def reports(owner):
    structure = owner.memberships.get().structure
    return [FollowUpReportFactory(label__decision__application__training__structure=structure) for _ in range(3)]


def filled(user, **values):
    return [row | SOUND | values for row in template_rows(user)]


def send(client, content, name="releves.csv"):
    return client.post(reverse("upload_create"), {"file": SimpleUploadedFile(name, content)}, follow=True)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_filled_template_files_every_report_once(client_for, owner, reports, kind):
    client = client_for(owner)
    page = send(client, WRITERS[kind](HEADERS, filled(owner)), f"releves.{kind}")
    url = page.redirect_chain[-1][0]
    assert FollowUpReport.objects.filed().count() == 0

    client.post(url)
    second = client.post(url, follow=True)

    assert "déjà transmis" in second.content.decode()
    assert [report.figures() for report in FollowUpReport.objects.filed().order_by("pk")] == [SOUND] * 3
    assert ReportVersion.objects.count() == 3
    assert JournalEntry.objects.filter(action="upload.filed").count() == 1


def test_the_same_content_again_leads_to_what_was_filed(client_for, owner, reports):
    client, content = client_for(owner), spreadsheets.as_csv(HEADERS, filled(owner))
    client.post(send(client, content).redirect_chain[-1][0])

    again = send(client, content)

    assert "a été transmis" in again.content.decode()
    assert ReportUpload.objects.count() == 1


def test_faults_are_told_by_line_and_column_and_nothing_is_filed(client_for, owner, reports):
    rows = filled(owner)
    rows[0]["dropped_count"] = 9
    rows[1]["women_count"] = "huit"
    rows[2]["label"] = "0000-0000-0000-0000"

    page = send(client_for(owner), spreadsheets.as_csv(HEADERS, rows))

    faults = [(fault.line, fault.column, fault.header) for fault in page.context["verdict"].faults]
    assert page.status_code == 422
    assert faults == [(2, "H", "Personnes entrées en formation"), (3, "L", "Femmes"), (4, "A", "Numéro du label")]
    assert "12 + 5 + 9 = 26" in page.content.decode()
    assert (FollowUpReport.objects.filed().count(), ReportUpload.objects.count()) == (0, 0)


@pytest.mark.parametrize("text", ["=1+1", "+33", "@SOMME(A1)", " =A1"])
def test_a_text_that_would_be_computed_is_refused(owner, reports, text):
    sheet = spreadsheets.read(spreadsheets.as_csv(HEADERS, filled(owner)), HEADERS)
    sheet.rows[0].cells["difficulties"] = text

    assert [(fault.line, fault.header) for fault in judge(sheet, owner).faults] == [(2, "Difficultés rencontrées")]


def test_a_label_on_two_lines_is_refused_on_both(owner, reports):
    rows = filled(owner)

    verdict = judge(spreadsheets.read(spreadsheets.as_csv(HEADERS, [*rows, rows[0]]), HEADERS), owner)

    assert [fault.line for fault in verdict.faults] == [2, 5]
    assert all("plusieurs lignes" in fault.sentence for fault in verdict.faults)


def test_reports_of_others_and_filed_ones_are_not_awaited(owner, reports):
    stranger = FollowUpReportFactory()
    rows = filled(owner)
    rows[0]["label"] = stranger.label.reference
    file_report(reports[1], by=owner, figures=SOUND)

    verdict = judge(spreadsheets.read(spreadsheets.as_csv(HEADERS, rows), HEADERS), owner)

    assert len(verdict.faults) == 2
    assert all("n'est attendu" in fault.sentence for fault in verdict.faults)


def test_a_reader_has_nothing_to_send(owner, reports):
    reader = MembershipFactory(structure=owner.memberships.get().structure, role=MemberRole.READER).user

    verdict = judge(spreadsheets.read(spreadsheets.as_csv(HEADERS, filled(owner)), HEADERS), reader)

    assert (template_rows(reader), verdict.filings, len(verdict.faults)) == ([], [], 3)


def test_a_report_filed_since_the_sheet_was_read_stops_all_of_it(owner, reports):
    content = spreadsheets.as_csv(HEADERS, filled(owner))
    verdict = judge(spreadsheets.read(content, HEADERS), owner)
    upload = keep_upload(content, name="r.csv", content_type="text/csv", by=owner)
    file_report(reports[2], by=owner, figures=SOUND | {"women_count": 9})

    with pytest.raises(Refused, match="Rien n'a été transmis"):
        file_upload(upload, by=owner, filings=verdict.filings)

    assert [report.pk for report in FollowUpReport.objects.filed()] == [reports[2].pk]


@pytest.mark.parametrize("count", [1, 3])
def test_judging_costs_the_same_for_any_number_of_lines(owner, django_assert_num_queries, count):
    structure = owner.memberships.get().structure
    for _ in range(count):
        FollowUpReportFactory(label__decision__application__training__structure=structure)
    sheet = spreadsheets.read(spreadsheets.as_csv(HEADERS, filled(owner)), HEADERS)

    with django_assert_num_queries(3):
        verdict = judge(sheet, owner)

    assert len(verdict.filings) == count


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_csv_of_every_spreadsheet_reads_the_same(encoding, delimiter):
    content = delimiter.join(["Numéro", "DIFFICULTES"]) + "\r\n" + delimiter.join(["7", "Été\u00a0chargé"]) + "\r\n"

    sheet = spreadsheets.read(content.encode(encoding), {"number": "Numéro", "words": "Difficultés"})

    assert [(row.line, row.cells) for row in sheet.rows] == [(2, {"number": "7", "words": "Été\u00a0chargé"})]


def workbook(*rows):
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheets.MAX_UNZIPPED_BYTES + 1))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "est vide"),
        (b"a;b\n", "que la ligne d'en-tête"),
        (b"a;c\n1;2\n", "Colonnes absentes : « b ». Colonnes inconnues : « c »"),
        (b"a;b;A\n1;2;3\n", "Colonnes en double : « A »"),
        (b'a;b\n1;"2\n', "guillemet"),
        (b"a;b\n\0;2\n", "ni un CSV ni un XLSX"),
        (b"a;b\n" + b"1;2\n" * (spreadsheets.MAX_LINES + 1), "plus de 300 lignes"),
        (b"a" * (spreadsheets.MAX_BYTES + 1), "dépasse 1 Mo"),
        (b"PK\x03\x04 broken", "ne s'ouvre pas"),
        (workbook(["a", "b"], [1, "=1+1"]), "La cellule B2 contient une formule"),
        (bomb(), "trop lourd"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do(content, words):
    with pytest.raises(spreadsheets.Unreadable, match=words):
        spreadsheets.read(content, {"a": "a", "b": "b"})


def test_xlsx_numbers_are_read_as_one_sees_them():
    sheet = spreadsheets.read(workbook(["a", "b"], [12.0, 3], [None, None], ["x", None]), {"a": "A", "b": "B"})

    assert [(row.line, row.cells) for row in sheet.rows] == [(2, {"a": "12", "b": "3"}), (4, {"a": "x", "b": ""})]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    lots=st.lists(st.one_of(any_figures, nearly_sound()), min_size=3, max_size=3), kind=st.sampled_from(list(WRITERS))
)
def test_an_upload_equals_filing_each_by_its_form(owner, reports, lots, kind):
    rows = [
        row | figures | {"fall_note": "Motif.", "deviation_note": "Motif."}
        for row, figures in zip(template_rows(owner), lots, strict=True)
    ]
    by_label = {row["label"].replace("-", ""): row for row in rows}

    verdict = judge(spreadsheets.read(WRITERS[kind](HEADERS, rows), HEADERS), owner)

    wrong = {fault.line for fault in verdict.faults}
    assert wrong == {line for line, figures in enumerate(lots, 2) if arithmetic.faults(figures)}
    for report, values in verdict.filings:
        row = by_label[report.label.reference]
        assert values["figures"] == {name: row[name] for name in arithmetic.FIGURES}
        assert values["fall_note"] == values["deviation_note"] == "Motif."
