"""Private files: a row with its size and SHA-256, an object under FILES_ROOT with a random name, never a public url."""

import uuid

from django.conf import settings
from django.db import models


class ScanState(models.TextChoices):
    NOT_SCANNED = "not_scanned", "non analysé (aucun antivirus configuré)"
    PENDING = "pending", "analyse en attente"
    CLEAN = "clean", "aucun virus détecté"
    INFECTED = "infected", "virus détecté"


def private_path(stored_file, filename):
    """The user's file name is kept as data; the object's name says nothing."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class StoredFileQuerySet(models.QuerySet):
    def waiting(self):
        """Those that no antivirus has judged yet, the least recently tried first. What is heavier than anybody may send
        was made here, and no daemon would take it."""
        unjudged = self.filter(
            scan__in=(ScanState.PENDING, ScanState.NOT_SCANNED), size_bytes__lte=settings.UPLOAD_MAX_BYTES
        )
        return unjudged.order_by(models.F("scan_tried_at").asc(nulls_first=True), "pk")


class StoredFile(models.Model):
    """A file somebody sent or the portal made. Its content never changes: a new content is a new row."""

    content = models.FileField("contenu", upload_to=private_path, max_length=100)
    name = models.CharField("nom du fichier", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size_bytes = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    scan = models.CharField("antivirus", max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED)
    scan_tried_at = models.DateTimeField("dernière analyse tentée", null=True, blank=True)
    scan_found = models.CharField("virus trouvé", max_length=200, blank=True)
    stored_at = models.DateTimeField("reçu")
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="déposé par", null=True, related_name="+"
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier"

    def __str__(self):
        return self.name
