"""Reports filed before versions were kept get their first one, with the figures of the first questionnaire."""

from django.db import migrations
from django.db.models import F

FIRST_FIGURES = (
    "started_count",
    "in_progress_count",
    "finished_count",
    "dropped_count",
    "women_count",
    "under_26_count",
    "priority_area_count",
)


def keep_first_versions(apps, schema_editor):
    Report, Version = (apps.get_model("fabriques", name) for name in ("FollowUpReport", "ReportVersion"))
    filed = Report.objects.filter(filed_at__isnull=False, versions=None).order_by("pk")
    rows = filed.values(*FIRST_FIGURES, "difficulties", "filed_at", "filed_by_id", report_id=F("pk"))
    versions = []
    for row in rows.iterator(chunk_size=500):
        figures = {name: row.pop(name) for name in FIRST_FIGURES}
        versions.append(Version(number=1, figures=figures, **row))
    Version.objects.bulk_create(versions, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("fabriques", "0002_the_whole_questionnaire")]
    operations = [migrations.RunPython(keep_first_versions, migrations.RunPython.noop)]
