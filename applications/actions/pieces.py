"""Documents joined to a dossier: joining, replacing, taking out, telling a virus. A file once received is never lost."""

from django.conf import settings
from django.db import transaction

from applications import emails
from applications.models import WRITABLE_STATES, Attachment, JournalAction, RequiredDocument
from gen_portal.core import clock, files, phrases
from gen_portal.core.inspection.kinds import of_name
from gen_portal.core.workflow import Refused, lock, record


def attach_file(application, *, upload, document, by):
    """Join a checked file as one of the call's documents (the present one becomes an earlier version), or beside (None).

    Refused once the dossier is filed, for a document of another call, for the same file twice in one place, beyond
    twenty files a dossier and beyond what a structure may keep. Raises files.DiskFull when there is no room.
    """
    content, kind = upload.read(), of_name(upload.name)
    with files.kept(content, name=upload.name, content_type=kind.content_type, by=by) as stored:
        return _attach(application, document, stored, by)


@transaction.atomic
def _attach(application, document, stored, by):
    application = lock(application, *WRITABLE_STATES)
    if document is not None and document.call_id != application.call_id:
        raise Refused("Cette pièce n'est pas demandée par cet appel.")
    now, present = clock.now(), application.attachments.current().in_slot(document)
    _refuse_twice(present, stored)
    _refuse_too_much(application, document, present, stored)
    if document is not None:
        present.update(removed_at=now)
    stored.save()
    attachment = Attachment.objects.create(application=application, document=document, file=stored, joined_at=now)
    record(application, JournalAction.FILE_ATTACHED, by=by, at=now, note=f"{_slot_name(document)} : {stored.name}")
    _touch(application, now)
    return attachment


def _refuse_twice(present, stored):
    twin = present.with_content_of(stored).first()
    if twin is not None:
        raise Refused(f"Ce fichier est déjà joint ici, sous le nom « {twin.file.name} » : rien n'a changé.")


def _refuse_too_much(application, document, present, stored):
    replaced_count = present.count() if document is not None else 0
    if application.attachments.current().count() - replaced_count >= settings.DOSSIER_MAX_FILES:
        limit = settings.DOSSIER_MAX_FILES
        raise Refused(
            f"Un dossier compte au plus {limit} fichiers : retirez-en un, ou réunissez-en plusieurs en un PDF."
        )
    structure_files = Attachment.objects.of_structure(application.training.structure_id)
    if structure_files.stored_bytes() + stored.size_bytes > settings.STRUCTURE_MAX_BYTES:
        limit = phrases.number(settings.STRUCTURE_MAX_BYTES // 1024**2)
        raise Refused(
            f"Votre structure a déjà déposé {limit} Mo de fichiers, le plus que le portail garde pour elle. "
            "Joignez un fichier plus léger, ou écrivez au contact de l'appel."
        )


@transaction.atomic
def remove_file(attachment, *, by):
    """Take a document out of a draft; it stays among the earlier versions. Doing it twice changes nothing more."""
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


def tell_viruses():
    """Write once to the structure about each file in which the antivirus found a virus; how many were told."""
    untold = Attachment.objects.with_untold_virus().for_reading()
    return sum(_tell_virus(attachment) for attachment in untold.iterator())


@transaction.atomic
def _tell_virus(attachment):
    """Whether it was told now: another run may have done it meanwhile."""
    application, now = lock(attachment.application), clock.now()
    attachment = lock(attachment)
    if attachment.virus_told_at is not None:
        return False
    attachment.virus_told_at = now
    attachment.save(update_fields=["virus_told_at"])
    slot_name, stored = _slot_name(attachment.document), attachment.file
    note = f"{slot_name} : {stored.name} ({stored.scan_found})"
    record(application, JournalAction.VIRUS_FOUND, by=None, at=now, note=note)
    emails.warn_of_virus(application, attachment, slot_name)
    return True


def _slot_name(document: RequiredDocument | None):
    return document.label if document else "Autre pièce"


def _touch(application, now):
    application.changed_at = now
    application.save(update_fields=["changed_at"])
