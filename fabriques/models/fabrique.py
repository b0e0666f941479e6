"""The fabrique: a structure that has held a label, with its public page."""

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from applications.models import Structure
from gen_portal.core.text import fold
from labelling.models import Label
from labelling.models.folding import Folded

#: Fabriques wanted in all: structures with a label in force the same day (domain.md §1.1, plan of 2015).
TARGET = 200
#: States of a page that staff hold back (`own_page.HELD_STATES`, which knows this module).
_HELD = ("held", "asked")


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

    def of_member(self, user):
        return self.public().filter(structure__memberships__user=user)

    def written_by(self, user, roles):
        """Those of the structures in which a person has one of these roles."""
        return self.filter(
            structure__memberships__user=user, structure__memberships__role__in=roles
        )  # fmt: skip

    def with_own_page(self):
        """With what the fabrique wrote of itself, its contacts apart."""
        return self.select_related("page__current")

    def for_page(self):
        return self.select_related("structure__commune__department__region").order_by("structure__folded_name", "pk")

    # --- The directory of the fabriques
    def in_region(self, region):
        """Of the head office; None asks nothing."""
        return self.filter(structure__commune__department__region=region) if region else self

    def teaching(self, family, on):
        """With a label of that family in force; an empty one asks nothing."""
        return self.filter(Exists(_published_labels().in_force(on).filter(job_family=family))) if family else self

    def saying(self, tag, kind):
        """Those that offer or seek something, as far as asked. What a page held back says is not there."""
        asked = {lookup: value for lookup, value in (("tag", tag), ("kind", kind)) if value}
        if not asked:
            return self
        offers = self.model._meta.get_field("offers").related_model.objects.filter(fabrique=OuterRef("pk"), **asked)
        return self.exclude(page__state__in=_HELD).filter(Exists(offers))

    def mentioning(self, text, on):
        """Every word is in the structure's name, its town, or the title of a label in force, accents and case folded."""
        found = self
        for word in fold(text or "").split():
            titled = _published_labels().in_force(on).alias(folded_title=Folded("title"))
            found = found.filter(
                Q(structure__folded_name__contains=word)
                | Q(structure__commune__folded_name__contains=word)
                | Exists(titled.filter(folded_title__contains=word))
            )
        return found

    def for_directory(self, on):
        """With the page's state, the labels in force, the offers and the shared contacts."""
        labels = Label.objects.published().in_force(on).order_by("title", "pk")
        contacts = self.model._meta.get_field("contacts").related_model.objects.shared()
        return self.for_page().select_related("page").prefetch_related(
            Prefetch("structure__trainings__labels", labels),
            Prefetch("contacts", contacts, to_attr="shared_contacts"),
            "offers",
        )  # fmt: skip


def directory(on):
    """The fabriques with a label in force that day: those that the directory lists."""
    return Fabrique.objects.with_label_in_force(on)


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
