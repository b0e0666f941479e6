"""Who prepares calls, who follows their preparation, and who may move their deadlines."""

from applications.policies.dossiers import role_in
from gen_portal.core import access
from gen_portal.core.models import Role


def can_prepare_calls(user):
    """Officers write calls and publish them."""
    return access.has_role(user, Role.OFFICER)


def can_follow_calls(user):
    """Both signatories read what officers prepare."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY)


def can_move_deadlines(user):
    """Those who run a call give time to a structure, and propose to move a closing."""
    return can_follow_calls(user)


def can_extend(user, structure):
    """Nobody gives time to a structure of their own."""
    return can_move_deadlines(user) and not role_in(user, structure.pk)


def may_sign_incidents(user):
    return access.has_role(user, Role.DIRECTOR, Role.SECOND_SIGNATORY)


def can_sign_incident(user, incident):
    """A signatory who is not the one who proposed it."""
    return may_sign_incidents(user) and incident.proposed_by_id != user.pk
