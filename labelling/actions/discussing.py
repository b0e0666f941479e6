"""A message in the discussion of a dossier."""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock
from labelling.models import DiscussionMessage
from labelling.models.review import is_revealed


@transaction.atomic
def write_message(application, *, text, by):
    """Say something to whom the reviews of this dossier are revealed; the same words sent twice in a row are kept once.

    Refused once the dossier is decided, without words, and to whoever withdrew or no longer holds a place meanwhile.
    """
    application = lock(application, ApplicationState.UNDER_REVIEW)
    if not is_revealed(by, application):  # asked again under the lock: the page was opened before
        raise Refused("Vous ne prenez plus part à cette discussion.")
    if not text.strip():
        raise Refused("Écrivez votre message avant de l'envoyer.")
    last = DiscussionMessage.objects.filter(application=application).order_by("-pk").first()
    if last is not None and (last.author_id, last.text) == (by.pk, text.strip()):
        return last
    return DiscussionMessage.objects.create(
        application=application, author=by, text=text.strip(), written_at=clock.now()
    )
