"""Every sheet that a place ever had, in the parts that two people may change without meeting each other."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from applications.models.structure import Site
from applications.models.versions import fingerprint, json_value

#: The parts of a sheet by their name in a form: their columns change together, or not at all.
PARTS = {
    "name": ("name",),
    "address": ("street", "postcode", "commune"),
    "position": ("latitude", "longitude"),
    "priority": ("is_in_priority_area",),
    "rural": ("is_in_rural_area",),
    "seats": ("seat_count",),
    "equipment": ("equipment",),
    "opening": ("opens_on",),
}
COLUMNS = tuple(column for columns in PARTS.values() for column in columns)


def sheet_of(values):
    """The columns of a sheet as JSON can keep them; `values`: by column, as a form gives them."""
    return {name: _json(values[name]) for name in COLUMNS}


def sheet_of_site(site):
    return sheet_of({name: getattr(site, name) for name in COLUMNS})


def _json(value):
    return value.pk if isinstance(value, models.Model) else json_value(value)


def part_of(sheet, part):
    return [sheet[name] for name in PARTS[part]]


def versions_of(sheet):
    """The fingerprint of each part: what a writer sends back to say what was before their eyes."""
    return {part: fingerprint(part_of(sheet, part)) for part in PARTS}


class SiteVersionQuerySet(models.QuerySet):
    def latest_first(self):
        return self.select_related("by").order_by("-number")

    def numbered(self, number):
        """The one with this number, as an address gives it; none for what is not a number."""
        return self.filter(number=number) if number.isascii() and number.isdigit() else self.none()


class SiteVersion(models.Model):
    """A sheet as it was stored; the last row is what the place says now. Append-only.

    `by` is nobody for a sheet that was there before its first change was kept.
    """

    site = models.ForeignKey(Site, models.PROTECT, verbose_name="site", related_name="versions")
    number = models.PositiveIntegerField("numéro")
    sheet = models.JSONField("fiche", encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="auteur", null=True, related_name="+")
    at = models.DateTimeField("instant")

    objects = SiteVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version d'une fiche de site"
        verbose_name_plural = "versions des fiches de sites"
        constraints = [models.UniqueConstraint(name="versions_are_numbered_per_site", fields=["site", "number"])]

    def __str__(self):
        return f"{self.site}, version {self.number}"
