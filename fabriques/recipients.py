"""Who of a structure receives the mails of the follow-up, and why this person: rules on rows, no clock."""

from collections import defaultdict
from dataclasses import dataclass

from applications.models import MemberRole, Membership
from fabriques.models import FollowUpContact
from gen_portal.core.models import OutgoingEmail, User

#: Those who may file: they receive unless the structure, or they themselves, chose otherwise.
RECEIVING_ROLES = (MemberRole.OWNER, MemberRole.EDITOR)
_WHY = {
    MemberRole.OWNER: "responsable de la structure",
    MemberRole.EDITOR: "rédacteur de la structure",
    MemberRole.READER: "lecteur de la structure",
}


@dataclass(frozen=True)
class Recipient:
    """A person who is written to, the reason, and whether they may refuse: an owner answers for the structure."""

    user: User
    why: str
    may_refuse: bool


@dataclass(frozen=True)
class Member:
    """A member of a structure as the follow-up sees them."""

    user: User
    role: str
    is_chosen: bool  # somebody said so, for or against
    is_receiving: bool
    is_unreachable: bool  # the address bounced

    @property
    def role_label(self):
        return MemberRole(self.role).label

    @property
    def why(self):
        reason = _WHY[self.role]
        return f"{reason}, contact choisi pour le suivi" if self.is_chosen and self.is_receiving else reason


def members_by_structure(structures):
    """Active members of each structure (by its key), owners first; three queries whatever their number."""
    ids = [structure.pk for structure in structures]
    memberships = list(Membership.objects.filter(structure__in=ids, user__is_active=True).for_page())
    choices = {
        (structure, user): is_receiving
        for structure, user, is_receiving in FollowUpContact.objects.filter(structure__in=ids).values_list(
            "structure_id", "user_id", "is_receiving"
        )
    }
    stopped = OutgoingEmail.objects.stopped_among(membership.user.email for membership in memberships)
    members = defaultdict(list)
    for row in memberships:
        choice = choices.get((row.structure_id, row.user_id))
        members[row.structure_id].append(
            Member(
                user=row.user,
                role=row.role,
                is_chosen=choice is not None,
                is_receiving=row.role in RECEIVING_ROLES if choice is None else choice,
                is_unreachable=row.user.email.lower() in stopped,
            )
        )
    return members


def recipients_of(members):
    """Whom to write to: those who receive and can be reached; if nobody is left, every owner who can be reached."""
    reachable = [member for member in members if not member.is_unreachable]
    wanted = [member for member in reachable if member.is_receiving]
    fallback = [member for member in reachable if member.role == MemberRole.OWNER]
    found = [Recipient(member.user, member.why, member.role != MemberRole.OWNER) for member in wanted]
    return found or [Recipient(member.user, f"{member.why}, faute d'autre contact", False) for member in fallback]


def recipients_by_structure(structures):
    """The recipients of each structure, by its key; an empty list where nobody can be reached."""
    members = members_by_structure(structures)
    return {structure.pk: recipients_of(members.get(structure.pk, [])) for structure in structures}


def unreachable_members(structures):
    """(structure, member) for each member whose address came back; one query when no address did."""
    if not OutgoingEmail.objects.stopping().exists():
        return []
    structures = list(structures)
    members = members_by_structure(structures)
    return [
        (structure, member)
        for structure in structures
        for member in members.get(structure.pk, [])
        if member.is_unreachable
    ]
