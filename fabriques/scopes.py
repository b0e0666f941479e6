"""Whose figures: the country, a region, a structure or a training; reads what `figures` computes with, in three queries."""

from dataclasses import dataclass

from django.db.models import Count, F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce, Least

from applications.models import Structure
from fabriques.figures import COUNTS, Filed, Quarter, Span, series
from fabriques.models import FollowUpCampaign, FollowUpReport
from fabriques.models.registry import public_labels
from gen_portal.core import access
from gen_portal.core.models import Region, Role
from labelling.models import Label, LabelEvent
from labelling.models.label import FINAL_EVENTS


@dataclass(frozen=True)
class Scope:
    """Labels looked at together, and what they are called."""

    title: str
    labels: object
    region: Region | None = None
    is_country: bool = False


def country():
    return Scope("France entière", public_labels(), is_country=True)


def region_scope(region):
    """A structure counts in the region of its head office, as in every list of the follow-up."""
    return Scope(region.name, public_labels().filter(training__structure__commune__department__region=region), region)


def structure_scope(structure):
    return Scope(structure.name, public_labels().filter(training__structure=structure))


def label_scope(label):
    return Scope(label.title, public_labels().filter(pk=label.pk))


def regions_seen_by(user):
    """The regions whose figures a person may read, in order."""
    if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
        return Region.objects.all()
    return Region.objects.filter(pk__in=access.regions(user))


def scope_for(user, *, region="", structure="", label=""):
    """What a person asked for by codes and references, within what they may see; None for what does not exist for them.

    Nothing asked is the country, or the region of a regional service.
    """
    seen = regions_seen_by(user)
    if label:
        found = Label.objects.filter(reference=label, training__structure__commune__department__region__in=seen).first()
        return found and label_scope(found)
    if structure:
        found = Structure.objects.filter(reference=structure, commune__department__region__in=seen).first()
        return found and structure_scope(found)
    sees_all = access.has_role(user, Role.OFFICER, Role.DIRECTOR)
    if not region and sees_all:
        return country()
    found = (seen.filter(pk=region) if region else seen).first()
    return found and region_scope(found)


def series_of(scope):
    """The figures of every quarter that had a campaign, oldest first."""
    return series(spans_of(scope.labels), filed_of(scope.labels), quarters_of(scope.labels))


def figures_on(scope, quarter):
    """The figures at the end of one period, which need not be a campaign's quarter."""
    [found] = series(spans_of(scope.labels), filed_of(scope.labels), [quarter])
    return found


def spans_of(labels):
    """The days each label is in force, cut short by its loss."""
    losses = LabelEvent.objects.filter(label=OuterRef("pk"), kind__in=FINAL_EVENTS).order_by().values("label")
    lost_on = Subquery(losses.annotate(day=Min("effective_on")).values("day"))
    over_on = Least("ends_on", Coalesce(lost_on, F("ends_on")))
    rows = labels.order_by("pk").annotate(over_on=over_on)
    return [Span(*row) for row in rows.values_list("pk", "training__structure", "starts_on", "over_on")]


def filed_of(labels):
    """The counts of each filed report."""
    reports = FollowUpReport.objects.filed().filter(label__in=labels).order_by("campaign__starts_on", "pk")
    rows = reports.values_list("label", "campaign__starts_on", *COUNTS)
    return [
        Filed(label, quarter, dict(zip(COUNTS, counts, strict=True))) for label, quarter, *counts in rows
    ]  # fmt: skip


def quarters_of(labels):
    """The quarters that had a campaign, with the reports owed by these labels."""
    owed = FollowUpReport.objects.filter(campaign=OuterRef("pk"), label__in=labels).order_by().values("campaign")
    count = Coalesce(Subquery(owed.annotate(count=Count("pk")).values("count")), 0)
    campaigns = FollowUpCampaign.objects.order_by("starts_on").annotate(owed_count=count)
    return [Quarter(*row) for row in campaigns.values_list("starts_on", "ends_on", "owed_count")]
