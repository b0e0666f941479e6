"""The figures of a dossier, kept beside it in the transaction that changes its reviews."""

from gen_portal.core import clock
from labelling import scoring
from labelling.actions.disagreements import settle_disagreement
from labelling.models import ReviewFigures
from labelling.models.readings import readings_of


def figures_of(readings):
    """What the row of a dossier keeps, from the readings of its counted reviews."""
    figures = scoring.figures([reading.in_force for reading in readings])
    return {
        "review_count": figures.review_count, "mean": figures.mean, "spread": figures.spread,
        "first_mean": scoring.figures([reading.first for reading in readings]).mean,
    }  # fmt: skip


def open_figures(applications):
    """A row of figures for each of these dossiers that has none: nothing is submitted on them yet."""
    rows = [ReviewFigures(application=application) for application in applications]
    ReviewFigures.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def refresh_figures(application):
    """Store the figures of a dossier, and its disagreement if there is one; the caller holds the lock of its row, so two
    reviewers never cross."""
    readings = readings_of([application.pk])
    values = {**figures_of(readings), "changed_at": clock.now()}
    figures, _ = ReviewFigures.objects.update_or_create(application=application, defaults=values)
    settle_disagreement(application, readings)
    return figures
