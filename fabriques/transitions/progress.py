"""The progress point of a region: awaited → filed (file_progress), filed → filed again until the next one is open."""

from django.db import transaction

from fabriques.models import JournalAction, ProgressPoint
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record

FIGURES = ("label_count", "fabrique_count", "people_count", "event_count")


@transaction.atomic
def file_progress(point, *, by, figures, difficulties, actions, counted):
    """The service of the region says where it stands; reminders stop at once. Filing again corrects.

    `figures` maps each name of `FIGURES` to a count; `counted` is what the portal counts now, kept beside them. Refused
    when there are more fabriques than labels, and as a correction once the region's next point is open.
    """
    point = lock(point)
    now = clock.now()
    is_correction = point.filed_at is not None
    if is_correction and ProgressPoint.objects.later_than(point).exists():
        raise Refused("Ce point ne se corrige plus : le suivant est ouvert. Donnez-y les bons nombres.")
    if figures["fabrique_count"] > figures["label_count"]:
        raise Refused(
            f"{figures['fabrique_count']} fabriques pour {figures['label_count']} labels : une fabrique a au moins un "
            "label. Corrigez l'un des deux nombres."
        )
    note = _earlier(point) if is_correction else ""
    for name in FIGURES:
        setattr(point, name, figures[name])
    point.difficulties, point.actions, point.counted = difficulties, actions, counted
    point.filed_at, point.filed_by = now, by
    point.save(update_fields=[*FIGURES, "difficulties", "actions", "counted", "filed_at", "filed_by"])
    action = JournalAction.PROGRESS_CORRECTED if is_correction else JournalAction.PROGRESS_FILED
    record(point, action, by=by, at=now, note=note)
    return point


def _earlier(point):
    words = (f"{point._meta.get_field(name).verbose_name} : {getattr(point, name)}" for name in FIGURES)
    return "Nombres précédents – " + ", ".join(words)
