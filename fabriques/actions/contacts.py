"""Who of a structure receives the mails of the follow-up: chosen by its owners, refused by anybody but them."""

from django.db import transaction

from applications.models import MemberRole
from fabriques.models import FollowUpContact, JournalAction
from fabriques.recipients import members_by_structure
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def choose_contacts(structure, *, users, by):
    """The owners say which active members are written to; everybody else is not.

    Refused when nobody is left whose address receives: somebody must always be told.
    """
    structure = lock(structure)
    members, chosen = members_by_structure([structure])[structure.pk], {user.pk for user in users}
    if not any(member.user.pk in chosen and not member.is_unreachable for member in members):
        raise Refused(
            "Choisissez au moins une personne dont l'adresse reçoit les courriels : quelqu'un doit être prévenu."
        )
    now = clock.now()
    for member in members:
        _set(structure, member.user, member.user.pk in chosen, now, by)
    names = ", ".join(str(member.user) for member in members if member.user.pk in chosen)
    record(structure, JournalAction.CONTACTS_CHOSEN, by=by, at=now, note=names)


@transaction.atomic
def refuse_reminders(structure, user):
    """A person who does not answer for the structure stops its follow-up mails, by the link in one of them.

    Twice is once. Refused for an owner, who may choose somebody else on the structure's page.
    """
    structure = lock(structure)
    members = {member.user.pk: member for member in members_by_structure([structure])[structure.pk]}
    member = members.get(user.pk)
    if member is not None and member.role == MemberRole.OWNER:
        raise Refused(
            "Vous êtes responsable de cette structure : choisissez sur sa page qui reçoit ces courriels à votre place."
        )
    if member is None or not member.is_receiving:
        return
    now = clock.now()
    _set(structure, user, False, now, user)
    record(structure, JournalAction.REMINDERS_REFUSED, by=user, at=now, note=str(user))


def _set(structure, user, is_receiving, now, by):
    FollowUpContact.objects.update_or_create(
        structure=structure, user=user, defaults={"is_receiving": is_receiving, "chosen_at": now, "chosen_by": by}
    )
