"""One point of a meeting: examined, voted on, concluded.

item: waiting → live (put_live) → settled (settle_by_consensus, settle_by_vote) or second_reading (send_to_second_reading,
which opens another point); live → waiting (put_back). Locks are taken in one order: dossier, meeting, point.
"""

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.figures import refresh_figures
from labelling.actions.meetings import (
    check_judged,
    check_may_speak,
    check_quorum,
    check_runs,
    lock_item,
    note_presence,
)
from labelling.models import AgendaItem, Assignment, JournalAction, Outcome, Recusal, Vote
from labelling.models.agenda import lacks_arbitration
from labelling.models.decision import LABELLING_OUTCOMES
from labelling.models.meeting import ItemState, MeetingState, SettlingMode, VoteChoice
from labelling.voting import majority

_ENDING = ["state", "mode", "outcome", "reasons", "present", "apart", "settled_at"]


@transaction.atomic
def put_live(item, *, by):
    """Open the examination of a point. Refused while another one is live, or when its dossier left the cut-off."""
    item = lock_item(item, ItemState.WAITING)
    now = clock.now()
    check_runs(by, item.meeting.cut_off.call, now)
    check_judged(item)
    if item.meeting.items.live().exists():
        raise Refused("Un autre point est en cours d'examen : concluez-le d'abord.")
    item.state, item.opened_at = ItemState.LIVE, now
    item.save(update_fields=["state", "opened_at"])
    record(item.application, JournalAction.ITEM_OPENED, by=by, at=now)
    return item


@transaction.atomic
def put_back(item, *, by):
    """Break the examination off before any vote: the point waits again, at its place."""
    item = lock_item(item, ItemState.LIVE)
    check_runs(by, item.meeting.cut_off.call, clock.now())
    if item.is_voting:
        raise Refused("Le vote est ouvert : concluez le point, ou renvoyez-le en seconde lecture.")
    item.state, item.opened_at = ItemState.WAITING, None
    item.save(update_fields=["state", "opened_at"])
    record(item.application, JournalAction.ITEM_PUT_BACK, by=by)
    return item


@transaction.atomic
def open_vote(item, *, by):
    """Ask the members present for their votes; twice is once."""
    item = lock_item(item, ItemState.LIVE)
    now = clock.now()
    check_runs(by, item.meeting.cut_off.call, now)
    if item.is_voting:
        return item
    item.vote_opened_at = now
    item.save(update_fields=["vote_opened_at"])
    record(item.application, JournalAction.VOTE_OPENED, by=by, at=now)
    return item


@transaction.atomic
def cast_vote(item, *, choice, by):
    """One's voice on a point, that one may change until it is settled. Refused outside a live vote, to whoever is not
    there, and to whoever must not hear this dossier judged."""
    item = lock_item(item, ItemState.LIVE)
    if choice not in VoteChoice.values:
        raise Refused("Choisissez une issue, ou l'abstention.")
    check_may_speak(item, by)
    if not item.is_voting:
        raise Refused("Le vote n'est pas ouvert sur ce point.")
    now = clock.now()
    vote, _ = Vote.objects.update_or_create(item=item, person=by, defaults={"choice": choice, "cast_at": now})
    record(item.application, JournalAction.VOTE_CAST, by=by, at=now)
    return vote


@transaction.atomic
def settle_by_consensus(item, *, outcome, reasons, by):
    """Conclude as nobody objects. Refused without quorum or reasons, once a vote is open, for a label over reviews that
    still disagree."""
    item = _lock_to_settle(item, by)
    if item.is_voting:
        raise Refused("Le vote est ouvert sur ce point : concluez par le vote.")
    if outcome not in Outcome.values:
        raise Refused("Choisissez l'issue retenue.")
    return _settle(item, SettlingMode.CONSENSUS, outcome, reasons, by)


