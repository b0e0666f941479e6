"""Signing in the name of a signatory.

delegation: given (delegate_signature) → taken back (take_back), at once; it is also over after its last day, or as soon as
who gave it no longer holds the role. The two signatures of a decision stay those of two people.
"""

from django.db import transaction

from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused, lock, record
from labelling.emails import delegations as emails
from labelling.models import CALL_ROLES, JournalAction, SignatureDelegation
from labelling.models.delegation import SIGNING_ROLES, other_role


@transaction.atomic
def delegate_signature(delegate, *, by, role, from_on, until_on, max_grant_euros=None):
    """Let a person sign in one's name from a day to a day, both included, up to a grant where one is given.

    Refused to who does not hold this signature today; to oneself, to somebody who does not run calls (they must read what
    they sign) or who gives the other signature, by right or by delegation; for days past or in disorder, or already given.
    """
    lock(delegate)
    now = clock.now()
    today = clock.day_of(now)
    if role not in SIGNING_ROLES or not access.holds(by, role, at=now):
        raise Refused("Seul un signataire en exercice délègue sa signature.")
    _check_person(delegate, by, role, today)
    _check_days(from_on, until_on, today)
    overlapping = SignatureDelegation.objects.overlapping(from_on, until_on)
    if overlapping.to(delegate).for_role(other_role(role)).exists():
        raise Refused("Cette personne donne déjà l'autre signature par délégation : les deux restent distinctes.")
    if overlapping.between(by, delegate, role).exists():
        raise Refused(
            "Cette personne signe déjà en votre nom certains de ces jours : reprenez d'abord cette délégation."
        )
    delegation = SignatureDelegation.objects.create(
        delegator=by, delegate=delegate, role=role, from_on=from_on, until_on=until_on,
        max_grant_euros=max_grant_euros, given_at=now,
    )  # fmt: skip
    record(delegation, JournalAction.SIGNATURE_DELEGATED, by=by, at=now, note=str(delegate))
    emails.tell_delegate(delegation)
    return delegation


def _check_person(delegate, by, role, today):
    if delegate.pk == by.pk:
        raise Refused("Choisissez une autre personne que vous.")
    held = set(delegate.capacities.in_force(today).values_list("role", flat=True))
    if not delegate.is_active or not held & set(CALL_ROLES):
        raise Refused("Choisissez une personne qui conduit les appels : elle doit pouvoir lire ce qu'elle signe.")
    if other_role(role) in held:
        raise Refused("Cette personne donne l'autre signature : les deux restent celles de deux personnes.")


def _check_days(from_on, until_on, today):
    if from_on < today:
        raise Refused("Le premier jour est passé : une délégation ne vaut pas pour hier.")
    if until_on < from_on:
        raise Refused("Le dernier jour vient avant le premier.")


@transaction.atomic
def take_back(delegation, *, by):
    """End a delegation now: its holder signs nothing more. What they signed stands. Twice is once; only who gave it may."""
    delegation = lock(delegation)
    if delegation.delegator_id != by.pk:
        raise Refused("Seule la personne qui a délégué sa signature la reprend.")
    if delegation.ended_at is not None:
        return delegation
    delegation.ended_at = clock.now()
    delegation.save(update_fields=["ended_at"])
    record(delegation, JournalAction.SIGNATURE_TAKEN_BACK, by=by, at=delegation.ended_at, note=str(delegation.delegate))
    return delegation
