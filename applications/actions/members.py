"""Writes about the people of a structure: inviting, joining, changing a role, leaving, being removed.

Each one locks the structure first: its members change one after the other, so that the last owner is never lost, and the
right to act is asked again under the lock.
"""

from django.db import transaction

from applications import emails, links
from applications.actions import quotas
from applications.models import Invitation, JournalAction, MemberRole, Membership, Structure
from applications.models.members import INVITATION_LIFE
from gen_portal.core import clock
from gen_portal.core.models import User
from gen_portal.core.workflow import Refused, lock, record


class LastOwner(Refused):
    """Without its last owner a structure could neither file nor invite."""

    def __init__(self):
        super().__init__(
            "Une structure garde au moins une personne responsable : donnez d'abord ce rôle à un autre membre."
        )


# --- Invitations ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_member(structure, *, email, role, by):
    """Offer a place to whoever reads this address; inviting it again replaces the earlier link.

    Refused when the address is a member's, and beyond the mails a person may send in a day.
    """
    lock(User(pk=by.pk))  # one sender's mails are counted one after the other
    structure, email = _lock_for_owner(structure, by), email.strip().lower()
    if structure.memberships.filter(user__emailaddress__email__iexact=email).exists():
        raise Refused(f"{email} est déjà membre de la structure : changez plutôt son rôle.")
    now = clock.now()
    quotas.check_may_write_to(email, by=by, at=now)
    invitation = Invitation.objects.pending().filter(structure=structure, email=email).order_by("pk").first()
    invitation = invitation or Invitation(structure=structure, email=email)
    invitation.role = role
    _send(invitation, by=by, now=now)
    note = f"{email}, {invitation.get_role_display()}"
    record(structure, JournalAction.MEMBER_INVITED, by=by, at=now, note=note)
    return invitation


@transaction.atomic
def resend_invitation(invitation, *, by):
    """Send a new link for seven days; the earlier one serves no more. Refused once accepted or cancelled."""
    lock(User(pk=by.pk))
    structure = _lock_for_owner(invitation.structure, by)
    invitation, now = _pending(invitation), clock.now()
    quotas.check_may_write_to(invitation.email, by=by, at=now)
    _send(invitation, by=by, now=now)
    record(structure, JournalAction.INVITATION_RESENT, by=by, at=now, note=invitation.email)
    return invitation


def _send(invitation, *, by, now):
    token = links.new_token()
    invitation.token_hash, invitation.invited_by = links.hashed(token), by
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LIFE
    invitation.save()
    emails.invite(invitation, token=token)


@transaction.atomic
def cancel_invitation(invitation, *, by):
    """Take the offer back: its link says so. Refused once accepted; cancelling twice changes nothing more."""
    structure = _lock_for_owner(invitation.structure, by)
    if lock(invitation).cancelled_at is not None:
        return
    _cancel(Invitation.objects.filter(pk=_pending(invitation).pk), structure, by=by, now=clock.now())


def _cancel(invitations, structure, *, by, now):
    """Cancel those of them that are pending, each with its entry."""
    for invitation in invitations.pending().order_by("pk"):
        invitation.cancelled_at = now
        invitation.save(update_fields=["cancelled_at"])
        record(structure, JournalAction.INVITATION_CANCELLED, by=by, at=now, note=invitation.email)


def _pending(invitation):
    invitation = lock(invitation)
    if not invitation.is_pending:
        raise Refused("Cette invitation a déjà été acceptée ou annulée : rechargez la page.")
    return invitation


@transaction.atomic
def accept_invitation(invitation, *, by):
    """Enter the structure with the role offered. Somebody who is already there keeps the higher of both roles.

    Refused to another address than the invited one, after seven days, once cancelled and once used.
    """
    structure = lock(invitation.structure)
    invitation, now = lock(invitation), clock.now()
    if not Invitation.objects.addressed_to(by).same_as(invitation).exists():
        raise Refused("Cette invitation est adressée à une autre personne que vous.")
    if not invitation.is_open(now):
        raise Refused("Cette invitation n'est plus valable : demandez à votre structure de vous en envoyer une autre.")
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership = _enter(structure, invitation.role, by=by, now=now)
    record(structure, JournalAction.MEMBER_JOINED, by=by, at=now, note=f"{by}, {membership.get_role_display()}")
    emails.announce_arrival(invitation, membership)
    return membership


def _enter(structure, role, *, by, now):
    present = structure.memberships.filter(user=by).first()
    if present is None:
        return Membership.objects.create(structure=structure, user=by, role=role, since_at=now)
    present.role = min(present.role, role, key=MemberRole.values.index)  # values go from the widest to the narrowest
    present.save(update_fields=["role"])
    return present


# --- Members --------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_role(membership, *, role, by):
    """Give a member another role, from their next request on. Refused for the last owner; the same role changes nothing."""
    structure = _lock_for_owner(membership.structure, by)
    membership = _present(membership)
    if membership.role == role:
        return membership
    _keep_an_owner(membership)
    earlier, membership.role = membership.get_role_display(), role
    membership.save(update_fields=["role"])
    note = f"{membership.user} : {earlier}, maintenant {membership.get_role_display()}"
    now = clock.now()
    record(structure, JournalAction.MEMBER_ROLE_CHANGED, by=by, at=now, note=note)
    if role != MemberRole.OWNER:
        _cancel(structure.invitations.sent_by(membership.user), structure, by=by, now=now)
    emails.announce_role(membership, by=by, at=now)
    return membership


@transaction.atomic
def remove_member(membership, *, by):
    """End somebody's access from their next request on; their invitations, sent and received, end too.

    Refused for the last owner.
    """
    structure = _lock_for_owner(membership.structure, by)
    membership = _present(membership)
    _end(structure, membership, JournalAction.MEMBER_REMOVED, by=by)
    emails.announce_removal(structure, membership.user, by=by, at=clock.now())


@transaction.atomic
def leave_structure(structure, *, by):
    """Leave of one's own accord. Refused for the last owner."""
    structure = lock(structure)
    membership = structure.memberships.filter(user=by).first()
    if membership is None:
        raise Refused("Vous n'êtes plus membre de cette structure.")
    _end(structure, membership, JournalAction.MEMBER_LEFT, by=by)


def _end(structure, membership, act, *, by):
    _keep_an_owner(membership)
    user, now = membership.user, clock.now()
    Membership.objects.filter(pk=membership.pk).delete()
    record(structure, act, by=by, at=now, note=f"{user}, {membership.get_role_display()}")
    own = structure.invitations.sent_by(user) | structure.invitations.addressed_to(user)
    _cancel(own, structure, by=by, now=now)


def _present(membership):
    """The row as it is under the lock of its structure."""
    fresh = Membership.objects.filter(pk=membership.pk).select_related("user").first()
    if fresh is None:
        raise Refused("Cette personne n'est plus membre de la structure : rechargez la page.")
    return fresh


def _keep_an_owner(membership):
    """The structure is locked: nobody else gives this role up meanwhile."""
    if membership.role != MemberRole.OWNER:
        return
    if not Membership.objects.owners().filter(structure=membership.structure_id).exclude(pk=membership.pk).exists():
        raise LastOwner


def _lock_for_owner(structure, by):
    """The structure under lock, once it is sure that its owner still asks."""
    structure = lock(Structure(pk=structure.pk))
    if not structure.memberships.owners().filter(user=by).exists():
        raise Refused("Seule une personne responsable de la structure peut faire cela, et vous ne l'êtes plus.")
    return structure
