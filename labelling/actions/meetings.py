"""What the acts of a meeting share: who may do them, the rows under lock, who is present and entitled, the quorum.

Locks are taken in one order everywhere: dossier, meeting, point.
"""

from applications.models import ApplicationState
from gen_portal.core import access
from gen_portal.core.workflow import Refused, lock, refuse_unless
from labelling.models.agenda import is_settled_elsewhere
from labelling.models.attendance import split_for
from labelling.models.meeting import MeetingState
from labelling.models.partaking import MEMBER_ROLES, RUNNING_ROLES, is_kept_from_some, people_kept_from
from labelling.voting import lacking, quorum_words


def check_runs(by, call, at):
    """Refused to anybody but an officer or the director of the day for whom every dossier of the call exists."""
    if not access.holds(by, *RUNNING_ROLES, at=at) or is_kept_from_some(by, call):
        raise Refused("Seuls un chargé de mission ou le directeur que rien n'écarte d'un dossier conduisent la séance.")


def check_sits(person, at):
    """Refused to whoever is no member that day."""
    if not person.is_active or not access.holds(person, *MEMBER_ROLES, at=at):
        raise Refused(f"{person} n'est pas membre du comité aujourd'hui.")


def lock_meeting(meeting, *states):
    """The meeting under lock, with its cut-off."""
    fresh = lock(meeting, *states)
    fresh.cut_off = meeting.cut_off
    return fresh


def lock_item(item, *states, meeting_state=MeetingState.OPEN):
    """The point under lock, with its meeting and its dossier, all locked."""
    application = lock(item.application)
    meeting = lock_meeting(item.meeting, meeting_state)
    fresh = lock(item)
    refuse_unless(fresh, *states)
    fresh.application, fresh.meeting = application, meeting
    return fresh


def check_judged(item):
    """Refused when the dossier is no longer under review in the cut-off of the meeting, or settled elsewhere."""
    application = item.application
    if application.state != ApplicationState.UNDER_REVIEW or application.cut_off_id != item.meeting.cut_off_id:
        raise Refused("Ce dossier n'est plus en évaluation dans ce relevé : retirez-le de l'ordre du jour.")
    if is_settled_elsewhere(item):
        raise Refused("Le comité a déjà conclu sur ce dossier dans une autre séance de ce relevé.")


def check_may_speak(item, person):
    """Refused to whoever is not there, or must not hear this dossier judged: for them it is not there."""
    present, _ = split_for(item)
    if person.pk not in present:
        raise Refused("Vous ne prenez pas part à ce point : signalez votre arrivée, ou attendez le point suivant.")


def note_presence(item):
    """Write who takes part and who left the room; the votes of the latter are gone."""
    item.present, item.apart = split_for(item)
    item.votes.filter(person__in=people_kept_from(item.application)).delete()


def check_quorum(item):
    """Refused when too few members take part in this very point."""
    count = len(item.present)
    if lacking(item.meeting.quorum, count):
        raise Refused(f"Le quorum n'est pas atteint sur ce dossier, {quorum_words(item.meeting.quorum, count)}.")
