"""The fabrique: a structure that has held a label, with its public page."""

from django.db import models
from django.db.models import Exists, OuterRef

from applications.models import Structure
from labelling.models import Label

#: Fabriques wanted in all: structures with a label in force the same day (domain.md §1.1, plan of 2015).
TARGET = 200


def _published_labels():
    """The published labels of the structure of the outer query."""
    return Label.objects.filter(decision__published_at__isnull=False, training__structure=OuterRef("structure"))


class FabriqueQuerySet(models.QuerySet):
    def public(self):
        """Those with a page: a published label stands behind each, whatever became of it."""
        return self.filter(Exists(_published_labels()))

    def with_label_in_force(self, on, known_before=None):
        """Those that count towards the target on that day, as `LabelQuerySet.in_force` knows it."""
        return self.filter(Exists(_published_labels().in_force(on, known_before)))

    def for_page(self):
        return self.select_related("structure__commune__department__region").order_by("structure__folded_name", "pk")


class Fabrique(models.Model):
    """One row per structure, opened by the publication of its first label and kept for ever."""

    structure = models.OneToOneField(Structure, models.PROTECT, verbose_name="structure", related_name="fabrique")
    slug = models.SlugField("adresse", unique=True, max_length=80)
    opened_at = models.DateTimeField("ouverte")

    objects = FabriqueQuerySet.as_manager()

    class Meta:
        verbose_name = "fabrique du numérique"
        verbose_name_plural = "fabriques du numérique"

    def __str__(self):
        return self.structure.name
