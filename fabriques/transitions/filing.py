"""Changes of state of this floor.

report: awaited → filed (file_report), filed → filed again (file_report, a correction until the next campaign opens, or one
    that an officer asked for)
upload: read → filed (file_upload): every report of the sheet at once, or none
"""

from django.db import transaction

from fabriques import arithmetic
from fabriques.actions.reports import CLOSED, Conflict, filing_count, mark
from fabriques.checks import TEXTS, verdict
from fabriques.models import JournalAction, Questionnaire, ReportDraft, ReportVersion, yardsticks
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def file_report(report, *, by, figures, difficulties="", fall_note="", deviation_note="", seen=None):
    """The structure tells its figures for the quarter; reminders stop at once. Filing again corrects.

    `figures` maps each name of `arithmetic.FIGURES` to a count of people, cumulative since the label began; `seen` is how
    many filings the person had before their eyes. Refused when the verdict of `checks` is not clean and when the report is
    closed; Conflict when somebody filed other figures meanwhile (the same ones: it is done, nothing more happens).
    """
    report = lock(report)
    now = clock.now()
    texts = dict(zip(TEXTS, (difficulties, fall_note, deviation_note), strict=True))
    count = filing_count(report)
    if seen is not None and seen != count:
        if report.stored() == {**figures, **texts}:
            return report
        raise Conflict(report.stored(), mark(count, None))
    if report.is_closed():
        raise Refused(CLOSED)
    if faults := verdict(figures, texts, yardsticks([report])[report.pk]):
        raise Refused(" ".join(faults.values()))
    note = _earlier_figures(report) if report.filed_at else ""
    _store(report, {**figures, **texts}, by=by, at=now)
    _keep_version(report, count + 1)
    ReportDraft.objects.filter(report=report).delete()
    action = JournalAction.REPORT_CORRECTED if count else JournalAction.REPORT_FILED
    record(report, action, by=by, at=now, note=note)
    return report


def _store(report, values, *, by, at):
    names = [*arithmetic.FIGURES, *TEXTS]
    for name in names:
        setattr(report, name, values[name])
    report.questionnaire = Questionnaire.SECOND
    report.filed_at, report.filed_by = at, by
    report.save(update_fields=[*names, "questionnaire", "filed_at", "filed_by"])


def _keep_version(report, number):
    """What the locked report says now, under its number."""
    return ReportVersion.objects.create(
        report=report,
        number=number,
        figures=report.figures(),
        filed_at=report.filed_at,
        filed_by=report.filed_by,
        **{name: getattr(report, name) for name in TEXTS},
    )


def _earlier_figures(report):
    """What the report said before its correction, in words, for the journal."""
    asked = [name for name in arithmetic.FIGURES if getattr(report, name) is not None]
    words = (f"{report._meta.get_field(name).verbose_name} : {getattr(report, name)}" for name in asked)
    return "Chiffres précédents – " + ", ".join(words)


@transaction.atomic
def file_upload(upload, *, by, filings):
    """File every report of a sheet, or none. `filings`: (report, values of `file_report`) of each line, checked already.

    An upload filed before is returned as it is: a second click files nothing. A report that somebody filed since the sheet
    was read raises Refused, and nothing of the sheet stays.
    """
    upload = lock(upload)
    if upload.filed_at is not None:
        return upload
    for report, values in sorted(filings, key=lambda pair: pair[0].pk):
        try:
            file_report(report, by=by, seen=0, **values)
        except Refused as refusal:
            raise Refused(
                f"« {report.label.title} », {report.campaign} : {refusal} Rien n'a été transmis."
            ) from refusal
    upload.filed_at, upload.report_count = clock.now(), len(filings)
    upload.save(update_fields=["filed_at", "report_count"])
    record(upload, JournalAction.UPLOAD_FILED, by=by, at=upload.filed_at, note=f"{len(filings)} relevés")
    return upload
