"""Somebody without account who asked to be told of new places that answer a search of the registry."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

#: How long the link of the confirmation holds; an alert never confirmed is erased after it.
CONFIRMATION_LIFE = timedelta(days=7)


class Frequency(models.TextChoices):
    DAILY = "daily", "chaque jour où il y a du nouveau"
    WEEKLY = "weekly", "chaque semaine où il y a du nouveau"


class SearchAlertQuerySet(models.QuerySet):
    def due(self, today):
        return self.filter(confirmed_at__isnull=False, next_on__lte=today)

    def awaiting(self, token_hash, now):
        """The one whose confirmation this link carries, while it holds."""
        return self.filter(token_hash=token_hash, confirmed_at=None, asked_at__gt=now - CONFIRMATION_LIFE)

    def lapsed(self, now):
        """Asked for, and never confirmed."""
        return self.filter(confirmed_at=None, asked_at__lte=now - CONFIRMATION_LIFE)

    def of_key(self, pk):
        return self.filter(pk=pk)


class SearchAlert(models.Model):
    """One address and one search. It sends nothing before it is confirmed; its end erases the row."""

    email = models.EmailField("adresse électronique")
    query = models.CharField("recherche", max_length=1200, help_text="les filtres du registre, comme dans son adresse")
    frequency = models.CharField("rythme", max_length=6, choices=Frequency, default=Frequency.WEEKLY)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    asked_at = models.DateTimeField("demandée")
    confirmed_at = models.DateTimeField("confirmée", null=True, blank=True)
    told_until = models.DateTimeField("publications connues avant", null=True, blank=True)
    next_on = models.DateField("prochain envoi", null=True, blank=True, db_index=True)

    objects = SearchAlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        verbose_name_plural = "alertes"
        constraints = [
            models.UniqueConstraint(name="one_alert_per_address_and_search", fields=["email", "query"]),
            models.CheckConstraint(
                name="a_confirmed_alert_has_no_link_left_and_a_day_to_come",
                condition=Q(confirmed_at=None, told_until=None, next_on=None)
                | Q(confirmed_at__isnull=False, told_until__isnull=False, next_on__isnull=False, token_hash=""),
            ),
        ]

    def __str__(self):
        return f"alerte n° {self.pk}"
