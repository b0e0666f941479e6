"""The public registry: labels whose decision is published and whose fabrique is open, and the places they cover.

What is public is told by rows, never by the clock (safety.md S11); only the days of a label are compared to a day.
The words come from the columns archived with the labelled filing, never from a later draft (model.md §2).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from fabriques.models.fabrique import TARGET, Fabrique
from gen_portal.core.references import as_typed
from gen_portal.core.text import fold
from labelling.models import Label, LabelEvent, LabelSite
from labelling.models.folding import Folded
from labelling.models.label import FINAL_EVENTS, LabelQuerySet

_STRUCTURE = "label__training__structure"

#: Each way to sort, by its name in the url; the place settles ties. Titles are folded only where they come first: it costs.
SORTS = {
    "structure": (f"{_STRUCTURE}__folded_name", "label__title", "commune__folded_name"),
    "formation": ("folded_title", f"{_STRUCTURE}__folded_name", "commune__folded_name"),
    "ville": ("commune__folded_name", f"{_STRUCTURE}__folded_name", "label__title"),
    "famille": ("label__job_family", f"{_STRUCTURE}__folded_name", "label__title"),
    "debut": ("label__starts_on", f"{_STRUCTURE}__folded_name", "label__title"),
    "fin": ("over_on", f"{_STRUCTURE}__folded_name", "label__title"),
}


class PublicLabelQuerySet(LabelQuerySet):
    """Made by `public_labels()`."""

    def of(self, fabrique):
        return self.filter(training__structure=fabrique.structure_id)

    def numbered(self, typed):
        """The label of a number as a person typed it: small letters, spaces and hyphens do not matter."""
        return self.filter(reference=as_typed(typed))

    def covering(self, place):
        """The label of a place, by the number of the place."""
        return self.filter(label_sites=place)

    def for_page(self):
        """With what its public page and that of its fabrique show, the latest first."""
        sites = LabelSite.objects.select_related("commune").order_by("commune__folded_name", "name", "pk")
        return (
            self.select_related("training__structure__fabrique")
            .prefetch_related("events", Prefetch("label_sites", sites))
            .order_by("-starts_on", "title", "pk")
        )


def public_labels():
    """Every label the public may know of: in force, to come, over or lost."""
    return PublicLabelQuerySet(Label).filter(
        decision__published_at__isnull=False, training__structure__fabrique__isnull=False
    )


class PlaceQuerySet(QuerySet):
    """Made by `places_in_force()`: one row per labelled training and place, the rows of the list and of the map."""

    def mentioning(self, text):
        """Every word is in the training's title, the structure's name or the commune's, accents and case folded."""
        found = self
        for word in fold(text).split():
            found = found.filter(
                Q(folded_title__contains=word)
                | Q(label__training__structure__folded_name__contains=word)
                | Q(commune__folded_name__contains=word)
            )
        return found

    def answering(self, region=None, departement=None, famille="", gratuite=False, outremer=False, appel=None):
        """Those that answer the filters given, named as in the url."""
        asked = {
            "label__decision__cut_off__call": appel,
            "commune__department__region": region,
            "commune__department": departement,
            "label__job_family": famille,
            "label__is_free": gratuite,
            "commune__department__region__is_overseas": outremer,
        }
        return self.filter(**{lookup: value for lookup, value in asked.items() if value})

    def sorted_by(self, name):
        """By one of `SORTS`, the other way round after a minus sign, by structure when it makes no sense."""
        first, *rest = SORTS.get(name.removeprefix("-"), SORTS["structure"])
        return self.order_by(f"-{first}" if name.startswith("-") else first, *rest, "pk")

    def for_page(self):
        return self.select_related(
            "label__training__structure__fabrique", "commune__department__region"
        )  # fmt: skip

    def for_map(self):
        """Named tuples of what a point tells; position of the commune, which a few communes lack."""
        return self.values_list(
            "pk",
            "label__title",
            "label__job_family",
            "label__reference",
            f"{_STRUCTURE}__name",
            f"{_STRUCTURE}__fabrique__slug",
            "commune__name",
            "commune__department_id",
            "commune__latitude",
            "commune__longitude",
            named=True,
        )


@dataclass(frozen=True)
class Moment:
    """The day asked about, and the instant before which it was to be known; None for all that is known today."""

    on: date
    known_before: datetime | None = None


def places_at(moment):
    """Places of the public labels in force that day, as it was known. `over_on`: the first day without the label, if nothing
    changes."""
    return _places_of(public_labels().in_force(moment.on, moment.known_before), moment.known_before)


def places_in_force(on):
    """The same, by all that is known today."""
    return places_at(Moment(on))


def places_over(moment):
    """Places of the public labels that had begun and were no longer in force that day."""
    return _places_of(public_labels().over(moment.on, moment.known_before), moment.known_before)


def _places_of(labels, known_before):
    losses = LabelEvent.objects.filter(label=OuterRef("label"), kind__in=FINAL_EVENTS).order_by()
    losses = losses.filter(known_at__lt=known_before) if known_before else losses
    lost_on = Subquery(losses.values("label").annotate(day=Min("effective_on")).values("day"))
    return (
        PlaceQuerySet(LabelSite)
        .filter(label__in=labels)
        .alias(folded_title=Folded("label__title"))
        .annotate(over_on=Least("label__ends_on", Coalesce(lost_on, F("label__ends_on"))))
    )


@dataclass(frozen=True)
class Headline:
    """The figures of a day: structures with a label in force, labelled trainings, places where they are given."""

    fabrique_count: int
    training_count: int
    site_count: int
    target: int = TARGET


def headline(on, known_before=None):
    """Counted as the target counts: fabriques are structures with a label in force (model.md §2)."""
    labels = public_labels().in_force(on, known_before)
    return Headline(
        fabrique_count=Fabrique.objects.with_label_in_force(on, known_before).count(),
        training_count=labels.aggregate(count=Count("training", distinct=True))["count"],
        site_count=LabelSite.objects.filter(label__in=labels).aggregate(count=Count("site", distinct=True))["count"],
    )
