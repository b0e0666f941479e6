"""Progress points: asked for by staff, opened when their period is over, and the regional services reminded of them.

Called by `run_follow_up`, as often as one likes: the lock of the request's row and unique constraints decide.
"""

from datetime import timedelta

from django.db import transaction

from fabriques import letters
from fabriques.models import JournalAction, ProgressPoint, ProgressRequest, RegionalTarget
from fabriques.periods import periods_to_open
from fabriques.schedule import REMINDING_LASTS, SENT_FROM_HOUR, due_on_for, step_on
from gen_portal.core import clock, phrases
from gen_portal.core.models import Capacity, OutgoingEmail, Region, Role
from gen_portal.core.workflow import Refused, lock, record


def run_progress(now):
    """What the clock does every minute: open what must open, post what is due. Returns how many mails were posted."""
    open_due_points(now)
    return post_point_reminders(now)


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
    due_on = due_on_for(max(period.ends_on, clock.day_of(now)))
    points = ProgressPoint.objects.bulk_create(
        ProgressPoint(
            request=asked,
            region=region,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            due_on=due_on,
            opened_at=now,
        )
        for region in Region.objects.order_by("pk")
    )
    note = f"{len(points)} régions, jusqu'au {phrases.day(period.ends_on - clock.ONE_DAY)}"
    record(asked, JournalAction.PROGRESS_OPENED, by=None, at=now, note=note)
    return len(points)


def post_point_reminders(now):
    """Post the reminders of the day of the points still awaited; returns how many e-mails were posted."""
    today = clock.day_of(now)
    points = ProgressPoint.objects.awaited().due_after(today - REMINDING_LASTS).for_page()
    dated = [(point, step_on(today, opened_on=clock.day_of(point.opened_at), due_on=point.due_on)) for point in points]
    people = _people_by_region(today)
    wanted = [(point, step, user) for point, step in dated if step for user in people.get(point.region_id, ())]
    keys = [letters.point_key(*mail) for mail in wanted]
    posted = set(OutgoingEmail.objects.filter(key__in=keys).values_list("key", flat=True))
    return sum(_remind(*mail, now) for mail, key in zip(wanted, keys, strict=True) if key not in posted)


def _people_by_region(today):
    """The people of each region's service, by its code."""
    held = Capacity.objects.in_force(today).in_role(Role.REGIONAL_SERVICE).filter(user__is_active=True)
    found = {}
    for capacity in held.select_related("user").order_by("pk"):
        found.setdefault(capacity.region_id, []).append(capacity.user)
    return found


@transaction.atomic
def _remind(point, step, user, now):
    """One mail, under the point's lock: never about a point that has just been filed."""
    if lock(point).filed_at is not None:
        return 0
    zone = letters.zone_of(point)
    morning = clock.start_of(now.astimezone(zone).date(), zone) + timedelta(hours=SENT_FROM_HOUR)
    letters.remind_of_point(point, step, user, now, max(now, morning))
    return 1
