"""The second questionnaire: rows of before keep the first one, whatever it did not ask stays empty (docs/decisions/0040)."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fabriques", "0001_initial"),
        ("labelling", "0002_a_published_decision_bears_both_signatures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="numéro")),
                ("figures", models.JSONField(verbose_name="nombres")),
                ("difficulties", models.TextField(blank=True, verbose_name="difficultés rencontrées")),
                ("filed_at", models.DateTimeField(verbose_name="transmise")),
            ],
            options={
                "verbose_name": "version d'un relevé",
                "verbose_name_plural": "versions d'un relevé",
                "ordering": ["report", "number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="followupreport",
            name="a_filed_report_gives_every_figure",
        ),
        migrations.RemoveConstraint(
            model_name="followupreport",
            name="a_part_never_passes_the_whole",
        ),
        migrations.AddField(
            model_name="followupreport",
            name="admitted_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="personnes admises"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="bac_or_below_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="niveau bac ou moins"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="certified_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="certifications obtenues"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="disabled_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="personnes handicapées"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_apprenticeship_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="alternance à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_business_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="création d'entreprise à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_fixed_term_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="CDD à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_other_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="autre situation à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_permanent_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="CDI à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_training_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="poursuite de formation à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_3_unknown_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="situation inconnue à 3 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_apprenticeship_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="alternance à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_business_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="création d'entreprise à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_fixed_term_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="CDD à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_other_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="autre situation à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_permanent_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="CDI à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_training_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="poursuite de formation à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="exits_6_unknown_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="situation inconnue à 6 mois"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="job_seeker_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="demandeurs d'emploi"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="neet_count",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="sans emploi ni formation avant l'entrée"
            ),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="questionnaire",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "sept nombres"), (2, "questionnaire complet")], default=1, verbose_name="questionnaire"
            ),
        ),
        migrations.AlterField(
            model_name="followupreport",
            name="questionnaire",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "sept nombres"), (2, "questionnaire complet")], default=2, verbose_name="questionnaire"
            ),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="received_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="candidatures reçues"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="rural_area_count",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="habitants de zones rurales prioritaires"
            ),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="sessions_held_count",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="promotions commencées"),
        ),
        migrations.AddField(
            model_name="followupreport",
            name="young_neet_count",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="moins de 26 ans sans emploi ni formation"
            ),
        ),
        migrations.AddConstraint(
            model_name="followupreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        ("dropped_count__isnull", False),
                        ("finished_count__isnull", False),
                        ("in_progress_count__isnull", False),
                        ("priority_area_count__isnull", False),
                        ("started_count__isnull", False),
                        ("under_26_count__isnull", False),
                        ("women_count__isnull", False),
                        models.Q(
                            ("questionnaire", 1),
                            models.Q(
                                ("admitted_count__isnull", False),
                                ("bac_or_below_count__isnull", False),
                                ("certified_count__isnull", False),
                                ("disabled_count__isnull", False),
                                ("dropped_count__isnull", False),
                                ("exits_3_apprenticeship_count__isnull", False),
                                ("exits_3_business_count__isnull", False),
                                ("exits_3_fixed_term_count__isnull", False),
                                ("exits_3_other_count__isnull", False),
                                ("exits_3_permanent_count__isnull", False),
                                ("exits_3_training_count__isnull", False),
                                ("exits_3_unknown_count__isnull", False),
                                ("exits_6_apprenticeship_count__isnull", False),
                                ("exits_6_business_count__isnull", False),
                                ("exits_6_fixed_term_count__isnull", False),
                                ("exits_6_other_count__isnull", False),
                                ("exits_6_permanent_count__isnull", False),
                                ("exits_6_training_count__isnull", False),
                                ("exits_6_unknown_count__isnull", False),
                                ("finished_count__isnull", False),
                                ("in_progress_count__isnull", False),
                                ("job_seeker_count__isnull", False),
                                ("neet_count__isnull", False),
                                ("priority_area_count__isnull", False),
                                ("received_count__isnull", False),
                                ("rural_area_count__isnull", False),
                                ("sessions_held_count__isnull", False),
                                ("started_count__isnull", False),
                                ("under_26_count__isnull", False),
                                ("women_count__isnull", False),
                                ("young_neet_count__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="a_filed_report_gives_every_figure",
            ),
        ),
        migrations.AddConstraint(
            model_name="followupreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("admitted_count"), models.F("received_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(models.F("started_count"), models.F("admitted_count")),
                    ),
                    _connector="OR",
                ),
                name="one_applies_then_is_admitted_then_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="followupreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None), ("started_count", 0), ("sessions_held_count__gte", 1), _connector="OR"
                ),
                name="people_start_in_a_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="followupreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        django.db.models.lookups.LessThanOrEqual(models.F("women_count"), models.F("started_count")),
                        django.db.models.lookups.LessThanOrEqual(models.F("under_26_count"), models.F("started_count")),
                        django.db.models.lookups.LessThanOrEqual(models.F("neet_count"), models.F("started_count")),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("young_neet_count"), models.F("started_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("bac_or_below_count"), models.F("started_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("priority_area_count"), models.F("started_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("rural_area_count"), models.F("started_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("job_seeker_count"), models.F("started_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(models.F("disabled_count"), models.F("started_count")),
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("young_neet_count"), models.F("under_26_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(models.F("young_neet_count"), models.F("neet_count")),
                    ),
                    _connector="OR",
                ),
                name="a_part_never_passes_the_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="followupreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        django.db.models.lookups.LessThanOrEqual(
                            models.F("certified_count"), models.F("finished_count")
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("exits_3_permanent_count"),
                                                    "+",
                                                    models.F("exits_3_fixed_term_count"),
                                                ),
                                                "+",
                                                models.F("exits_3_apprenticeship_count"),
                                            ),
                                            "+",
                                            models.F("exits_3_business_count"),
                                        ),
                                        "+",
                                        models.F("exits_3_training_count"),
                                    ),
                                    "+",
                                    models.F("exits_3_other_count"),
                                ),
                                "+",
                                models.F("exits_3_unknown_count"),
                            ),
                            models.F("finished_count"),
                        ),
                        django.db.models.lookups.LessThanOrEqual(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("exits_6_permanent_count"),
                                                    "+",
                                                    models.F("exits_6_fixed_term_count"),
                                                ),
                                                "+",
                                                models.F("exits_6_apprenticeship_count"),
                                            ),
                                            "+",
                                            models.F("exits_6_business_count"),
                                        ),
                                        "+",
                                        models.F("exits_6_training_count"),
                                    ),
                                    "+",
                                    models.F("exits_6_other_count"),
                                ),
                                "+",
                                models.F("exits_6_unknown_count"),
                            ),
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("exits_3_permanent_count"),
                                                    "+",
                                                    models.F("exits_3_fixed_term_count"),
                                                ),
                                                "+",
                                                models.F("exits_3_apprenticeship_count"),
                                            ),
                                            "+",
                                            models.F("exits_3_business_count"),
                                        ),
                                        "+",
                                        models.F("exits_3_training_count"),
                                    ),
                                    "+",
                                    models.F("exits_3_other_count"),
                                ),
                                "+",
                                models.F("exits_3_unknown_count"),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="those_who_finished_are_certified_and_leave",
            ),
        ),
        migrations.AddField(
            model_name="reportversion",
            name="filed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="transmise par",
            ),
        ),
        migrations.AddField(
            model_name="reportversion",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="fabriques.followupreport",
                verbose_name="relevé",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportversion",
            constraint=models.UniqueConstraint(
                fields=("report", "number"), name="the_versions_of_a_report_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="versions_of_reports_are_counted_from_one"
            ),
        ),
    ]
