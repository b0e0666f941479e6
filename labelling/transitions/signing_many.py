"""The two signatures on many decisions of a cut-off at once, in set statements: all that was read, or nothing.

decision: prepared → signed (sign_many) → countersigned (countersign_many), by the rules of transitions/decisions.py and in
its order of locks: the envelope once, the dossiers, the decisions.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from applications.models import Application
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock_rows, record_many
from labelling.actions.decisions import lock_envelope, read_envelope
from labelling.actions.signing import objections_to_countersigning, objections_to_signing, right_of
from labelling.models import Decision, JournalAction
from labelling.transitions.decisions import ONLY_A_SECOND, ONLY_THE_DIRECTOR, note_of
from labelling.transitions.publishing import seal_of

_CHANGED = "Ce que vous avez lu a changé depuis : relisez la liste avant de signer. Rien n'a été signé."
_NOTHING = "Aucune de ces décisions ne peut être signée."


@dataclass(frozen=True)
class SigningSheet:
    """What one signature would cover, read at an instant: the decisions signed, those left aside and why."""

    accepted: list
    refused: list
    right: object

    @property
    def seal(self):
        return seal_of(self.accepted)

    @property
    def grants_euros(self):
        return sum(decision.grant_euros for decision in self.accepted)

    def objection_to(self, seen):
        """Why it cannot be signed as a whole, empty when it can."""
        if seen != self.seal:
            return _CHANGED
        return "" if self.accepted else _NOTHING


def signing_sheet(cut_off, dossiers, *, by, at, envelope=None):
    """What the director would sign of these dossiers (keys): the best mean first, as long as there is money."""
    right = right_of(by, Role.DIRECTOR, at)
    if right is None:
        raise Refused(ONLY_THE_DIRECTOR)
    decisions, envelope = _read(cut_off, dossiers), envelope or read_envelope(cut_off.call)
    return _sheet(
        decisions, objections_to_signing(decisions, by=by, right=right, left_euros=envelope.left_euros), right
    )  # fmt: skip


def countersigning_sheet(cut_off, dossiers, *, by, at):
    """What a second signatory would countersign of these dossiers (keys)."""
    right = right_of(by, Role.SECOND_SIGNATORY, at)
    if right is None:
        raise Refused(ONLY_A_SECOND)
    decisions = _read(cut_off, dossiers)
    return _sheet(decisions, objections_to_countersigning(decisions, by=by, right=right), right)


def _read(cut_off, dossiers):
    found = Decision.objects.of_cut_off(cut_off).filter(application__in=dossiers, published_at=None).for_page()
    return list(found.order_by(F("application__figures__mean").desc(nulls_last=True), "pk"))


def _sheet(decisions, objections, right):
    accepted = [decision for decision in decisions if decision.pk not in objections]
    refused = [(decision, objections[decision.pk]) for decision in decisions if decision.pk in objections]
    return SigningSheet(accepted, refused, right)


@transaction.atomic
def sign_many(cut_off, dossiers, *, by, seen):
    """Sign every decision on these dossiers that can be; returns them. `seen` is the seal of the sheet that was read.

    Refused as a whole to anybody but a director or their delegate, when nothing can be signed, and when what can be has
    changed since it was read: a word, a euro, a decision more or less.
    """
    envelope = lock_envelope(cut_off.call)
    _lock(cut_off, dossiers)
    now = clock.now()
    sheet = signing_sheet(cut_off, dossiers, by=by, at=now, envelope=envelope)
    if sentence := sheet.objection_to(seen):
        raise Refused(sentence)
    envelope.committed_euros += sheet.grants_euros
    envelope.save(update_fields=["committed_euros"])
    names = {"signatory": "first_signatory", "at": "first_signed_at", "delegation": "first_delegation"}
    return _sign(sheet, JournalAction.DECISION_SIGNED, names, by=by, at=now)


@transaction.atomic
def countersign_many(cut_off, dossiers, *, by, seen):
    """The same for the second signature."""
    _lock(cut_off, dossiers)
    now = clock.now()
    sheet = countersigning_sheet(cut_off, dossiers, by=by, at=now)
    if sentence := sheet.objection_to(seen):
        raise Refused(sentence)
    names = {"signatory": "second_signatory", "at": "second_signed_at", "delegation": "second_delegation"}
    return _sign(sheet, JournalAction.DECISION_COUNTERSIGNED, names, by=by, at=now)


def _lock(cut_off, dossiers):
    """Dossiers before decisions and each by number, so that no two runs cross."""
    lock_rows(Application.objects.filter(pk__in=dossiers))
    lock_rows(Decision.objects.of_cut_off(cut_off).filter(application__in=dossiers))


def _sign(sheet, action, names, *, by, at):
    by_delegation, notes = {}, {}
    for decision in sheet.accepted:
        delegation = sheet.right.delegation_for(decision.grant_euros)
        by_delegation.setdefault(delegation, []).append(decision.pk)
        notes[decision.pk] = note_of(decision, delegation)
    for delegation, keys in by_delegation.items():
        values = {names["signatory"]: by, names["at"]: at, names["delegation"]: delegation}
        Decision.objects.filter(pk__in=keys).update(**values)
    record_many(sheet.accepted, action, by=by, at=at, notes=notes)
    return sheet.accepted
