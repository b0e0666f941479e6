"""Writes about a dossier that do not change its state: starting it.

Each one locks the dossier first, so that nothing is written into a dossier while it is being filed.
"""

from django.db import transaction

from applications.models import (
    SECTIONS,
    Application,
    Attachment,
    JournalAction,
)
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record

_ANSWERS = [name for section in SECTIONS for name in section.fields]
_PROMISES = tuple(name for name in _ANSWERS if name.startswith("commits_"))


@transaction.atomic
def start_application(call, training, *, by):
    """Open a dossier for one training in one call; the answers of an earlier, ended dossier are carried over.

    Refused outside the opening of the call, and when the training already has a live dossier in it.
    """
    training, now = lock(training), clock.now()
    if not call.is_open(now):
        raise Refused("Cet appel n'est pas ouvert : on ne peut pas y commencer de dossier.")
    dossiers = training.applications.select_related("call").order_by("-pk")
    if dossiers.live().filter(call=call).exists():
        raise Refused("Cette formation a déjà un dossier en cours dans cet appel : ouvrez-le depuis vos dossiers.")
    earlier = dossiers.first()
    application = Application.objects.create(
        call=call, training=training, started_by=by, started_at=now, changed_at=now, **_carried(earlier)
    )
    if earlier is not None:
        _carry_over(earlier, application, now)
    record(application, JournalAction.STARTED, by=by, at=now)
    return application


def _carried(earlier):
    """Answers worth keeping from the last dossier of a training; promises and signature are made anew each time."""
    if earlier is None:
        return {}
    return {name: getattr(earlier, name) for name in _ANSWERS if name not in (*_PROMISES, "signatory_name")}


def _carry_over(earlier, application, now):
    application.sites.set(earlier.sites.all())
    if earlier.call_id != application.call_id:
        return
    Attachment.objects.bulk_create(
        Attachment(application=application, document_id=joined.document_id, file_id=joined.file_id, joined_at=now)
        for joined in earlier.attachments.current().order_by("pk")
    )
