"""The figures of a dossier, kept beside it in the transaction that changes its reviews."""

from collections import defaultdict

from labelling import scoring
from labelling.models import Review, ReviewFigures, Score


def computed_figures(application):
    """What the counted reviews of one dossier amount to now."""
    rows = Score.objects.filter(review__in=Review.objects.counted().filter(assignment__application=application))
    marks = defaultdict(list)
    for review, weight, value in rows.order_by("pk").values_list("review", "criterion__weight_percent", "value"):
        marks[review].append((weight, value))
    return scoring.figures(marks.values())


def open_figures(applications):
    """A row of figures for each of these dossiers that has none: nothing is submitted on them yet."""
    rows = [ReviewFigures(application=application) for application in applications]
    ReviewFigures.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def refresh_figures(application):
    """Store the figures of a dossier; the caller holds the lock of its row, so two reviewers never cross."""
    figures = computed_figures(application)
    values = {"review_count": figures.review_count, "mean": figures.mean, "spread": figures.spread}
    ReviewFigures.objects.update_or_create(application=application, defaults=values)
    return figures
