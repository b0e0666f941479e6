"""Who may plan, run, attend and read about the meetings of the committee."""

from gen_portal.core import access
from labelling.models import CALL_ROLES
from labelling.models.attendance import has_attended
from labelling.models.partaking import RUNNING_ROLES, is_kept_from_some, may_sit


def can_see_meetings(user):
    """Know when the committee meets: its members, and those who run the call."""
    return may_sit(user)


def can_run(user, call):
    """Plan and run the meetings of a call: officers and the director, for whom every dossier of it exists."""
    return access.has_role(user, *RUNNING_ROLES) and not is_kept_from_some(user, call)


def can_read_minutes(user, meeting):
    """Those who run the call, and the members who were there."""
    return access.has_role(user, *CALL_ROLES) or has_attended(meeting, user)


def reads_whole_minutes(user, meeting):
    """Not of a call with a dossier they are kept from, be it on the agenda or not (docs/decisions/0092)."""
    return can_read_minutes(user, meeting) and not is_kept_from_some(user, meeting.cut_off.call)
