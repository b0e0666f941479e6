"""A proposal of who reviews what, kept as it was shown, so that what is applied is what was read."""

from django.conf import settings
from django.db import models

from applications.models import Call
from labelling.assignment.problem import Aim


class ProposalAim(models.TextChoices):
    """What a proposal seeks first, as an officer chooses it; or a file that already says everything."""

    LEAST_COST = Aim.LEAST_COST.value, "la meilleure répartition, quitte à déplacer des évaluations non commencées"
    FEWEST_CHANGES = Aim.FEWEST_CHANGES.value, "le moins de changements possible"
    FILE = "file", "ce que demande un fichier"


class AssignmentProposalQuerySet(models.QuerySet):
    def for_page(self):
        return self.select_related("call", "asked_by", "applied_by").order_by("-asked_at", "-pk")

    def of_call(self, call):
        return self.filter(call=call)


class AssignmentProposal(models.Model):
    """Everything a proposal says, computed once; applied once, or never.

    `content`: pairs, added, kept and removed as lists of [dossier, ministry, reviewer] keys (removed with words besides),
    loads as [reviewer, before, after], shortages and reasons as French sentences.
    """

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="assignment_proposals")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    asked_at = models.DateTimeField("demandée")
    due_on = models.DateField("à rendre le")
    max_load = models.PositiveSmallIntegerField("dossiers par personne au plus")
    aim = models.CharField("but", max_length=14, choices=ProposalAim)
    content = models.JSONField("contenu")
    seen_sha256 = models.CharField("empreinte de la répartition d'alors", max_length=64)
    applied_at = models.DateTimeField("appliquée", null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+", null=True, blank=True
    )

    objects = AssignmentProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de répartition"
        verbose_name_plural = "propositions de répartition"
        constraints = [
            models.CheckConstraint(
                name="a_proposal_is_applied_by_somebody",
                condition=models.Q(applied_at=None, applied_by=None)
                | models.Q(applied_at__isnull=False, applied_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"Proposition pour {self.call}"
