"""The public registry: labels whose decision is published and whose fabrique is open, and the places they cover.

What is public is told by rows, never by the clock (safety.md S11); only the days of a label are compared to a day.
The words come from the columns archived with the labelled filing, never from a later draft (model.md §2).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import ASin, Cast, Coalesce, Cos, Least, Radians, Sin, Sqrt

from applications.models import EntryLevel
from fabriques.models.fabrique import TARGET, Fabrique
from gen_portal.core.references import as_typed
from gen_portal.core.text import fold
from labelling.models import Label, LabelEvent, LabelSession, LabelSite
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
    "rentree": ("next_start_on", f"{_STRUCTURE}__folded_name", "label__title"),
    "distance": ("distance_km", "next_start_on", f"{_STRUCTURE}__folded_name", "label__title"),
}
#: What somebody of a level may enter, the lowest first.
LEVELS = (EntryLevel.NONE, EntryLevel.CAP, EntryLevel.BAC, EntryLevel.BAC2)
_EARTH_KM = 6371


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

    def of_training(self, label):
        """The other labels of the same training, the latest first."""
        return self.filter(training=label.training_id).exclude(pk=label.pk).order_by("-starts_on", "-pk")

    def with_filing(self):
        """With the labelled filing and its announced sessions: what the page of one label shows beside."""
        return self.select_related("submission").prefetch_related("sessions")

    def with_sessions(self):
        """With the sessions that their filings announced."""
        return self.prefetch_related("sessions")

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

    def answering(self, region=None, departement=None, famille="", gratuite=False, outremer=False, appel=None,
                  niveau="", prioritaire=False, a_distance=False, fabrique=None):  # fmt: skip
        """Those that answer the filters given, named as in the url."""
        asked = {
            "label__decision__cut_off__call": appel,
            "commune__department__region": region,
            "commune__department": departement,
            "label__job_family": famille,
            "label__is_free": gratuite,
            "commune__department__region__is_overseas": outremer,
            "is_in_priority_area": prioritaire,
            f"{_STRUCTURE}__fabrique": fabrique,
        }
        asked = {lookup: value for lookup, value in asked.items() if value}
        if niveau:
            asked["label__entry_level__in"] = LEVELS[: LEVELS.index(niveau) + 1]
        if a_distance:
            asked["label__on_site_percent"] = 0
        return self.filter(**asked)

    def near(self, commune, radius_km):
        """With `distance_km` from the middle of a commune to that of theirs: those within the radius, and the trainings
        given wholly at a distance, which have none."""
        is_remote = Q(label__on_site_percent=0)
        distance = Case(When(is_remote, then=None), default=_distance_from(commune), output_field=FloatField())
        return self.annotate(distance_km=distance).filter(is_remote | Q(distance_km__lte=radius_km))

    def starting(self, first=None, last=None):
        """Those with a session that starts in [first, last]; an end left out is open."""
        bounds = {"starts_on__gte": first, "starts_on__lte": last}
        asked = {lookup: value for lookup, value in bounds.items() if value}
        if not asked:
            return self
        return self.filter(Exists(LabelSession.objects.filter(label=OuterRef("label"), **asked)))

    def sorted_by(self, name):
        """By one of `SORTS`, the other way round after a minus sign, by structure when it makes no sense."""
        first, *rest = SORTS.get(name.removeprefix("-"), SORTS["structure"])
        lead = F(first).desc(nulls_last=True) if name.startswith("-") else F(first).asc(nulls_last=True)
        return self.order_by(lead, *[F(other).asc(nulls_last=True) for other in rest], "pk")

    def published_between(self, since, until):
        """Those whose label was published in [since, until)."""
        return self.filter(label__decision__published_at__gte=since, label__decision__published_at__lt=until)

    def counts(self):
        """How many labelled trainings and fabriques have such a place."""
        return self.aggregate(
            training_count=Count("label", distinct=True), fabrique_count=Count(_STRUCTURE, distinct=True)
        )

    def texts(self):
        """What `mentioning` looks into, as it is written."""
        return list(self.order_by().values_list("label__title", f"{_STRUCTURE}__name", "commune__name"))

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
    return _places_of(public_labels().in_force(moment.on, moment.known_before), moment)


def places_in_force(on):
    """The same, by all that is known today."""
    return places_at(Moment(on))


def places_over(moment):
    """Places of the public labels that had begun and were no longer in force that day."""
    return _places_of(public_labels().over(moment.on, moment.known_before), moment)


def _places_of(labels, moment):
    known_before = moment.known_before
    losses = LabelEvent.objects.filter(label=OuterRef("label"), kind__in=FINAL_EVENTS).order_by()
    losses = losses.filter(known_at__lt=known_before) if known_before else losses
    lost_on = Subquery(losses.values("label").annotate(day=Min("effective_on")).values("day"))
    return (
        PlaceQuerySet(LabelSite)
        .filter(label__in=labels)
        .alias(folded_title=Folded("label__title"))
        .annotate(
            over_on=Least("label__ends_on", Coalesce(lost_on, F("label__ends_on"))),
            next_start_on=_next_start(moment.on),
            distance_km=Cast(Value(None), FloatField()),
        )
    )


def _next_start(on):
    """The first day of the next session from that day on, None when none is announced."""
    coming = LabelSession.objects.filter(label=OuterRef("label"), starts_on__gte=on).order_by("starts_on")
    return Subquery(coming.values("starts_on")[:1])


def _distance_from(commune):
    """Kilometres along the surface, as `core.geography.distance` counts them; None where a position is not known."""
    latitude, longitude = float(commune.latitude), float(commune.longitude)
    here = Radians(Value(latitude, FloatField()))
    there = Radians(Cast("commune__latitude", FloatField()))
    north = Sin((there - here) / 2.0)
    east = Sin(Radians(Cast("commune__longitude", FloatField()) - Value(longitude, FloatField())) / 2.0)
    half = Least(north * north + Cos(here) * Cos(there) * east * east, Value(1.0, FloatField()))
    return 2 * _EARTH_KM * ASin(Sqrt(half), output_field=FloatField())


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
