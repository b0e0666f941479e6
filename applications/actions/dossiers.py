"""Writes about a dossier that do not change its state: starting it, joining documents.

Each one locks the dossier first, so that nothing is written into a dossier while it is being filed.
"""

from django.db import transaction

from applications.models import (
    SECTIONS,
    WRITABLE_STATES,
    Application,
    Attachment,
    JournalAction,
    RequiredDocument,
)
from gen_portal.core import clock, files
from gen_portal.core.workflow import Refused, lock, record

MAX_OTHER_FILES = 10  # documents joined beside those the call asks for
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


@transaction.atomic
def attach_file(application, *, upload, document, by):
    """Join a checked PDF as one of the call's documents (it replaces the present one), or as another one (None).

    Refused once the dossier is filed, for a document of another call, and beyond ten other documents.
    """
    application = lock(application, *WRITABLE_STATES)
    if document is not None and document.call_id != application.call_id:
        raise Refused("Cette pièce n'est pas demandée par cet appel.")
    now, present = clock.now(), application.attachments.current().in_slot(document)
    if document is None and present.count() >= MAX_OTHER_FILES:
        raise Refused(f"Un dossier compte au plus {MAX_OTHER_FILES} autres pièces : retirez-en une d'abord.")
    if document is not None:
        present.update(removed_at=now)
    stored = files.store(upload.read(), name=upload.name, content_type="application/pdf", by=by)
    attachment = Attachment.objects.create(application=application, document=document, file=stored, joined_at=now)
    record(application, JournalAction.FILE_ATTACHED, by=by, at=now, note=f"{_slot_name(document)} : {stored.name}")
    _touch(application, now)
    return attachment


@transaction.atomic
def remove_file(attachment, *, by):
    """Take a document out of a draft; a filing that carried it keeps it. Doing it twice changes nothing more."""
    application = lock(attachment.application, *WRITABLE_STATES)
    attachment, now = lock(attachment), clock.now()
    if attachment.removed_at is not None:
        return attachment
    attachment.removed_at = now
    attachment.save(update_fields=["removed_at"])
    note = f"{_slot_name(attachment.document)} : {attachment.file.name}"
    record(application, JournalAction.FILE_REMOVED, by=by, at=now, note=note)
    _touch(application, now)
    return attachment


def _slot_name(document: RequiredDocument | None):
    return document.label if document else "Autre pièce"


def _touch(application, now):
    application.changed_at = now
    application.save(update_fields=["changed_at"])
