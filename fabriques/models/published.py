"""What is published for other sites: when the public registry changed, the document of its map, its releases.

The rows of `PublicChange` are written by the database itself (triggers, see `fabriques.change_log`), so that no piece of code
can change what is public and forget to say so.
"""

from django.conf import settings
from django.db import models
from django.db.models import Count, Max, Min


class PublicChange(models.Model):
    """Something that the map shows has changed. Rows are added, never changed: writers never wait for one another."""

    at = models.DateTimeField("instant")

    class Meta:
        verbose_name = "changement du registre public"
        verbose_name_plural = "changements du registre public"

    def __str__(self):
        return f"changement {self.pk}"


def state_of_changes():
    """Differs whenever another committed change is there. The count sees a change committed after a later one."""
    found = PublicChange.objects.aggregate(first=Min("pk"), count=Count("pk"), last=Max("pk"))
    return f"{found['first']}-{found['count']}-{found['last']}"


class MapDocumentQuerySet(models.QuerySet):
    def of_moment(self, moment):
        return self.filter(moment=moment)

    def with_version(self, version):
        return self.filter(version=version)


class MapDocument(models.Model):
    """The whole registry of a day as bytes ready to be sent: `version` tells its content, `moment` what it was made of."""

    moment = models.CharField("jour et état des changements", max_length=80, unique=True)
    version = models.CharField("version", max_length=16, db_index=True)
    geojson = models.BinaryField("GeoJSON compressé")
    columns = models.BinaryField("colonnes compressées")
    built_at = models.DateTimeField("construit")

    objects = MapDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document de la carte"
        verbose_name_plural = "documents de la carte"

    def __str__(self):
        return self.version


class RegistryReleaseQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-number")

    def for_page(self):
        """With its files, without their bytes."""
        files = ReleaseFile.objects.defer("content").order_by("pk")
        return self.latest_first().prefetch_related(models.Prefetch("files", files))


class RegistryRelease(models.Model):
    """The public registry as it was released on a day: it never changes again."""

    number = models.PositiveIntegerField("numéro", unique=True)
    released_on = models.DateField("jour")
    released_at = models.DateTimeField("publiée")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )
    label_count = models.PositiveIntegerField("labels")
    place_count = models.PositiveIntegerField("lieux")
    added = models.JSONField("labels ajoutés", default=list)
    removed = models.JSONField("labels retirés", default=list)
    changed = models.JSONField("labels modifiés", default=list)

    objects = RegistryReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "publication des données"
        verbose_name_plural = "publications des données"

    def __str__(self):
        return f"Publication {self.number} du {self.released_on:%d/%m/%Y}"

    @property
    def told(self):
        """What changed since the last release: (words, labels) pairs, in the order of a page."""
        return (("Ajoutés", self.added), ("Retirés", self.removed), ("Modifiés", self.changed))


class ReleaseFile(models.Model):
    """A file of a release, kept compressed; size and SHA-256 are those of the file as it is read."""

    release = models.ForeignKey(RegistryRelease, models.PROTECT, verbose_name="publication", related_name="files")
    name = models.CharField("nom", max_length=60)
    content_type = models.CharField("type", max_length=60)
    size_bytes = models.PositiveIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    content = models.BinaryField("contenu compressé")

    class Meta:
        verbose_name = "fichier publié"
        verbose_name_plural = "fichiers publiés"
        constraints = [models.UniqueConstraint(name="a_release_names_a_file_once", fields=["release", "name"])]

    def __str__(self):
        return self.name
