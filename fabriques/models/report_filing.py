"""What surrounds the filing of a report: its draft, its documents, its uploads, and what it is measured against."""

from collections import defaultdict

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications import archive
from fabriques.arithmetic import FIGURES
from fabriques.checks import Yardstick
from fabriques.deviations import Commitments
from fabriques.models.follow_up import FollowUpReport
from gen_portal.core.models import StoredFile
from gen_portal.core.references import new_reference
from labelling.models import Label


class ReportDraft(models.Model):
    """What members of a structure are writing before they file: one per report, as typed, gone once it is filed."""

    report = models.OneToOneField(FollowUpReport, models.PROTECT, verbose_name="relevé", related_name="draft")
    typed = models.JSONField("saisie")
    version = models.PositiveIntegerField("version")
    saved_at = models.DateTimeField("enregistré")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="enregistré par", related_name="+"
    )

    class Meta:
        verbose_name = "brouillon de relevé"
        verbose_name_plural = "brouillons de relevés"

    def __str__(self):
        return f"{self.report}, brouillon {self.version}"


class ReportDocumentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(removed_at=None)

    def for_page(self):
        return self.select_related("file", "joined_by").order_by("joined_at", "pk")


class ReportDocument(models.Model):
    """A PDF joined to a report. Removing it hides it; the file stays."""

    report = models.ForeignKey(FollowUpReport, models.PROTECT, verbose_name="relevé", related_name="documents")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="fichier", related_name="+")
    joined_at = models.DateTimeField("joint")
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="joint par", related_name="+")
    removed_at = models.DateTimeField("retiré", null=True, blank=True)

    objects = ReportDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document d'un relevé"
        verbose_name_plural = "documents d'un relevé"

    def __str__(self):
        return str(self.file)


class ReportUploadQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(uploaded_by=user).select_related("file")

    def filed_with(self, sha256):
        """Those of this content that were filed."""
        return self.filter(sha256=sha256, filed_at__isnull=False)


class ReportUpload(models.Model):
    """A sheet with the figures of many reports, sent by one person: first read, then filed as a whole, once."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="fichier", related_name="+")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    uploaded_at = models.DateTimeField("reçu")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="envoyé par", related_name="+"
    )
    filed_at = models.DateTimeField("transmis", null=True, blank=True)
    report_count = models.PositiveSmallIntegerField("relevés transmis", null=True, blank=True)

    objects = ReportUploadQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier de relevés"
        verbose_name_plural = "fichiers de relevés"
        constraints = [
            models.UniqueConstraint(name="a_person_uploads_the_same_content_once", fields=["uploaded_by", "sha256"]),
            models.CheckConstraint(
                name="a_filed_upload_tells_how_many_reports",
                condition=Q(filed_at=None, report_count=None) | Q(filed_at__isnull=False, report_count__gte=1),
            ),
        ]

    def __str__(self):
        return self.file.name


def yardsticks(reports):
    """What each report is measured against, by pk, in two queries. Their campaigns are read already."""
    reports = list(reports)
    labels = Label.objects.select_related("submission").in_bulk({report.label_id for report in reports})
    around = _filed_by_label(labels)
    return {report.pk: _yardstick(report, labels[report.label_id], around[report.label_id]) for report in reports}


def _filed_by_label(labels):
    rows = FollowUpReport.objects.filed().filter(label__in=labels).order_by("campaign__starts_on")
    around = defaultdict(list)
    for row in rows.values("label_id", "campaign__starts_on", *FIGURES):
        around[row["label_id"]].append(row)
    return around


def _yardstick(report, label, rows):
    starts_on = report.campaign.starts_on
    earlier = [row for row in rows if row["campaign__starts_on"] < starts_on]
    later = [row for row in rows if row["campaign__starts_on"] > starts_on]
    return Yardstick(
        earlier=_figures(earlier[-1]) if earlier else {},
        later=_figures(later[0]) if later else {},
        promised=Commitments.of(archive.answers(label.submission.archive)),
        elapsed_percent=_elapsed_percent(label, report.campaign.ends_on),
    )


def _figures(row):
    return {name: row[name] for name in FIGURES}


def _elapsed_percent(label, day):
    """From the first session that the dossier planned, or the label's first day, to the label's end."""
    first = max(label.starts_on, label.first_start_on or label.starts_on)
    if day <= first:
        return 0
    return min(100, 100 * (day - first).days // max(1, (label.ends_on - first).days))
