"""A lost second factor, reset by two people."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

#: A request that nobody answered in this time is void.
OPEN_FOR = timedelta(hours=48)


class SecondFactorResetQuerySet(models.QuerySet):
    def waiting(self, at):
        """Neither approved, nor refused, nor void at an instant."""
        return self.filter(approved_at=None, refused_at=None, asked_at__gt=at - OPEN_FOR)

    def settled(self, at):
        """The others."""
        return self.exclude(approved_at=None, refused_at=None, asked_at__gt=at - OPEN_FOR)

    def waiting_for(self, user, at):
        """Those that a person may answer: not their own request, nor about them."""
        return self.waiting(at).exclude(asked_by=user).exclude(user=user)

    def for_page(self):
        return self.select_related("user", "asked_by", "approved_by", "refused_by").order_by("-asked_at", "-pk")


class SecondFactorReset(models.Model):
    """Somebody lost their phone: one person asks, having made sure of who they are, another one approves or refuses."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="demandé par", related_name="+")
    asked_at = models.DateTimeField("demandé")
    checked_how = models.TextField("comment son identité a été vérifiée", max_length=1000)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="approuvé par", null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField("approuvé", null=True, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="refusé par", null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField("refusé", null=True, blank=True)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = "remise à zéro d'un second facteur"
        verbose_name_plural = "remises à zéro de seconds facteurs"
        constraints = [
            models.CheckConstraint(name="a_reset_says_how_the_person_was_known", condition=~Q(checked_how="")),
            models.CheckConstraint(name="nobody_asks_for_their_own_reset", condition=~Q(asked_by=F("user"))),
            models.CheckConstraint(
                name="a_reset_is_approved_by_somebody_else",
                condition=Q(approved_by=None, approved_at=None)
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(approved_by=F("asked_by"))
                    & ~Q(approved_by=F("user"))
                ),
            ),
            models.CheckConstraint(
                name="a_reset_is_refused_by_somebody",
                condition=Q(refused_by=None, refused_at=None) | Q(refused_by__isnull=False, refused_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_reset_is_approved_or_refused", condition=Q(approved_at=None) | Q(refused_at=None)
            ),
        ]

    def __str__(self):
        return f"Remise à zéro du second facteur de {self.user}"

    def is_waiting(self, at):
        return self.approved_at is None and self.refused_at is None and at < self.asked_at + OPEN_FOR
