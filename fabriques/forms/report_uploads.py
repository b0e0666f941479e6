"""A sheet of many reports judged line by line with the form of one report: the same rules, told by line and column."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from django import forms

from fabriques import arithmetic
from fabriques.checks import TEXTS
from fabriques.forms.follow_up import FollowUpReportForm
from fabriques.models import FollowUpReport, yardsticks
from fabriques.report_reading import label_of
from gen_portal.core import spreadsheets
from gen_portal.core.posted import read_upload
from gen_portal.core.references import as_typed, grouped

KEYS = {"label": "Numéro du label", "quarter": "Trimestre", "title": "Formation", "structure": "Structure"}
HEADERS = KEYS | {name: label_of(name) for name in (*arithmetic.FIGURES, *TEXTS)}


class UploadForm(forms.Form):
    """The file itself: its kind, its size, and that it reads as a sheet with the columns of the template."""

    file = forms.FileField(
        label="Fichier CSV ou XLSX",
        help_text="Le modèle rempli, 1 Mo et 300 lignes au plus.",
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.content, self.sheet = read_upload(upload, HEADERS)
        return upload

    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Verdict(spreadsheets.Judged):
    """What a sheet would file, and what prevents it: with one fault nothing of it is filed."""

    filings: list
    faults: list


def judge(sheet, user):
    """Every line against the reports that this person may still file, in a constant number of queries."""
    reports = _awaited_by_key(user)
    measured = yardsticks(reports.values())
    seen = Counter(_key(row) for row in sheet.rows)
    filings, faults = [], []
    for row in sheet.rows:
        report = reports.get(_key(row))
        if sentence := _key_fault(row, report, seen[_key(row)]):
            faults.append(sheet.fault(row, "label", sentence))
            continue
        form = FollowUpReportForm(row.cells, instance=report, yardstick=measured[report.pk])
        found = [*_formulas(sheet, row), *_form_faults(sheet, row, form)]
        faults += found
        filings += [] if found else [(report, form.filing())]
    return Verdict(filings, faults)


def _awaited_by_key(user):
    reports = FollowUpReport.objects.fileable_by(user).awaited().for_page()
    return {(report.label.reference, report.campaign.code): report for report in reports}


def _key(row):
    return as_typed(row.cells["label"]), row.cells["quarter"].strip().upper()


def _key_fault(row, report, times):
    if not row.cells["label"]:
        return "Le numéro du label manque : recopiez celui du modèle."
    if times > 1:
        return "Ce label et ce trimestre sont sur plusieurs lignes : gardez-en une."
    if report is None:
        return (
            "Aucun relevé de vos structures n'est attendu pour ce label et ce trimestre. Vérifiez les deux premières "
            "colonnes ; un relevé déjà transmis se corrige sur sa page."
        )
    return ""


def _formulas(sheet, row):
    sentence = "Ce texte commence comme une formule : écrivez une phrase."
    return [sheet.fault(row, name, sentence) for name in TEXTS if spreadsheets.is_formula(row.cells[name])]


def _form_faults(sheet, row, form):
    return [sheet.fault(row, name, " ".join(sentences)) for name, sentences in form.errors.items() if name in HEADERS]


def template_rows(user):
    """One row per awaited report, beginning with the figures of the quarter before."""
    reports = list(FollowUpReport.objects.fileable_by(user).awaited().for_page())
    measured = yardsticks(reports)
    return [
        {
            "label": grouped(report.label.reference),
            "quarter": report.campaign.code,
            "title": report.label.title,
            "structure": report.label.training.structure.name,
            **measured[report.pk].earlier,
        }
        for report in reports
    ]
