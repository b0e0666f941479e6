"""What must always hold of reviews and their figures."""

from django.db.models import Count, F, OuterRef, Q, Subquery

from applications.models import Application, ApplicationState, Criterion
from labelling.actions.disagreements import verdict_of
from labelling.actions.figures import figures_of
from labelling.disagreement import Step
from labelling.models import Disagreement, Review, ReviewFigures, ReviewRule
from labelling.models.readings import readings_by_dossier


def broken():
    """Every broken invariant of reviewing, one sentence each."""
    yield from wrong_figures()
    yield from wrong_disagreements()
    yield from incomplete_reviews()
    yield from partial_reviews()


def wrong_figures():
    """Figures kept beside a dossier that are not those of its counted reviews, or that are missing."""
    expected = readings_by_dossier(Application.objects.all())
    for kept in ReviewFigures.objects.order_by("pk").iterator():
        right = figures_of(expected.pop(kept.pk, []))
        found = {name: getattr(kept, name) for name in right}
        if found != right:
            yield f"Candidature {kept.pk} : chiffres {_listed(found)} au lieu de {_listed(right)}."
    for pk in expected:
        yield f"Candidature {pk} : évaluations déposées sans chiffres."


def _listed(figures):
    return ", ".join(str(value) for value in figures.values())


def wrong_disagreements():
    """Dossiers under review whose open disagreement is not what the rule of their call says of their reviews."""
    rules, found = {}, readings_by_dossier(Application.objects.all())
    kept = {each.application_id: each for each in Disagreement.objects.order_by("pk")}
    for application in Application.objects.filter(state=ApplicationState.UNDER_REVIEW).order_by("pk"):
        rule = rules.setdefault(application.call_id, ReviewRule.objects.of(application.call_id))
        verdict, held = verdict_of(rule, found.get(application.pk, [])), kept.get(application.pk)
        is_open = held is not None and held.closed_at is None
        is_settled = held is not None and held.closed_by_id is not None and held.reason_list == list(verdict.reasons)
        if is_open != (verdict.step is not Step.NONE) and not is_settled:
            yield f"Candidature {application.pk} : désaccord {'ouvert' if is_open else 'absent'} à tort."


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
