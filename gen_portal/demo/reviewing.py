"""What officers and regional services of the demonstration have done: reviews in every state, progress points, targets."""

from datetime import date, timedelta

from applications.models import Call
from fabriques.figures import Quarter
from fabriques.models import (
    AskedField,
    FollowUpReport,
    JournalAction,
    ProgressPoint,
    ProgressRequest,
    RegionalTarget,
    ReportReview,
    ReviewKind,
)
from fabriques.periods import periods_to_open
from fabriques.schedule import due_on_for
from fabriques.scopes import figures_on, region_scope
from gen_portal.core import clock
from gen_portal.core.models import Capacity, Region, Role
from gen_portal.demo import words
from gen_portal.demo.people import SINCE, create_people

#: What is asked back, field and word.
ASKED = (
    ("women_count", "Ce nombre a baissé depuis le trimestre dernier : est-ce une erreur de saisie ?"),
    ("dropped_count", "Aucun abandon sur trois promotions : pouvez-vous le confirmer ?"),
    ("exits_3_unknown_count", "Beaucoup de situations inconnues : avez-vous pu rappeler ces personnes ?"),
)
FLAG = "Les entrées ont triplé en un trimestre, bien au-delà du dossier : à voir avec la structure avant de compter."
#: Regions with a target, fictitious: fabriques and people, one of them unknown.
TARGETS = {"53": (12, 600), "11": (45, 2_500), "32": (20, None), "93": (18, 900), "04": (4, 150)}
SILENT_REGIONS = ("24", "94")  # nobody there has answered the last period


class Reviewing:
    """Plays the reviews of past reports and the progress points of two calls, up to a day."""

    def __init__(self, rng, history, officer, service):
        self.rng, self.history, self.officer, self.service = rng, history, officer, service

    def review(self, *, today):
        """Everything filed in earlier quarters is accepted; the latest quarter shows every state."""
        latest = FollowUpReport.objects.of_latest_campaign().values("campaign")[:1]
        filed = FollowUpReport.objects.filed().select_related("campaign").order_by("pk")
        for report in filed.exclude(campaign__in=latest):
            self._accept(report)
        for index, report in enumerate(filed.filter(campaign__in=latest).order_by("filed_at", "pk")):
            act = {0: self._ask_back, 1: self._flag, 2: self._accept, 3: self._accept}.get(index % 11)
            if act:
                act(report, until=clock.start_of(today))

    def _accept(self, report, until=None):
        self._hold(report, ReviewKind.ACCEPTED, JournalAction.REPORT_ACCEPTED, until)

    def _flag(self, report, until):
        self._hold(report, ReviewKind.FLAGGED, JournalAction.REPORT_FLAGGED, until, note=FLAG)

    def _ask_back(self, report, until):
        review = self._hold(report, ReviewKind.ASKED_BACK, JournalAction.REPORT_ASKED_BACK, until)
        name, word = self.rng.choice(ASKED)
        AskedField.objects.create(review=review, name=name, word=word)

    def _hold(self, report, kind, action, until, *, note=""):
        """An act some days after the filing, never after `until`."""
        at = report.filed_at + timedelta(hours=self.rng.randint(20, 200))
        if until and at >= until:
            at = report.filed_at + (until - report.filed_at) / 2
        due_on = clock.day_of(at) + timedelta(days=14) if kind == ReviewKind.ASKED_BACK else None
        instants = {f"{kind.value}_at": at} | ({"asked_back_due_on": due_on} if due_on else {})
        FollowUpReport.objects.filter(pk=report.pk).update(**instants)
        self.history.add(report, action, by=self.officer, at=at)
        return ReportReview.objects.create(report=report, kind=kind, at=at, by=self.officer, note=note, due_on=due_on)

    def progress(self, *, today):
        """The second call asked until the end of February 2017; the call of last year asks until the end of this year."""
        self.people = self._regional_people()
        second = Call.objects.get(slug="deuxieme-appel-2016")
        self._points(self._ask(second, date(2016, 8, 23), date(2017, 2, 28)), today, awaited=("53",))
        recent = Call.objects.order_by("-opens_at").filter(published_at__isnull=False).first()
        asked = self._ask(recent, clock.add_months(clock.quarter_of(today)[0], -6), date(today.year, 12, 31))
        self._points(asked, today, awaited=("53", "11", "84"))

    def _regional_people(self):
        """Somebody of each regional service, who cannot sign in, but for the published account's."""
        regions = list(Region.objects.exclude(pk="53").order_by("pk"))
        people = create_people(self.rng, len(regions), domain="service.example")
        Capacity.objects.bulk_create(
            Capacity(user=user, role=Role.REGIONAL_SERVICE, region=region, from_on=SINCE)
            for user, region in zip(people, regions, strict=True)
        )
        return {"53": self.service} | {region.pk: user for user, region in zip(people, regions, strict=True)}

    def _ask(self, call, first_on, last_on):
        asked = ProgressRequest.objects.create(call=call, first_on=first_on, last_on=last_on)
        RegionalTarget.objects.bulk_create(
            RegionalTarget(request=asked, region_id=code, fabrique_count=fabriques, people_count=people)
            for code, (fabriques, people) in TARGETS.items()
        )
        at = clock.start_of(first_on) + timedelta(hours=9)
        self.history.add(asked, JournalAction.PROGRESS_SET, by=self.officer, at=at)
        return asked

    def _points(self, asked, today, *, awaited):
        """Every period is filed but for the last one, which some regions have not answered."""
        periods = periods_to_open(asked.first_on, asked.last_on, today)
        regions = list(Region.objects.order_by("pk"))
        for period in periods:
            opened_at = clock.start_of(period.ends_on)
            silent = (*SILENT_REGIONS, *awaited) if period == periods[-1] else ()
            for region in regions:
                self._point(asked, period, region, opened_at, is_silent=region.pk in silent)
            self.history.add(asked, JournalAction.PROGRESS_OPENED, by=None, at=opened_at)

    def _point(self, asked, period, region, opened_at, *, is_silent):
        point = ProgressPoint(
            request=asked, region=region, starts_on=period.starts_on, ends_on=period.ends_on,
            due_on=due_on_for(period.ends_on), opened_at=opened_at,
        )  # fmt: skip
        if not is_silent:
            self._fill(point)
        point.save()
        if point.filed_at:
            self.history.add(point, JournalAction.PROGRESS_FILED, by=point.filed_by, at=point.filed_at)

    def _fill(self, point):
        """What the portal counts, sometimes put right by the service."""
        figures = figures_on(region_scope(point.region), Quarter(point.starts_on, point.ends_on))
        counted = {name: getattr(figures, name) for name in ("label_count", "fabrique_count", "people_count")}
        point.label_count, point.fabrique_count = counted["label_count"], counted["fabrique_count"]
        point.people_count = counted["people_count"] + self.rng.choice((0, 0, 0, 4))
        point.event_count, point.counted = self.rng.randint(0, 4), counted
        point.difficulties = self.rng.choice(words.REGIONAL_DIFFICULTIES)
        point.actions = self.rng.choice(words.REGIONAL_ACTIONS)
        point.filed_at = point.opened_at + timedelta(days=self.rng.randint(3, 24), hours=10)
        point.filed_by = self.people[point.region_id]
