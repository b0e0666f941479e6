"""Progress points: asked for by staff, opened when their period is over (they are reminded of in `reminders`).

Called by `run_follow_up`, as often as one likes: the lock of the request's row and unique constraints decide.
"""

from django.db import transaction

from fabriques.models import JournalAction, ProgressPoint, ProgressRequest, RegionalTarget
from fabriques.periods import periods_to_open
from fabriques.point_planning import points_of
from gen_portal.core import clock, phrases
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def ask_for_progress(call, *, by, first_on, last_on, targets):
    """Ask every region for a point a quarter from a day until a last day, included; asking again moves the days.

    `targets` maps the code of a region to (fabriques, people), each None when unknown. Refused when the last day leaves
    out a period that is already open.
    """
    request, _ = ProgressRequest.objects.get_or_create(call=call, defaults={"first_on": first_on, "last_on": last_on})
    request, now = lock(request), clock.now()
    latest = request.points.order_by("-ends_on").first()
    if latest is not None and last_on < latest.last_on:
        raise Refused(
            f"Les points arrêtés au {phrases.day(latest.last_on)} sont déjà demandés : choisissez ce jour ou un jour "
            "plus tardif."
        )
    request.first_on, request.last_on = first_on, last_on
    request.save(update_fields=["first_on", "last_on"])
    request.targets.all().delete()
    RegionalTarget.objects.bulk_create(
        RegionalTarget(request=request, region_id=code, fabrique_count=fabriques, people_count=people)
        for code, (fabriques, people) in targets.items()
        if (fabriques, people) != (None, None)
    )
    note = f"du {phrases.day(first_on)} au {phrases.day(last_on)}"
    record(request, JournalAction.PROGRESS_SET, by=by, at=now, note=note)
    return request


def open_due_points(now):
    """Open the points of each period that is over and has none; returns how many were opened by this call."""
    today = clock.day_of(now)
    count = 0
    for asked in ProgressRequest.objects.order_by("pk"):
        wanted = periods_to_open(asked.first_on, asked.last_on, today)
        opened = set(asked.points.values_list("starts_on", flat=True).distinct())
        count += sum(_open_points(asked, period, now) for period in wanted if period.starts_on not in opened)
    return count


@transaction.atomic
def _open_points(asked, period, now):
    """One point per region, under the lock of the request; none when another process has just opened them."""
    asked = lock(asked)
    if asked.points.filter(starts_on=period.starts_on).exists():
        return 0
    points = ProgressPoint.objects.bulk_create(points_of(asked, period, now))
    note = f"{len(points)} régions, jusqu'au {phrases.day(period.ends_on - clock.ONE_DAY)}"
    record(asked, JournalAction.PROGRESS_OPENED, by=None, at=now, note=note)
    return len(points)
