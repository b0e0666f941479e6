"""The money of a call: one envelope that is never passed, and the grants paid out of it."""

from django.db import models
from django.db.models import F, Q

from applications.models import Call
from labelling.models.label import Label


class Envelope(models.Model):
    """What a call may commit. `committed_euros` moves under lock; the database refuses to pass the total."""

    call = models.OneToOneField(Call, models.PROTECT, verbose_name="appel", related_name="envelope")
    total_euros = models.PositiveIntegerField("total, en euros")
    committed_euros = models.PositiveIntegerField("engagé, en euros", default=0)

    class Meta:
        verbose_name = "enveloppe"
        constraints = [
            models.CheckConstraint(
                name="an_envelope_is_never_passed", condition=Q(committed_euros__lte=F("total_euros"))
            )
        ]

    def __str__(self):
        return f"Enveloppe de {self.call}"

    @property
    def left_euros(self):
        return self.total_euros - self.committed_euros


class Grant(models.Model):
    """The seed grant of a published label, not renewable."""

    label = models.OneToOneField(Label, models.PROTECT, verbose_name="label", related_name="grant")
    envelope = models.ForeignKey(Envelope, models.PROTECT, verbose_name="enveloppe", related_name="grants")
    amount_euros = models.PositiveIntegerField("montant, en euros")

    class Meta:
        verbose_name = "subvention d'amorçage"
        verbose_name_plural = "subventions d'amorçage"
        constraints = [models.CheckConstraint(name="a_grant_is_worth_something", condition=Q(amount_euros__gte=1))]

    def __str__(self):
        return f"{self.amount_euros} €"
