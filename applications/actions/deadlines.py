"""Moving a deadline: more time for one structure, or for everybody after an incident that two people sign.

Everything happens under the lock of the call, in its journal. Instants are aware; an end is exclusive.
"""

from datetime import UTC, timedelta
from itertools import pairwise

from django.db import transaction

from applications import emails
from applications.models import (
    Application,
    ApplicationState,
    Call,
    Extension,
    Incident,
    JournalAction,
    MovedMilestone,
)
from gen_portal.core import clock, phrases
from gen_portal.core.territory import describe_deadline
from gen_portal.core.workflow import Refused, lock, record

LONGEST = timedelta(days=60)  # beyond it, it is another call


@transaction.atomic
def grant_extension(cut_off, structure, *, until_at, reason, by):
    """Let one structure file later in a cut-off. Refused without a reason, for an end already past or not later than the
    one in force, and beyond two months."""
    call = _lock_published(cut_off.call)
    cut_off, now = call.cut_offs.get(pk=cut_off.pk), clock.now()
    ends = [extension.until_at for extension in Extension.objects.of(structure, call).filter(cut_off=cut_off)]
    in_force = max([cut_off.closes_at, *ends])
    _check(until_at, reason, in_force=in_force, now=now)
    extension = Extension.objects.create(
        cut_off=cut_off,
        structure=structure,
        from_at=in_force,
        until_at=until_at,
        reason=reason.strip(),
        granted_by=by,
        granted_at=now,
    )
    note = f"{cut_off}, {structure}, jusqu'au {describe_deadline(until_at)} : {extension.reason}"
    record(call, JournalAction.EXTENSION_GRANTED, by=by, at=now, note=note)
    emails.announce_extension(extension)
    return extension


@transaction.atomic
def propose_incident(cut_off, *, until_at, reason, by):
    """Propose to move a closing for everybody. Nothing changes before somebody else signs.

    Refused as an extension is, and while another proposal waits for the same cut-off.
    """
    call = _lock_published(cut_off.call)
    cut_off, now = call.cut_offs.get(pk=cut_off.pk), clock.now()
    _check(until_at, reason, in_force=cut_off.closes_at, now=now)
    if cut_off.incidents.pending().exists():
        raise Refused("Un report de ce relevé attend déjà d'être signé : faites-le signer, ou abandonnez-le d'abord.")
    _refuse_if_decided(cut_off)
    incident = Incident.objects.create(
        cut_off=cut_off,
        reason=reason.strip(),
        from_at=cut_off.closes_at,
        until_at=until_at,
        proposed_by=by,
        proposed_at=now,
    )
    record(call, JournalAction.INCIDENT_PROPOSED, by=by, at=now, note=f"{incident} : {incident.reason}")
    return incident


@transaction.atomic
def sign_incident(incident, *, by):
    """Put a proposed incident in force: its closing and every later milestone of the call move by the same time on the
    clocks of Paris, and each holder of a draft is told once. Refused to the person who proposed it."""
    call = _lock_published(incident.cut_off.call)
    incident, now = lock(incident), clock.now()
    _refuse_if_settled(incident)
    if by == incident.proposed_by:
        raise Refused("Vous avez proposé ce report : une autre personne doit le signer.")
    if incident.until_at <= now:
        raise Refused("La nouvelle clôture est déjà passée : abandonnez ce report et proposez-en un autre.")
    if incident.cut_off.closes_at != incident.from_at:
        raise Refused(
            "La clôture de ce relevé a changé depuis la proposition : abandonnez ce report et proposez-en un autre."
        )
    _refuse_if_decided(incident.cut_off)
    incident.signed_by, incident.signed_at = by, now
    incident.save(update_fields=["signed_by", "signed_at"])
    _move(incident, moves_of(incident))
    record(call, JournalAction.INCIDENT_SIGNED, by=by, at=now, note=f"{incident} : {incident.reason}")
    emails.announce_incident(incident, at=now)
    return incident


@transaction.atomic
def drop_incident(incident, *, by):
    """Give up a proposal that nobody has signed."""
    call = _lock_published(incident.cut_off.call)
    incident, now = lock(incident), clock.now()
    _refuse_if_settled(incident)
    incident.dropped_at = now
    incident.save(update_fields=["dropped_at"])
    record(call, JournalAction.INCIDENT_DROPPED, by=by, at=now, note=str(incident))
    return incident


def moves_of(incident):
    """What signing it would move: unsaved MovedMilestones, the cut-off first, then every later one of the call.

    A closing moves by the same time on the clocks of Paris, so that midnight stays midnight across a change of hour; a day
    of results by as many days. Their order is kept.
    """
    by_local = _naive(incident.until_at) - _naive(incident.from_at)
    days = timedelta(days=-(-by_local // timedelta(days=1)) if by_local % timedelta(days=1) else by_local.days)
    later = [c for c in incident.cut_off.call.timetable if c.number > incident.cut_off.number]
    moves = [_milestone(incident, incident.cut_off, incident.until_at, days)]
    return moves + [_milestone(incident, c, _shifted(c.closes_at, by_local), days) for c in later]


def _milestone(incident, cut_off, closes_at, days):
    before = cut_off.results_expected_on
    return MovedMilestone(
        incident=incident,
        cut_off=cut_off,
        closed_at=cut_off.closes_at,
        closes_at=closes_at,
        results_were_expected_on=before,
        results_expected_on=before + days if before else None,
    )


def _naive(at):
    return at.astimezone(clock.PARIS).replace(tzinfo=None)


def _shifted(at, by_local):
    """The same time later on the clocks of Paris; in the hour that a night skips, an hour later."""
    return (_naive(at) + by_local).replace(tzinfo=clock.PARIS).astimezone(UTC)


def _move(incident, moves):
    """The last one first: two cut-offs never close together, not even on the way."""
    if any(earlier.closes_at >= later.closes_at for earlier, later in pairwise(moves)):
        raise Refused("Ce report ferait se rejoindre deux relevés : choisissez un autre instant.")
    for move in reversed(moves):
        move.cut_off.closes_at, move.cut_off.results_expected_on = move.closes_at, move.results_expected_on
        move.cut_off.save(update_fields=["closes_at", "results_expected_on"])
    MovedMilestone.objects.bulk_create(moves)


def _check(until_at, reason, *, in_force, now):
    if not reason.strip():
        raise Refused("Indiquez le motif : il est dû à ceux qui ont respecté la date.")
    if until_at <= now:
        raise Refused("La nouvelle fin est déjà passée : choisissez un instant à venir.")
    if until_at <= in_force:
        raise Refused(f"La nouvelle fin doit venir après celle en vigueur : {describe_deadline(in_force)}.")
    if until_at > in_force + LONGEST:
        raise Refused("Un report de plus de deux mois serait un autre appel : choisissez une date plus proche.")


def _lock_published(call):
    call = lock(Call.objects.get(pk=call.pk))
    if call.published_at is None:
        raise Refused("Cet appel n'est pas publié : changez son calendrier, tout simplement.")
    return call


def _refuse_if_settled(incident):
    if incident.signed_at is not None:
        raise Refused(f"Ce report est déjà signé, depuis le {phrases.instant(incident.signed_at)}.")
    if incident.dropped_at is not None:
        raise Refused("Ce report a été abandonné : proposez-en un autre.")


def _refuse_if_decided(cut_off):
    if Application.objects.filter(cut_off=cut_off, state=ApplicationState.DECIDED).exists():
        raise Refused("Les décisions de ce relevé sont publiées : sa clôture ne peut plus changer.")
