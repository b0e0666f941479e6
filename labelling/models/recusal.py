"""Who withdrew from which dossier, or was withdrawn."""

from django.conf import settings
from django.db import models

from applications.models import Application


class RecusalKind(models.TextChoices):
    DECLARED = "declared", "déclaré par l'instructeur"
    DETECTED = "detected", "lien détecté"


class RecusalQuerySet(models.QuerySet):
    def for_page(self):
        return self.select_related("user").order_by("recused_at", "pk")


class Recusal(models.Model):
    """A reviewer's withdrawal from one dossier, or a tie that withdraws them: from then on it does not exist for them."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="recusals")
    kind = models.CharField("origine", max_length=10, choices=RecusalKind, default=RecusalKind.DECLARED)
    reason = models.TextField("motif", max_length=1000)
    recused_at = models.DateTimeField("déclaré")

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = "déport"
        constraints = [
            models.UniqueConstraint(name="one_recusal_per_person_and_application", fields=["application", "user"])
        ]

    def __str__(self):
        return f"Déport de {self.user}"
