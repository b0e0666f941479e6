"""Dossiers that people withdrew from before a hidden subject was a row."""

from django.db import migrations

DOSSIER = "applications.application"


def hide(apps, schema_editor):
    hidden = apps.get_model("core", "HiddenSubject")
    rows = apps.get_model("labelling", "Recusal").objects.values_list("user_id", "application_id", "recused_at")
    hidden.objects.bulk_create(
        (
            hidden(user_id=user, subject_type=DOSSIER, subject_id=application, since_at=at)
            for user, application, at in rows.iterator()
        ),
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("labelling", "0007_reviewer_terms"),
        ("core", "0007_what_does_not_exist_for_somebody"),
    ]

    operations = [migrations.RunPython(hide, migrations.RunPython.noop)]
