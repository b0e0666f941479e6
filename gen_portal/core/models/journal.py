"""The journal: who did what to which subject and when, append-only, numbered and chained by hash."""

import hashlib
import json
from datetime import UTC

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from gen_portal.core.models.hiding import AboutSubjectQuerySet

#: How each act reads in French; every floor adds the acts of its own enumeration.
ACTION_LABELS = {}


def name_actions(actions):
    """Let the journal's pages say the acts of an enumeration in French; returns it, so that it decorates."""
    ACTION_LABELS.update(actions.choices)
    return actions


@name_actions
class CoreAction(models.TextChoices):
    CAPACITY_GRANTED = "capacity.granted", "habilitation donnée"
    CAPACITY_ENDED = "capacity.ended", "habilitation terminée"
    FACTOR_RESET_ASKED = "user.factor_reset_asked", "remise à zéro d'un second facteur demandée"
    FACTOR_RESET = "user.factor_reset", "second facteur remis à zéro"
    FACTOR_RESET_REFUSED = "user.factor_reset_refused", "remise à zéro d'un second facteur refusée"
    BOUNCE_LIFTED = "email.bounce_lifted", "adresse dite de nouveau bonne"
    JOURNAL_SEALED = "journal.sealed", "journal scellé"


class JournalEntryQuerySet(AboutSubjectQuerySet):
    def about(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("number")

    def of(self, kind, pk):
        """The history of one subject, in order."""
        return self.filter(subject_type=kind, subject_id=pk).select_related("by").order_by("number")

    def matching(self, *, action, person, since):
        """Acts whose name, author and instant answer a filter; empty values filter nothing."""
        entries = self.filter(action__icontains=action) if action else self
        if person:
            named = Q(by__email__icontains=person) | Q(by__last_name__icontains=person)
            entries = entries.filter(named)
        return entries.filter(at__gte=since) if since else entries

    def for_page(self):
        return self.select_related("by").order_by("-at", "-pk")


class JournalEntry(models.Model):
    """One act. The hash covers ids, the instant and a salted digest of the note: erasing the note keeps the chain."""

    subject_type = models.CharField("type d'objet", max_length=60)
    subject_id = models.BigIntegerField("objet")
    number = models.PositiveIntegerField("numéro")
    action = models.CharField("acte", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="auteur", null=True, related_name="+")
    at = models.DateTimeField("instant")
    note = models.TextField("note", blank=True)
    salt = models.CharField(max_length=32, editable=False)
    note_digest = models.CharField(max_length=64, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "journal"
        indexes = [models.Index(fields=["-at", "-id"], name="journal_latest_first")]
        constraints = [
            models.UniqueConstraint(
                name="journal_entries_are_numbered_per_subject", fields=["subject_type", "subject_id", "number"]
            )
        ]

    def __str__(self):
        return f"{self.subject_type} {self.subject_id} n° {self.number} : {self.action}"

    @property
    def action_label(self):
        return ACTION_LABELS.get(self.action, self.action)

    @property
    def subject_label(self):
        """What the act is about, in French: « candidature 12 »."""
        return f"{apps.get_model(self.subject_type)._meta.verbose_name} {self.subject_id}"

    def computed_hash(self):
        """SHA-256 (hex) of the canonical bytes of this entry, chained to the previous one."""
        at = self.at.astimezone(UTC)
        content = [
            self.subject_type,
            self.subject_id,
            self.number,
            self.action,
            self.by_id,
            at.isoformat(timespec="microseconds"),
            self.note_digest,
            self.previous_hash,
        ]
        canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def computed_note_digest(self):
        return hashlib.sha256((self.salt + self.note).encode()).hexdigest()
