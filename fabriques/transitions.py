"""Changes of state of this floor.

report: awaited → filed (file_report), filed → filed again (file_report, a correction until the next campaign opens)
"""

from django.db import transaction
from django.db.models import Max

from fabriques import arithmetic
from fabriques.models import FollowUpCampaign, JournalAction, Questionnaire, ReportVersion
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def file_report(report, *, by, figures, difficulties=""):
    """The structure tells its figures for the quarter; reminders stop at once. Filing again corrects.

    `figures` maps each name of `arithmetic.FIGURES` to a count of people, cumulative since the label began. Refused when
    they do not add up, and when a later campaign has opened: its report is then the place to put things right.
    """
    report = lock(report)
    now = clock.now()
    if report.filed_at and FollowUpCampaign.objects.filter(starts_on__gt=report.campaign.starts_on).exists():
        raise Refused(
            "Ce relevé ne se corrige plus : la campagne suivante est ouverte. Donnez les bons chiffres dans son relevé, "
            "ils sont cumulés depuis le début du label."
        )
    if faults := arithmetic.faults(figures):
        raise Refused(" ".join(faults.values()))
    is_correction = report.filed_at is not None
    note = _earlier_figures(report) if is_correction else ""
    for name in arithmetic.FIGURES:
        setattr(report, name, figures[name])
    report.questionnaire = Questionnaire.SECOND
    report.difficulties, report.filed_at, report.filed_by = difficulties, now, by
    report.save(update_fields=[*arithmetic.FIGURES, "questionnaire", "difficulties", "filed_at", "filed_by"])
    _keep_version(report)
    action = JournalAction.REPORT_CORRECTED if is_correction else JournalAction.REPORT_FILED
    record(report, action, by=by, at=now, note=note)
    return report


def _keep_version(report):
    """The locked report's next version, numbered from one."""
    last = report.versions.aggregate(last=Max("number"))["last"] or 0
    return ReportVersion.objects.create(
        report=report,
        number=last + 1,
        figures={name: getattr(report, name) for name in arithmetic.FIGURES},
        difficulties=report.difficulties,
        filed_at=report.filed_at,
        filed_by=report.filed_by,
    )


def _earlier_figures(report):
    """What the report said before its correction, in words, for the journal."""
    asked = [name for name in arithmetic.FIGURES if getattr(report, name) is not None]
    words = (f"{report._meta.get_field(name).verbose_name} : {getattr(report, name)}" for name in asked)
    return "Chiffres précédents – " + ", ".join(words)
