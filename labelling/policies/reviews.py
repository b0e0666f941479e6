"""Who may entrust, write, submit and compare reviews."""

from applications.models import ApplicationState
from gen_portal.core import access
from gen_portal.core.models import Role
from labelling.models import CALL_ROLES


def can_assign(user):
    """Entrust dossiers to reviewers, and take them back: officers."""
    return access.has_role(user, Role.OFFICER)


def regions_served(user):
    """The regions whose service of the State a person belongs to today, by name."""
    held = [capacity.region for capacity in access.capacities(user) if capacity.role == Role.REGIONAL_SERVICE]
    return sorted(held, key=lambda region: region.name)


def can_share_out(user, call):
    """Entrust a whole call at once: officers for whom every dossier of it exists."""
    return can_assign(user) and not call.applications.hidden_from(user).exists()


def can_see_assignments(user):
    """Read who reviews what, and who withdrew: those who run the call."""
    return access.has_role(user, *CALL_ROLES)


def can_see_board(user):
    """Compare the dossiers of a call: those who run it."""
    return access.has_role(user, *CALL_ROLES)


def can_arbitrate(user):
    """Close a disagreement between reviews: officers, and the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_review(user):
    """Have a list of reviews, be it empty: whoever reviews for a ministry today."""
    return access.has_role(user, Role.REVIEWER)


def can_write(user, assignment):
    """Write, submit, or withdraw from the review: its reviewer, until it is submitted, while the dossier is judged."""
    return can_recuse(user, assignment) and assignment.submitted_at is None


def can_recuse(user, assignment):
    """Withdraw from the dossier, also after having submitted, until the decision is published."""
    is_open = assignment.application.state == ApplicationState.UNDER_REVIEW and assignment.ended_at is None
    return assignment.reviewer_id == user.pk and is_open


def can_read_others(user, assignment):
    """Read the other ministries' reviews: once one's own is submitted."""
    return assignment.reviewer_id == user.pk and assignment.submitted_at is not None


def can_change_mind(user, assignment):
    """Give a second value: once one's own review is submitted, while the dossier is judged."""
    return can_recuse(user, assignment) and assignment.submitted_at is not None


def can_discuss(application):
    """Write a message, for whom the reviews are revealed: until the decision is published."""
    return application.state == ApplicationState.UNDER_REVIEW
