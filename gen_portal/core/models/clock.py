"""The movable clock: one row that shifts the time of web, worker and beat alike; production settings ignore it."""

from datetime import timedelta

from django.db import models


class ClockShift(models.Model):
    """How far the portal's time is from the database's, or the instant at which it stands still."""

    shift = models.DurationField("décalage", default=timedelta(0))
    frozen_at = models.DateTimeField("arrêtée à", null=True, blank=True)

    class Meta:
        verbose_name = "réglage de l'horloge"
        constraints = [models.CheckConstraint(name="there_is_only_one_clock", condition=models.Q(pk=1))]

    def __str__(self):
        return f"arrêtée à {self.frozen_at}" if self.frozen_at else f"décalée de {self.shift}"
