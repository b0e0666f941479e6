"""Who reads the lines of a cut-off, and who moves them."""

from gen_portal.core import access
from gen_portal.core.models import Role
from labelling.models import CALL_ROLES
from labelling.models.partaking import is_kept_from_some

#: Said to whom a dossier of the call is hidden; the same whichever it is, and whatever becomes of it.
KEPT_AWAY = (
    "Les lignes d'un relevé se lisent d'un bloc : elles disent de chaque dossier ce qu'il laisse aux autres. "
    "Vous êtes à l'écart d'au moins un dossier de cet appel, vous ne pouvez donc pas les lire."
)


def can_see_lines(user):
    """Read the lines: those who run the call."""
    return access.has_role(user, *CALL_ROLES)


def sees_whole_call(user, call):
    """Whether no dossier of the call is hidden or sealed for this person, nor of a structure of theirs (decisions, 0093)."""
    return not is_kept_from_some(user, call)


def can_move_lines(user):
    """Move dossiers and lines, write exceptions, keep copies: officers, and the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)
