"""Who may do what on this floor: pure functions of a person and an object, one query at most."""

from applications.models import MemberRole
from gen_portal.core import access
from gen_portal.core.models import Role


def can_file_report(user, report):
    """Owners and editors of the structure; readers read."""
    roles = (MemberRole.OWNER, MemberRole.EDITOR)
    return user.memberships.filter(structure=report.label.training.structure_id, role__in=roles).exists()


def can_view_report(user, report):
    """The structure's members, and those who follow the programme."""
    if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
        return True
    return user.memberships.filter(structure=report.label.training.structure_id).exists()


def can_follow_campaigns(user):
    """See how a campaign goes: officers and the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)
