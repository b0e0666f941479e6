"""The figures of a dossier, kept beside it in the transaction that changes its reviews."""

from collections import defaultdict

from labelling import scoring
from labelling.models import Review, ReviewFigures, Score, SecondOpinion


def kept_figures(reviews):
    """The figures of each dossier of these reviews as the row beside it keeps them, by its key, in two queries."""
    marks, weights = defaultdict(lambda: defaultdict(dict)), {}
    rows = Score.objects.filter(review__in=reviews, value__isnull=False).order_by("review_id")
    columns = ("review__assignment__application_id", "review_id", "criterion_id", "criterion__weight_percent", "value")
    for application, review, criterion, weight, value in rows.values_list(*columns).iterator():
        marks[application][review][criterion] = value
        weights[criterion] = weight
    seconds = SecondOpinion.objects.marks_in_force(reviews)
    return {application: _values(given, seconds, weights) for application, given in marks.items()}


def _values(given, seconds, weights):
    first = [_pairs(marks, weights) for marks in given.values()]
    in_force = [_pairs(marks | seconds.get(review, {}), weights) for review, marks in given.items()]
    figures = scoring.figures(in_force)
    return {
        "review_count": figures.review_count, "mean": figures.mean, "spread": figures.spread,
        "first_mean": scoring.figures(first).mean,
    }  # fmt: skip


def _pairs(marks, weights):
    return [(weights[criterion], mark) for criterion, mark in marks.items()]


NO_FIGURES = _values({}, {}, {})


def open_figures(applications):
    """A row of figures for each of these dossiers that has none: nothing is submitted on them yet."""
    rows = [ReviewFigures(application=application) for application in applications]
    ReviewFigures.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def refresh_figures(application):
    """Store the figures of a dossier; the caller holds the lock of its row, so two reviewers never cross."""
    reviews = Review.objects.counted().filter(assignment__application=application)
    values = kept_figures(reviews).get(application.pk, NO_FIGURES)
    figures, _ = ReviewFigures.objects.update_or_create(application=application, defaults=values)
    return figures
