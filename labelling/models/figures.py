"""The figures of a dossier, beside it: what the board, the lists and the decisions read."""

from django.db import models
from django.db.models import Q

from applications.models import Application


class ReviewFigures(models.Model):
    """What the submitted reviews of a dossier amount to, kept in the transaction that submits one (scoring.py).

    `mean` and `spread` are of the values in force; `first_mean` is of the first values, given before reading the others.
    """

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name="candidature", primary_key=True, related_name="figures"
    )
    review_count = models.PositiveSmallIntegerField("évaluations", default=0)
    mean = models.DecimalField("moyenne pondérée", max_digits=4, decimal_places=3, null=True, blank=True)
    first_mean = models.DecimalField(
        "moyenne des premières valeurs", max_digits=4, decimal_places=3, null=True, blank=True
    )
    spread = models.DecimalField("écart", max_digits=4, decimal_places=3, null=True, blank=True)

    changed_at = models.DateTimeField("recalculés", null=True, blank=True)

    class Meta:
        verbose_name = "chiffres d'évaluation"
        verbose_name_plural = "chiffres d'évaluation"
        constraints = [
            models.CheckConstraint(name="a_mean_is_from_0_to_5", condition=Q(mean=None) | Q(mean__gte=0, mean__lte=5)),
            models.CheckConstraint(
                name="figures_exist_if_and_only_if_there_are_reviews",
                condition=Q(review_count=0, mean=None, first_mean=None, spread=None)
                | Q(review_count__gte=1, mean__isnull=False, first_mean__isnull=False, spread__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.mean} ({self.review_count})"
