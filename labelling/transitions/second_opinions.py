"""A reviewer who has read the others changes their mind: the first value stays, a second one is kept with its reason."""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.figures import refresh_figures
from labelling.models import Decision, JournalAction, Recommendation, Review, SecondOpinion
from labelling.scoring import HIGHEST_MARK, LOWEST_MARK
from labelling.transitions.places import check_holder, lock_current
from labelling.transitions.reviews import check_still_entitled

_SAME = "Ces notes et cet avis sont déjà les vôtres : changez ce qui doit l'être, ou revenez au dossier."


@transaction.atomic
def give_second_opinion(assignment, *, marks, recommendation, reason, by):
    """Keep what a reviewer thinks now: `marks` maps the key of every criterion to a mark from 0 to 5.

    Given twice in the same words, it is kept once. Refused before the first value is submitted, without a reason or a
    change, once a decision on the dossier is signed, and to whoever could not submit a review today.
    """
    application = lock(assignment.application, ApplicationState.UNDER_REVIEW)
    assignment = lock_current(assignment)
    check_holder(assignment, by)
    review = Review.objects.for_page().filter(assignment=assignment).first()
    if review is None or review.submitted_at is None:
        raise Refused("Déposez d'abord votre évaluation : c'est elle qui est gardée comme première valeur.")
    if _is_told(review.second, marks, recommendation, reason):
        return review.second
    now = clock.now()
    check_still_entitled(assignment, application, clock.day_of(now))
    if Decision.objects.under_way(application).exists():
        raise Refused("Une décision est signée sur ce dossier : les évaluations ne changent plus.")
    _check_words(application, review, marks, recommendation, reason)
    number = review.second.number + 1 if review.second else 1
    opinion = SecondOpinion.objects.create(
        review=review, number=number, marks={str(criterion): mark for criterion, mark in marks.items()},
        recommendation=recommendation, reason=reason.strip(), given_at=now,
    )  # fmt: skip
    refresh_figures(application)
    record(review, JournalAction.SECOND_OPINION_GIVEN, by=by, at=now, note=str(assignment.ministry))
    return opinion


def _is_told(second, marks, recommendation, reason):
    told = second and (second.values, second.recommendation, second.reason)
    return told == (marks, recommendation, reason.strip())


def _check_words(application, review, marks, recommendation, reason):
    criteria = set(application.call.criteria.values_list("pk", flat=True))
    is_whole = set(marks) == criteria and all(
        mark is not None and LOWEST_MARK <= mark <= HIGHEST_MARK for mark in marks.values()
    )
    if not is_whole or recommendation not in Recommendation.values:
        raise Refused("Notez chaque critère de 0 à 5 et donnez un avis.")
    before = {line.score.criterion_id: line.mark for line in review.lines}
    recommended = review.second.recommendation if review.second else review.recommendation
    if (marks, recommendation) == (before, recommended):
        raise Refused(_SAME)
    if not reason.strip():
        raise Refused("Dites ce qui vous a fait changer d'avis : le comité lit les deux valeurs et leur raison.")
