"""Who sits on the committee, and who is kept from which dossier when it is judged: the same rule read from either side."""

from django.db.models import Q

from applications.models import Application, Membership
from gen_portal.core import access
from gen_portal.core.models import HiddenSubject, Role, User
from labelling.models.recusal import Recusal
from labelling.models.review import CALL_ROLES, Assignment, is_sealed_for

#: Members of a meeting: those of the committee, and those who run the call.
MEMBER_ROLES = (Role.COMMITTEE_MEMBER, *CALL_ROLES)
#: Who prepares and runs a meeting.
RUNNING_ROLES = (Role.OFFICER, Role.DIRECTOR)


def may_sit(user):
    """Whether a person may take part in meetings today."""
    return access.has_role(user, *MEMBER_ROLES)


def members_on(today):
    """People who may sit that day, by name."""
    return User.objects.in_capacity(*MEMBER_ROLES, today=today).by_name()


def dossiers_kept_from(user):
    """Dossiers that a person must not hear judged nor read the decision of, in no order: those they withdrew from or have
    yet to review, those hidden from them, those of a structure of theirs."""
    hidden = Application.objects.hidden_from(user).values("pk")
    own = Q(training__structure__in=user.memberships.values("structure_id"))
    return Application.objects.filter(is_sealed_for(user) | Q(pk__in=hidden) | own).order_by()


def people_kept_from(application):
    """Keys of the people who must not hear this dossier judged."""
    hidden = HiddenSubject.objects.filter(subject_type="applications.application", subject_id=application.pk)
    recused = Recusal.objects.filter(application=application)
    waiting = Assignment.objects.to_do().filter(application=application)
    members = Membership.objects.filter(structure=application.training.structure_id)
    rows = (hidden.values_list("user"), recused.values_list("user"), members.values_list("user"))
    found = waiting.order_by().values_list("reviewer").union(*(each.order_by() for each in rows))
    return {key for (key,) in found}


def is_kept_from_some(user, call):
    """Whether there is such a dossier in a call. It is asked of the call, never of an agenda: an answer that depended on
    what is on the agenda would tell that the dossier is there."""
    return dossiers_kept_from(user).filter(call=call).exists()
