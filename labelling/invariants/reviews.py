"""What must always hold of reviews and their figures."""

from collections import defaultdict

from django.db.models import Count, F, OuterRef, Q, Subquery

from applications.models import Criterion
from labelling import scoring
from labelling.models import Review, ReviewFigures, Score


def broken():
    """Every broken invariant of reviewing, one sentence each."""
    yield from wrong_figures()
    yield from incomplete_reviews()
    yield from partial_reviews()


def wrong_figures():
    """Figures kept beside a dossier that are not those of its counted reviews, or that are missing."""
    expected = _recomputed_figures()
    for kept in ReviewFigures.objects.order_by("pk").iterator():
        right = expected.pop(kept.pk, scoring.Figures())
        if (kept.review_count, kept.mean, kept.spread) != (right.review_count, right.mean, right.spread):
            yield (
                f"Candidature {kept.pk} : chiffres {kept.review_count}, {kept.mean}, {kept.spread} au lieu de "
                f"{right.review_count}, {right.mean}, {right.spread}."
            )
    for pk in expected:
        yield f"Candidature {pk} : évaluations déposées sans chiffres."


def _recomputed_figures():
    """Figures by dossier from the scores alone, in one pass."""
    rows = Score.objects.filter(review__in=Review.objects.counted(), value__isnull=False).order_by("review_id")
    marks = defaultdict(lambda: defaultdict(list))
    for application, review, weight, value in rows.values_list(
        "review__assignment__application_id", "review_id", "criterion__weight_percent", "value"
    ).iterator():
        marks[application][review].append((weight, value))
    return {application: scoring.figures(reviews.values()) for application, reviews in marks.items()}


def incomplete_reviews():
    """Submitted reviews that lack a mark for a criterion of their call, or carry one of another call."""
    criteria = Criterion.objects.filter(call=OuterRef("assignment__application__call")).order_by().values("call")
    of_call = Q(scores__criterion__call=F("assignment__application__call"), scores__value__isnull=False)
    reviews = Review.objects.filter(submitted_at__isnull=False).annotate(
        expected=Subquery(criteria.annotate(count=Count("pk")).values("count")),
        marked=Count("scores", filter=of_call),
        carried=Count("scores"),
    )
    for review in reviews.exclude(expected=F("marked"), carried=F("marked")).order_by("pk"):
        yield f"Évaluation {review.pk} : déposée avec {review.marked} notes sur {review.expected or 0}."


def partial_reviews():
    """Reviews in force by somebody who withdrew from the dossier, or who belongs to the structure."""
    submitted = Review.objects.submitted()
    recused = Q(assignment__application__recusals__user=F("assignment__reviewer"))
    member = Q(assignment__application__training__structure__memberships__user=F("assignment__reviewer"))
    for pk in submitted.filter(recused).order_by("pk").values_list("pk", flat=True):
        yield f"Évaluation {pk} : encore en vigueur alors que son auteur s'est déporté."
    for pk in submitted.filter(member).order_by("pk").values_list("pk", flat=True):
        yield f"Évaluation {pk} : son auteur est membre de la structure qui candidate."
