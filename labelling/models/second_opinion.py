"""A change of mind: the first value of a review stays as it was submitted, a second one is kept beside it with its reason."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from labelling.models.review import Recommendation, Review


class SecondOpinionQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("review_id", "-number")

    def in_force(self, reviews):
        """By review: its latest marks (by key of criterion) and recommendation, where its author changed their mind."""
        rows = self.filter(review__in=reviews).order_by("review_id", "number")
        found = rows.values_list("review_id", "marks", "recommendation")
        return {review: (as_marks(marks), recommendation) for review, marks, recommendation in found}


class SecondOpinion(models.Model):
    """What a reviewer thinks once they have read the others: all the marks again, never the first value overwritten.

    `marks` maps the key of each criterion, as a text, to its mark from 0 to 5. The one with the highest number is in force.
    """

    review = models.ForeignKey(Review, models.PROTECT, verbose_name="évaluation", related_name="second_opinions")
    number = models.PositiveSmallIntegerField("numéro")
    marks = models.JSONField("notes")
    recommendation = models.CharField("avis", max_length=12, choices=Recommendation)
    reason = models.TextField("ce qui l'a fait changer", max_length=2000)
    given_at = models.DateTimeField("donnée")

    objects = SecondOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "seconde valeur"
        verbose_name_plural = "secondes valeurs"
        constraints = [
            models.UniqueConstraint(name="second_opinions_are_numbered", fields=["review", "number"]),
            models.CheckConstraint(name="a_change_of_mind_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="second_opinions_start_at_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.review}, seconde valeur n° {self.number}"

    @property
    def values(self):
        """Mark by key of criterion."""
        return as_marks(self.marks)


def as_marks(kept):
    return {int(criterion): mark for criterion, mark in kept.items()}


def recommendation_in_force(review="pk"):
    """Expression: the latest second recommendation of a review named by that path, nothing where there is none."""
    latest = SecondOpinion.objects.filter(review=OuterRef(review)).order_by("-number")
    return Subquery(latest.values("recommendation")[:1])
