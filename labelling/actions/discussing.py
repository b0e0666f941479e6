"""A message in the discussion of a dossier."""

from django.db import transaction

from applications.models import ApplicationState
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused, lock
from labelling.models import CALL_ROLES, DiscussionMessage, Recusal
from labelling.models.review import Assignment


@transaction.atomic
def write_message(application, *, text, by):
    """Say something to whom the reviews of this dossier are revealed; the same words sent twice in a row are kept once.

    Refused once the dossier is decided, without words, and to whoever withdrew or no longer holds a place meanwhile.
    """
    application = lock(application, ApplicationState.UNDER_REVIEW)
    _check_takes_part(application, by)
    if not text.strip():
        raise Refused("Écrivez votre message avant de l'envoyer.")
    last = DiscussionMessage.objects.filter(application=application).order_by("-pk").first()
    if last is not None and (last.author_id, last.text) == (by.pk, text.strip()):
        return last
    return DiscussionMessage.objects.create(
        application=application, author=by, text=text.strip(), written_at=clock.now()
    )


def _check_takes_part(application, by):
    """Asked of the rows under the lock: the page was opened before."""
    places = Assignment.objects.current().filter(application=application, reviewer=by)
    if Recusal.objects.filter(application=application, user=by).exists():
        raise Refused("Vous ne prenez plus part à cette discussion.")
    if not places.filter(review__submitted_at__isnull=False).exists() and not access.has_role(by, *CALL_ROLES):
        raise Refused("Vous ne prenez plus part à cette discussion.")
