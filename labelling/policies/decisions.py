"""Who may decide, countersign, publish, and record that a label was given up."""

from applications.models import ApplicationState
from gen_portal.core import access
from gen_portal.core.models import Role
from labelling.models import CALL_ROLES, SignatureDelegation
from labelling.models.delegation import SIGNING_ROLES


def can_see_decisions(user):
    """Read the decisions being prepared: those who run the call."""
    return access.has_role(user, *CALL_ROLES)


def can_decide(user):
    """Prepare, sign, and take a signature back: the director."""
    return access.has_role(user, Role.DIRECTOR)


def can_sign(user):
    """Give the first signature: the director, or who signs in their name today."""
    return can_decide(user) or _signs_for(user, Role.DIRECTOR)


def signing_roles(user):
    """The signatures that a person holds by right, and may delegate."""
    return [role for role in SIGNING_ROLES if access.has_role(user, role)]


def _signs_for(user, role):
    found = SignatureDelegation.objects.in_force(access.today(user))
    return access.has_role(user, *CALL_ROLES) and found.held_by(user, role).exists()


def can_write_decision(user, application, decision):
    """Change what is proposed for a dossier: the director, while it is under review and nothing is signed."""
    is_open = application.state == ApplicationState.UNDER_REVIEW and (decision is None or not decision.is_signed)
    return is_open and can_decide(user)


def can_countersign(user):
    """Countersign what somebody else has signed: a second signatory, or who signs in their name today."""
    return access.has_role(user, Role.SECOND_SIGNATORY) or _signs_for(user, Role.SECOND_SIGNATORY)


def can_publish(user):
    """Publish a cut-off: an officer, or the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_write_letters(user):
    """Change what the letters of decisions say: an officer, or the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_record_loss(user):
    """Record that the holder gives a label up: an officer."""
    return access.has_role(user, Role.OFFICER)
