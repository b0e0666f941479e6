"""A change of mind is kept beside the first value; until now nobody could, so the first mean is the mean."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def _first_values_are_those_in_force(apps, schema_editor):
    apps.get_model("labelling", "ReviewFigures").objects.update(first_mean=F("mean"))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_dossier_officers"),
        ("labelling", "0009_regional_opinions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="numéro")),
                ("marks", models.JSONField(verbose_name="notes")),
                (
                    "recommendation",
                    models.CharField(
                        choices=[("favourable", "favorable"), ("reserved", "réservé"), ("unfavourable", "défavorable")],
                        max_length=12,
                        verbose_name="avis",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="ce qui l'a fait changer")),
                ("given_at", models.DateTimeField(verbose_name="donnée")),
            ],
            options={
                "verbose_name": "seconde valeur",
                "verbose_name_plural": "secondes valeurs",
            },
        ),
        migrations.RemoveConstraint(
            model_name="reviewfigures",
            name="figures_exist_if_and_only_if_there_are_reviews",
        ),
        migrations.AddField(
            model_name="reviewfigures",
            name="first_mean",
            field=models.DecimalField(
                blank=True, decimal_places=3, max_digits=4, null=True, verbose_name="moyenne des premières valeurs"
            ),
        ),
        migrations.RunPython(_first_values_are_those_in_force, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="reviewfigures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_mean", None), ("mean", None), ("review_count", 0), ("spread", None)),
                    models.Q(
                        ("first_mean__isnull", False),
                        ("mean__isnull", False),
                        ("review_count__gte", 1),
                        ("spread__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="figures_exist_if_and_only_if_there_are_reviews",
            ),
        ),
        migrations.AddField(
            model_name="secondopinion",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="second_opinions",
                to="labelling.review",
                verbose_name="évaluation",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondopinion",
            constraint=models.UniqueConstraint(fields=("review", "number"), name="second_opinions_are_numbered"),
        ),
        migrations.AddConstraint(
            model_name="secondopinion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_change_of_mind_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="secondopinion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="second_opinions_start_at_one"
            ),
        ),
    ]
