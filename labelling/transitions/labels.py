"""What happens to a label after its publication: dated events, each recorded once.

label: awarded → given up by its holder (give_up). Suspending and revoking come with their own procedure.
"""

from django.db import transaction

from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.phrases import day
from gen_portal.core.workflow import Refused, lock, record
from labelling.emails import labels as emails
from labelling.models import JournalAction, LabelEvent, LabelEventKind
from labelling.models.label import FINAL_EVENTS


@transaction.atomic
def give_up(label, *, by, effective_on, note):
    """Record that the holder gives the label up: it is in force until the eve of that day, and no longer from it on; the
    structure is told.

    Refused to anybody but an officer of the day, without the reason given by the structure, on a day outside the label, or
    when the label is already lost.
    """
    label = lock(label)
    now = clock.now()
    if not access.holds(by, Role.OFFICER, at=now):
        raise Refused("Seul un chargé de mission enregistre l'abandon d'un label.")
    lost = label.events.filter(kind__in=FINAL_EVENTS).first()
    if lost is not None:
        raise Refused(f"Ce label est déjà perdu : {lost.get_kind_display()} le {day(lost.effective_on)}.")
    if not note.strip():
        raise Refused("Dites pourquoi la structure abandonne ce label.")
    if not label.starts_on <= effective_on < label.ends_on:
        raise Refused(
            f"Ce jour est hors du label, qui court du {day(label.starts_on)} au {day(label.ends_on - clock.ONE_DAY)} inclus."
        )
    event = LabelEvent.objects.create(
        label=label, kind=LabelEventKind.GIVEN_UP, effective_on=effective_on, known_at=now, note=note.strip(), by=by
    )
    record(label, JournalAction.LABEL_GIVEN_UP, by=by, at=now, note=f"{day(effective_on)} : {note.strip()}")
    emails.tell_given_up(event)
    return label
