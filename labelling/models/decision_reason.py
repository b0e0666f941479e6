"""Why a decision was taken, criterion by criterion, beside its general reasons."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from applications.models import Criterion

#: Characters of one reason, and of the draft that may be taken up as one.
MAX_LENGTH = 4000


@dataclass(frozen=True)
class Reason:
    """One reason as it is read: `heading` is empty for the general one, else the label of its criterion."""

    heading: str
    text: str


class DecisionReason(models.Model):
    """What is held against, or for, a dossier on one criterion; part of what the signatories sign."""

    decision = models.ForeignKey(
        "labelling.Decision", models.PROTECT, verbose_name="décision", related_name="criterion_reasons"
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="critère", related_name="+")
    text = models.TextField("motif", max_length=MAX_LENGTH)

    class Meta:
        verbose_name = "motif par critère"
        verbose_name_plural = "motifs par critère"
        ordering = ["decision", "criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_reason_per_decision_and_criterion", fields=["decision", "criterion"]),
            models.CheckConstraint(name="a_reason_says_something", condition=~Q(text="")),
        ]

    def __str__(self):
        return f"{self.criterion} : {self.text}"
