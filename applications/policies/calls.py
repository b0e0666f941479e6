"""Who prepares calls and who follows their preparation."""

from gen_portal.core import access
from gen_portal.core.models import Role


def can_prepare_calls(user):
    """Officers write calls and publish them."""
    return access.has_role(user, Role.OFFICER)


def can_follow_calls(user):
    """Both signatories read what officers prepare."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY)
