"""Every value of every answer; on PostgreSQL the table refuses UPDATE and DELETE (docs/decisions/0028)."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="réponse")),
                ("number", models.PositiveIntegerField(verbose_name="numéro")),
                (
                    "value",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name="valeur"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="instant")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="applications.application",
                        verbose_name="candidature",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "version d'une réponse",
                "verbose_name_plural": "versions des réponses",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "name", "number"), name="versions_are_numbered_per_answer"
                    )
                ],
            },
        ),
        append_only(
            "applications_answerversion",
            name="applications_versions_are_append_only",
            message="versions of answers are append-only",
        ),
    ]
