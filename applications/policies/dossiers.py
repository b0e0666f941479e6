"""Who may do what with a dossier and a structure. `can_view` says the same as `visible_to`; each costs one query at most.

Readers read, editors write, owners also file and withdraw. Nobody judges a dossier of their own structure.
"""

from applications.models import WRITABLE_STATES, ApplicationState, MemberRole
from gen_portal.core import access
from gen_portal.core.models import Role

#: Those who run the call, and so read what was filed.
STAFF = (Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY)
_WRITERS = (MemberRole.EDITOR, MemberRole.OWNER)
_WITHDRAWABLE = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.ADMISSIBLE,
    ApplicationState.UNDER_REVIEW,
)


def role_in(user, structure_id):
    """The person's role in a structure, empty for none; read once per request (the user object is the request's)."""
    if not user.is_authenticated:
        return ""
    if not hasattr(user, "_structure_roles"):
        user._structure_roles = dict(user.memberships.order_by("pk").values_list("structure_id", "role"))
    return user._structure_roles.get(structure_id, "")


def forget_roles(user):
    """After a membership was given or ended in this request."""
    user.__dict__.pop("_structure_roles", None)


def is_member(user, application):
    return bool(role_in(user, application.training.structure_id))


def can_view(user, application):
    """The same as `Application.objects.visible_to(user)`, for one dossier."""
    if is_member(user, application):
        return True
    is_filed = application.state not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)
    return is_filed and can_run_calls(user) and not access.is_hidden(user, application)


def can_run_calls(user):
    return access.has_role(user, *STAFF)


def can_write(user, application):
    """May answer, join documents and add sites; whether the dossier's state still allows it is the action's to say."""
    return role_in(user, application.training.structure_id) in _WRITERS


def can_edit(user, application):
    """May write in it now."""
    return application.state in WRITABLE_STATES and can_write(user, application)


def can_file(user, application):
    """An owner engages the structure."""
    return role_in(user, application.training.structure_id) == MemberRole.OWNER


def can_submit(user, application):
    return application.state in WRITABLE_STATES and can_file(user, application)


def can_withdraw(user, application):
    return application.state in _WITHDRAWABLE and can_file(user, application)


def can_reopen(user, application):
    return application.state == ApplicationState.WITHDRAWN and can_file(user, application)


def can_judge_admissibility(user, application):
    """An officer who does not belong to the structure."""
    return access.has_role(user, Role.OFFICER) and not is_member(user, application)


def can_declare(user, application):
    return application.state == ApplicationState.SUBMITTED and can_judge_admissibility(user, application)


def can_read_file(user, attachment, *, is_filed):
    """Members read every document of their dossiers; staff those that were filed (and wait for the antivirus)."""
    return is_member(user, attachment.application) or (is_filed and can_view(user, attachment.application))


def can_view_structure(user, structure):
    """The same as `Structure.objects.visible_to(user)`, for one structure."""
    return bool(role_in(user, structure.pk)) or can_run_calls(user)


def can_edit_structure(user, structure):
    return role_in(user, structure.pk) == MemberRole.OWNER


def can_apply_for(user, structure):
    """May start a dossier of this structure."""
    return role_in(user, structure.pk) in _WRITERS
