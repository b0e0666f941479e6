"""What the public page of figures reads: the registry of a day, and the closed quarters; a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from applications.models import Call
from fabriques.closings import Filing, Held, Term, closings
from fabriques.models import FollowUpCampaign, FollowUpReport, ReportVersion
from fabriques.models.registry import Headline, Moment, headline, places_at, public_labels
from fabriques.secrecy import COUNTRY, Cut
from gen_portal.core import clock
from gen_portal.core.models import Region
from gen_portal.core.text import fold
from labelling.models import LabelEvent
from labelling.models.label import FINAL_EVENTS

_REGION, _CALL = "commune__department__region", "label__decision__cut_off__call"
#: Where a place tells the key and the name of its region, or of its call.
_PATHS = {
    Cut.REGION: (f"{_REGION}__code", f"{_REGION}__name"),
    Cut.CALL: (f"{_CALL}__slug", f"{_CALL}__title"),
}


@dataclass(frozen=True)
class LabelledIn:
    """What the registry of a day counts in a region or for a call, by its filters of the same name."""

    cut: Cut
    key: str
    name: str
    training_count: int
    fabrique_count: int


@dataclass(frozen=True)
class DayFigures:
    """All that is public on a day, as it was known at its end: the same for whoever asks again later."""

    day: date
    headline: Headline
    labelled: list
    closings: list
    names: dict

    @property
    def latest(self):
        """The last quarter closed before that day, None before the first."""
        return self.closings[-1] if self.closings else None

    def labelled_in(self, cut):
        return [row for row in self.labelled if row.cut == cut]


def figures_of(day):
    """The figures of a day, today at the latest."""
    moment = Moment(day, clock.end_of(day))
    found = [term for term in _terms() if term.closed_on < day]
    return DayFigures(
        day=day,
        headline=headline(moment.on, moment.known_before),
        labelled=_labelled_by(moment, Cut.REGION) + _labelled_by(moment, Cut.CALL),
        closings=closings(found, _held(), _filings()) if found else [],
        names=_names(),
    )


def _labelled_by(moment, cut):
    counts = {
        "trainings": Count("label", distinct=True),
        "fabriques": Count("label__training__structure", distinct=True),
    }
    rows = places_at(moment).order_by().values_list(*_PATHS[cut]).annotate(**counts)
    return sorted((LabelledIn(cut, *row) for row in rows), key=lambda row: fold(row.name))


def _folded(pair):
    return fold(pair[1])


def _names():
    """What rows are called, regions in order, then calls, the latest first."""
    regions = {
        (Cut.REGION, code): name for code, name in sorted(Region.objects.values_list("code", "name"), key=_folded)
    }
    calls = Call.objects.filter(pk__in=public_labels().values("decision__cut_off__call")).order_by("-opens_at", "pk")
    return {COUNTRY: "France entière"} | regions | {(Cut.CALL, call.slug): call.title for call in calls}


def _terms():
    owing = defaultdict(list)
    for campaign, label in FollowUpReport.objects.order_by().values_list("campaign", "label"):
        owing[campaign].append(label)
    rows = FollowUpCampaign.objects.order_by("starts_on").values_list("pk", "starts_on", "ends_on", "due_on")
    return [Term(*days, owing=owing[campaign]) for campaign, *days in rows]


def _held():
    lost = defaultdict(list)
    events = LabelEvent.objects.filter(kind__in=FINAL_EVENTS).order_by("pk")
    for label, *known in events.values_list("label", "effective_on", "known_at"):
        lost[label].append(tuple(known))
    rows = public_labels().order_by("pk").values_list(
        "pk", "training", "training__structure", "training__structure__commune__department__region",
        "decision__cut_off__call__slug", "starts_on", "ends_on", "decision__published_at",
    )  # fmt: skip
    return [Held(*row, lost=tuple(lost[row[0]])) for row in rows]


def _filings():
    """Every version of every report, not the reports themselves: a closing knows what was filed by its day."""
    counts = [Cast(KeyTextTransform(f"{name}_count", "figures"), IntegerField()) for name in Filing._fields[4:]]
    rows = ReportVersion.objects.order_by().values_list(
        "report__campaign__starts_on", "number", "report__label", "filed_at", *counts
    )
    return [Filing(*row) for row in rows]
