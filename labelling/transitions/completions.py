"""A dossier that is being judged is completed: its reviews wait, then go on with whoever has no tie with what was added.

While it is with its authors the dossier opens for no reviewer; once it is admissible again the clock takes the reviews up,
and what the completion says (a partner, a member) is compared before anybody opens it.
"""

from django.db import transaction

from applications.models import Application, ApplicationState
from applications.transitions import return_under_review, start_review
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock
from labelling.emails import reviews as emails
from labelling.models import Assignment, Decision
from labelling.transitions.ties import take_away


@transaction.atomic
def ask_completion(application, *, by, request, due_on):
    """Give a dossier under review back to its authors; those who still have to review it are told.

    Refused once a decision on it is signed, without words, or for a past day.
    """
    application = lock(application, ApplicationState.UNDER_REVIEW)
    if Decision.objects.under_way(application).exists():
        raise Refused("Une décision est déjà signée pour ce dossier : il ne peut plus être complété.")
    for place in Assignment.objects.to_do().filter(application=application).for_page():
        emails.tell_suspended(place, number=application.submissions.count())
    return return_under_review(application, by=by, request=request, due_on=due_on)


def resume_reviews():
    """Take up the reviews of every dossier that is admissible again; returns how many. Any number of runs do it once."""
    waiting = Assignment.objects.current().filter(application__state=ApplicationState.ADMISSIBLE)
    return sum(_resume(pk) for pk in sorted(set(waiting.values_list("application", flat=True))))


def _resume(pk):
    try:
        return resume_review(Application(pk=pk))
    except Refused:  # somebody else was quicker
        return 0


@transaction.atomic
def resume_review(application):
    """One of them, as the clock: whoever has a tie now is withdrawn in the same transaction, the others are told."""
    application = lock(application, ApplicationState.ADMISSIBLE)
    start_review(application, by=None, at=clock.now())
    take_away(Assignment.objects.open_places().filter(application=application).order_by("pk"))
    for place in Assignment.objects.to_do().filter(application=application).for_page():
        emails.tell_resumed(place, number=application.submissions.count())
    return 1
