"""Who will be reminded of which progress point, when and why: the planner of the reports, for the regional services.

As there, `planned_points(now)` is what a run sends and the same over seven days the forecast.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fabriques.models import FuseTrip, ProgressPoint, ProgressRequest, ReminderStep
from fabriques.periods import periods_to_open
from fabriques.planning import SET_ASIDE_LASTS, steps_to_post
from fabriques.schedule import EVERY_STEP, REMINDING_LASTS, due_on_for
from gen_portal.core import clock
from gen_portal.core.models import Capacity, Department, OutgoingEmail, Region, Role, User
from gen_portal.core.working_time import CALENDARS, Place


@dataclass(frozen=True)
class PlannedPoint:
    """One mail to one person of a regional service, about one point, with the first instant at which it may leave."""

    point: ProgressPoint
    step: ReminderStep
    user: User
    place: Place
    leaves_at: datetime

    @property
    def key(self):
        """The same in a forecast made before the point exists and in the run that sends."""
        point = self.point
        return f"point:{point.request_id}:{point.region_id}:{point.starts_on:%Y-%m}:{self.step}:{self.user.pk}"

    @property
    def leaves_on(self) -> date:
        """In legal time."""
        return clock.day_of(self.leaves_at)

    @property
    def why(self):
        return f"service régional de l'État, {self.point.region}"

    @property
    def about_name(self):
        return str(self.point.region)

    @property
    def period(self):
        return "point d'avancement"

    @property
    def reports(self):
        """None: a point stands for itself."""
        return ()


def key_of(planned):
    """In the outbox."""
    return f"follow-up:{planned.key}"


def planned_points(now, until=None):
    """Every reminder of a point that may leave in [now, until], in order; those due now without `until`.

    Nothing for a point that was filed, nor for what staff set aside when the fuse blew.
    """
    until = until or now
    points = [*_running(now), *_coming(now, until)]
    people = _people_by_region(clock.day_of(now)) if points else {}
    places = places_by_region() if points else {}
    planned = [
        PlannedPoint(point, step, user, places[point.region_id], at)
        for point in points
        for step, at in steps_to_post(point, EVERY_STEP, places[point.region_id], now, until)
        for user in people.get(point.region_id, ())
    ]
    return sorted(_left(planned, now), key=lambda mail: (mail.leaves_at, mail.about_name, mail.user.pk))


def _left(planned, now):
    """Those neither posted before nor set aside."""
    posted = OutgoingEmail.objects.filter(key__in=[key_of(mail) for mail in planned]) if planned else ()
    done = {row.key.removeprefix("follow-up:") for row in posted}
    done |= FuseTrip.objects.set_aside_keys(now - SET_ASIDE_LASTS) if planned else set()
    return [mail for mail in planned if mail.key not in done]


def _running(now):
    return list(ProgressPoint.objects.awaited().due_after(clock.day_of(now) - REMINDING_LASTS).for_page())


def _coming(now, until):
    """The points that open before `until`, as they will be."""
    if until == now:
        return
    for asked in ProgressRequest.objects.select_related("call").order_by("pk"):
        wanted = periods_to_open(asked.first_on, asked.last_on, clock.day_of(until))
        opened = set(asked.points.values_list("starts_on", flat=True).distinct())
        for period in [period for period in wanted if period.starts_on not in opened]:
            yield from points_of(asked, period, max(now, clock.start_of(period.ends_on)))


def points_of(asked, period, opened_at):
    """One point per region of a period, unsaved, opened at an instant."""
    due_on = due_on_for(max(period.ends_on, clock.day_of(opened_at)))
    days = {"starts_on": period.starts_on, "ends_on": period.ends_on, "due_on": due_on, "opened_at": opened_at}
    return [ProgressPoint(request=asked, region=region, **days) for region in Region.objects.order_by("pk")]


def _people_by_region(today):
    """The people of each region's service, by its code."""
    held = Capacity.objects.in_force(today).in_role(Role.REGIONAL_SERVICE).filter(user__is_active=True)
    found = {}
    for capacity in held.select_related("user").order_by("pk"):
        found.setdefault(capacity.region_id, []).append(capacity.user)
    return found


def places_by_region():
    """Time zone and public holidays of each region, by its code; overseas, those of its only department."""
    alone = Department.objects.filter(pk__in=list(CALENDARS), region__is_overseas=True)
    calendars = {department.region_id: CALENDARS[department.pk] for department in alone.order_by("pk")}
    return {
        region.pk: Place(region.time_zone, calendars.get(region.pk, "")) for region in Region.objects.order_by("pk")
    }
