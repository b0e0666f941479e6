"""Every sheet of every place; on PostgreSQL the table refuses UPDATE and DELETE, as that of answers does (0003)."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER applications_site_versions_are_append_only BEFORE UPDATE OR DELETE ON applications_siteversion
    FOR EACH ROW EXECUTE FUNCTION applications_versions_are_append_only();
"""
BACKWARD = "DROP TRIGGER applications_site_versions_are_append_only ON applications_siteversion;"


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0010_numbers_and_copies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="numéro")),
                (
                    "sheet",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="fiche"),
                ),
                ("at", models.DateTimeField(verbose_name="instant")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="applications.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "version d'une fiche de site",
                "verbose_name_plural": "versions des fiches de sites",
                "constraints": [
                    models.UniqueConstraint(fields=("site", "number"), name="versions_are_numbered_per_site")
                ],
            },
        ),
        migrations.RunPython(forward, backward),
    ]
