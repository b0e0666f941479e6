"""Starting a dossier: blank, or from an earlier one of the same structure, whatever its call and its training."""

from django.db import IntegrityError, transaction

from applications.models import SECTIONS, Application, Attachment, JournalAction
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record

#: Given anew for each dossier: promises, and who signs.
_ANEW = ("commits_", "signatory_name")
_CARRIED = [name for section in SECTIONS for name in section.fields if not name.startswith(_ANEW)]


class AlreadyLive(Refused):
    """The training has a live dossier in this call: `application` is the one to go on with."""

    def __init__(self, application):
        super().__init__(
            "Cette formation a déjà un dossier en cours dans cet appel : c'est celui-là qu'il faut ouvrir."
        )
        self.application = application


@transaction.atomic
def start_application(call, training, *, by, source=None):
    """Open a dossier for one training in one call, with the answers of `source`, one of the structure's, or blank.

    The documents come too within the same call, which asks for the same ones. Refused outside the opening of the call, when
    the training already has a live dossier in it (`AlreadyLive`), and from another structure's dossier.
    """
    training, now = lock(training), clock.now()
    if not call.is_open(now):
        raise Refused("Cet appel n'est pas ouvert : on ne peut pas y commencer de dossier.")
    if live := _live(call, training):
        raise AlreadyLive(live)
    if source is not None and source.training.structure_id != training.structure_id:
        raise Refused("On ne reprend que les réponses d'un dossier de la même structure.")
    try:
        with transaction.atomic():
            application = Application.objects.create(
                call=call,
                training=training,
                started_by=by,
                started_at=now,
                changed_at=now,
                copied_from=source,
                **_carried(source),
            )
    except IntegrityError as error:
        # A withdrawn dossier was reopened meanwhile: that holds its own row, not the training's.
        if live := _live(call, training):
            raise AlreadyLive(live) from error
        raise
    if source is not None:
        _carry_over(source, application, now)
    note = f"D'après le dossier {source.reference} (« {source} », {source.call})" if source else ""
    record(application, JournalAction.STARTED, by=by, at=now, note=note)
    return application


def _live(call, training):
    return training.applications.live().filter(call=call).order_by("pk").first()


def _carried(source):
    return {name: getattr(source, name) for name in _CARRIED} if source else {}


def _carry_over(source, application, now):
    application.sites.set(source.sites.all())
    if source.call_id != application.call_id:
        return
    Attachment.objects.bulk_create(
        Attachment(application=application, document_id=joined.document_id, file_id=joined.file_id, joined_at=now)
        for joined in source.attachments.current().order_by("pk")
    )
