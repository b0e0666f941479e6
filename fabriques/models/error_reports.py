"""What a reader of the registry says is wrong on the page of a label."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelling.models import Label


class ErrorState(models.TextChoices):
    OPEN = "open", "à traiter"
    CORRECTED = "corrected", "corrigé"
    DISMISSED = "dismissed", "sans suite"


class ErrorReportQuerySet(models.QuerySet):
    def in_state(self, state):
        return self.filter(state=state)

    def for_page(self):
        """The oldest first: they wait in that order."""
        return self.select_related("label__training__structure", "closed_by").order_by("received_at", "pk")


class ErrorReport(models.Model):
    """One mistake told by anybody; name and address, if they were given, are erased once it is closed."""

    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="error_reports")
    text = models.TextField("ce qui est inexact", max_length=2000)
    name = models.CharField("nom", max_length=120, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    received_at = models.DateTimeField("reçu")
    state = models.CharField("état", max_length=10, choices=ErrorState, default=ErrorState.OPEN)
    closed_at = models.DateTimeField("traité", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="traité par", null=True, blank=True, related_name="+"
    )
    note = models.TextField("suite donnée", blank=True)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        verbose_name = "erreur signalée"
        verbose_name_plural = "erreurs signalées"
        constraints = [
            models.CheckConstraint(
                name="an_error_is_closed_by_somebody_who_forgets_who_told_it",
                condition=Q(state="open", closed_at=None, closed_by=None)
                | Q(~Q(state="open"), closed_at__isnull=False, closed_by__isnull=False, name="", email=""),
            ),
        ]

    def __str__(self):
        return f"erreur signalée sur {self.label}"
