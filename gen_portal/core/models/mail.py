"""The outbox: an e-mail is a row of the caller's transaction first, and is delivered afterwards."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q


class OutgoingEmailQuerySet(models.QuerySet):
    def waiting(self):
        """Neither sent, nor stopped for good, nor in doubt."""
        return self.filter(sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None)

    def due(self, at):
        """Waiting, past their instant, and claimed by nobody (or by somebody who did not come back)."""
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lt=at), not_before_at__lte=at)

    def needing_staff(self):
        """Dead letters, and sendings in doubt that nobody could check."""
        return self.filter(Q(dead_at__isnull=False) | Q(doubtful_at__isnull=False), sent_at=None, cancelled_at=None)

    def about(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("created_at", "pk")

    def for_page(self):
        return self.order_by("-created_at", "-pk")


class OutgoingEmail(models.Model):
    """One message to one person. What happened to it is told by its instants; there is no state column."""

    key = models.CharField("clé", max_length=200, unique=True, help_text="la même clé n'est jamais postée deux fois")
    kind = models.CharField("modèle", max_length=60)
    to_address = models.EmailField("destinataire")
    subject_line = models.CharField("objet", max_length=200)
    text_body = models.TextField("texte", blank=True)
    html_body = models.TextField("texte mis en forme", blank=True)
    headers = models.JSONField("en-têtes", default=dict, blank=True)
    subject_type = models.CharField("à propos de (type)", max_length=60, blank=True)
    subject_id = models.BigIntegerField("à propos de", null=True, blank=True)
    guard = models.CharField("condition d'envoi", max_length=60, blank=True)
    is_secret = models.BooleanField("corps effacé après envoi", default=False)
    is_legal = models.BooleanField("renvoyé en cas de doute", default=False)

    created_at = models.DateTimeField("posté")
    not_before_at = models.DateTimeField("pas avant")
    leased_until = models.DateTimeField("réservé jusqu'à", null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    started_at = models.DateTimeField("envoi commencé", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.TextField("dernière erreur", blank=True)
    sent_at = models.DateTimeField("envoyé", null=True, blank=True)
    dead_at = models.DateTimeField("abandonné", null=True, blank=True)
    doubtful_at = models.DateTimeField("envoi incertain", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé", null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel à envoyer"
        verbose_name_plural = "courriels à envoyer"
        indexes = [
            models.Index(
                fields=["not_before_at", "id"],
                name="outbox_waiting",
                condition=Q(sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="outbox_by_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_sent_email_was_neither_dead_nor_cancelled",
                condition=Q(sent_at=None) | Q(dead_at=None, cancelled_at=None),
            )
        ]

    def __str__(self):
        return f"{self.kind} pour {self.to_address}"

    @property
    def message_id(self):
        """The same for every attempt, so that a relay can be asked whether it already has the message."""
        digest = hashlib.sha256(f"{settings.SECRET_KEY}:{self.key}".encode()).hexdigest()[:40]
        return f"<{digest}@{settings.PORTAL_URL.split('://')[-1].split(':')[0]}>"
