"""What a reviewer writes before submitting: a draft that only they can read."""

from dataclasses import dataclass, field

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock
from labelling.models import PrivateNote, Review, Score


@transaction.atomic
def keep_note(assignment, text, *, by):
    """Keep what a reviewer notes for themselves; nothing is written while they have noted nothing.

    Refused when the place was taken back or given up meanwhile.
    """
    place = lock(assignment)
    if place.reviewer_id != by.pk or place.ended_at is not None:
        raise Refused("Ce dossier ne vous est plus confié : rien n'a été enregistré.")
    if text or PrivateNote.objects.filter(assignment=place).exists():
        PrivateNote.objects.update_or_create(assignment=place, defaults={"text": text, "changed_at": clock.now()})


@dataclass(frozen=True)
class Draft:
    """A review as typed: `marks` maps each criterion's pk to (mark or None, comment)."""

    marks: dict = field(default_factory=dict)
    recommendation: str = ""
    comment: str = ""


@transaction.atomic
def save_review(assignment, draft, *, by):
    """Keep what a reviewer has typed so far, complete or not; nobody else reads it.

    Refused once the review is submitted, or when the place was taken back or given up meanwhile.
    """
    place = lock(assignment)
    if place.reviewer_id != by.pk or place.ended_at is not None:
        raise Refused("Ce dossier ne vous est plus confié : rien n'a été enregistré.")
    review, _ = Review.objects.get_or_create(assignment=place, defaults={"changed_at": clock.now()})
    if review.submitted_at is not None:
        raise Refused("Votre évaluation est déjà déposée : elle ne change plus. Rien n'a été modifié.")
    review.recommendation, review.comment, review.changed_at = draft.recommendation, draft.comment, clock.now()
    review.save(update_fields=["recommendation", "comment", "changed_at"])
    scores = [
        Score(review=review, criterion_id=criterion, value=value, comment=comment)
        for criterion, (value, comment) in draft.marks.items()
    ]
    Score.objects.bulk_create(
        scores, update_conflicts=True, unique_fields=["review", "criterion"], update_fields=["value", "comment"]
    )
    return review
