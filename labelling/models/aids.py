"""What helps a reviewer to judge one dossier: their notes, their own earlier marks, the labels near its sites."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import models
from django.db.models import F, Q

from labelling.models.label import Label, LabelSite
from labelling.models.review import Assignment, Score


class PrivateNote(models.Model):
    """What a reviewer keeps for themselves about a dossier: read by nobody else, ever, and counted nowhere."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, verbose_name="affectation", related_name="note")
    text = models.TextField("notes", max_length=4000, blank=True)
    changed_at = models.DateTimeField("modifiées")

    class Meta:
        verbose_name = "notes personnelles"
        verbose_name_plural = "notes personnelles"

    def __str__(self):
        return f"Notes sur {self.assignment}"


@dataclass
class OwnReview:
    """A review that the same person has submitted in the same call: pairs (weight, mark) in the order of the grid."""

    reference: str
    title: str
    job_family: str
    region: str
    marks: list = field(default_factory=list)


def own_reviews(assignment):
    """What the reviewer of a place has submitted in its call on other dossiers (first values), the latest first."""
    rows = Score.objects.filter(
        review__assignment__reviewer=assignment.reviewer_id, review__assignment__ended_at=None,
        review__submitted_at__isnull=False, criterion__call=assignment.application.call_id,
    ).exclude(review__assignment=assignment)  # fmt: skip
    dossier = "review__assignment__application__"
    found = {}
    for review, reference, title, family, region, criterion, weight, mark in rows.order_by(
        "-review__submitted_at", "review", "criterion__position", "criterion"
    ).values_list(
        "review", f"{dossier}reference", f"{dossier}training__title", f"{dossier}job_family",
        f"{dossier}training__structure__commune__department__region", "criterion", "criterion__weight_percent", "value",
    ):  # fmt: skip
        own = found.setdefault(review, OwnReview(reference, title, family, region))
        own.marks.append((criterion, weight, mark))
    return list(found.values())


@dataclass(frozen=True)
class LabelledPlace:
    """A site covered by a label in force, as the public registry shows it."""

    label: int
    title: str
    structure: str
    commune: str
    region: str
    job_family: str
    position: tuple | None
    seat_count: int


def labelled_places(today, regions, box):
    """Sites of labels in force that day in these regions, or within a box of degrees (south, west, north, east)."""
    where = Q(commune__department__region__in=regions)
    if box:
        south, west, north, east = box
        where |= Q(commune__latitude__range=(south, north), commune__longitude__range=(west, east))
    rows = LabelSite.objects.filter(where, label__in=Label.objects.published().in_force(today)).order_by("label", "pk")
    asked = "label__decision__application__"
    columns = rows.annotate(
        seats=F(f"{asked}session_count") * F(f"{asked}seat_count"), region=F("commune__department__region")
    ).values_list(
        "label", "label__title", "label__training__structure__name", "commune__name", "region", "label__job_family",
        "commune__latitude", "commune__longitude", "seats",
    )  # fmt: skip
    return [
        LabelledPlace(*told, None if latitude is None else (latitude, longitude), seats or 0)
        for *told, latitude, longitude, seats in columns
    ]


def by_label(places):
    """The places of each label, by its key."""
    found = defaultdict(list)
    for place in places:
        found[place.label].append(place)
    return found