@transaction.atomic
def settle_by_vote(item, *, reasons, by, seen=None):
    """Conclude as more than half of the expressed votes ask, or as the chair votes between two halves.

    `seen` is the outcome that was read. Refused when a vote has changed it since, without a majority (the point then goes
    to a second reading), without quorum or reasons, for a label over reviews that still disagree.
    """
    item = _lock_to_settle(item, by)
    if not item.is_voting:
        raise Refused("Le vote n'est pas ouvert sur ce point.")
    outcome = outcome_of(item)
    if outcome is None:
        raise Refused("Aucune issue n'a la majorité des voix exprimées : renvoyez le point en seconde lecture.")
    if seen is not None and seen != outcome:
        raise Refused("Une voix a changé l'issue depuis que vous l'avez lue : relisez le vote avant de conclure.")
    return _settle(item, SettlingMode.VOTE, outcome, reasons, by)


@transaction.atomic
def send_to_second_reading(item, *, reasons, by, is_later=False):
    """End this reading without a conclusion. The dossier comes back at the end of this meeting, or (`is_later`) on the
    next agenda that is built. Refused without reasons."""
    item = lock_item(item, ItemState.LIVE)
    now = clock.now()
    check_runs(by, item.meeting.cut_off.call, now)
    if not reasons.strip():
        raise Refused("Dites pourquoi le point est renvoyé en seconde lecture.")
    note_presence(item)
    item.state, item.reasons, item.settled_at = ItemState.SECOND_READING, reasons.strip(), now
    item.save(update_fields=_ENDING)
    if not is_later:
        AgendaItem.objects.create(
            meeting=item.meeting, application=item.application, reading=item.reading + 1,
            position=item.meeting.items.last_position() + 1,
        )  # fmt: skip
    record(item.application, JournalAction.SECOND_READING_ASKED, by=by, at=now, note=item.reasons)
    return item


@transaction.atomic
def leave_the_room(item, *, reason, by):
    """A member withdraws from a dossier of the agenda: from then on it does not exist for them, nor their vote, nor a
    place of theirs as its reviewer. Refused without a reason, and once the point is over."""
    application = lock(item.application)
    item = lock(item)
    if not (item.is_waiting or item.is_live):
        raise Refused("Ce point est terminé : il est trop tard pour s'en déporter ici.")
    if not reason.strip():
        raise Refused("Dites en quelques mots pourquoi vous vous déportez.")
    now = clock.now()
    recusal, _ = Recusal.objects.get_or_create(
        application=application, user=by, defaults={"reason": reason.strip(), "recused_at": now}
    )
    HiddenSubject.objects.hide(by, application, at=now)
    Assignment.objects.current().filter(application=application, reviewer=by).update(ended_at=now)
    item.votes.of(by).delete()
    refresh_figures(application)
    record(application, JournalAction.RECUSED, by=by, at=now, note=f"comité : {recusal.reason}")
    return recusal


def outcome_of(item):
    """What the votes cast so far on a point amount to, None without a majority."""
    votes = {vote.person_id: vote.choice for vote in item.votes.all()}
    return majority(votes.values(), votes.get(item.meeting.chair_id))


def _lock_to_settle(item, by):
    item = lock_item(item, ItemState.LIVE, meeting_state=MeetingState.OPEN)
    check_runs(by, item.meeting.cut_off.call, clock.now())
    check_judged(item)
    note_presence(item)
    check_quorum(item)
    return item


def _settle(item, mode, outcome, reasons, by):
    if not reasons.strip():
        raise Refused("Écrivez les motifs de la conclusion.")
    if outcome in LABELLING_OUTCOMES and lacks_arbitration(item):
        raise Refused("Les évaluations de ce dossier s'opposent : arbitrez le désaccord avant de conclure à un label.")
    now = clock.now()
    item.state, item.mode, item.outcome = ItemState.SETTLED, mode, outcome
    item.reasons, item.settled_at = reasons.strip(), now
    item.save(update_fields=_ENDING)
    note = f"{item.get_outcome_display()}, {item.get_mode_display()}"
    record(item.application, JournalAction.ITEM_SETTLED, by=by, at=now, note=note)
    return item
