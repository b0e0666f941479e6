"""The minutes of a closed meeting, as they were sealed."""

from django.conf import settings
from django.db import models

from labelling.models.meeting import CommitteeMeeting


class Minutes(models.Model):
    """The canonical record of a meeting and its fingerprint; neither ever changes."""

    meeting = models.OneToOneField(CommitteeMeeting, models.PROTECT, verbose_name="séance", related_name="minutes")
    record = models.TextField("texte canonique")
    sha256 = models.CharField("empreinte", max_length=64)
    sealed_at = models.DateTimeField("scellé")
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")

    class Meta:
        verbose_name = "procès-verbal"
        verbose_name_plural = "procès-verbaux"

    def __str__(self):
        return f"Procès-verbal de la {self.meeting}"
