"""Who may do what with the people of a structure: its members see each other, owners decide."""

from applications.models import MemberRole
from applications.policies.dossiers import role_in


def can_view_members(user, structure):
    """Members alone: addresses and invitations are theirs. Those who run the calls read the names on the structure's page."""
    return bool(role_in(user, structure.pk))


def can_manage_members(user, structure):
    return role_in(user, structure.pk) == MemberRole.OWNER
