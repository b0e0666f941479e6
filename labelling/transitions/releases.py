"""A publication scheduled for an instant.

release: scheduled (schedule) → done (end) or refused (prevent) by the clock, or cancelled (cancel) by a person. The envelope
of the call is locked before the release: a publication, a scheduling and a cancellation of one call follow one another.
"""

from django.db import transaction

from gen_portal.core import access, clock
from gen_portal.core.phrases import instant
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.decisions import lock_envelope
from labelling.models import Decision, JournalAction, Release, ReleaseLine, ReleaseState
from labelling.transitions.publishing import PUBLISHERS, refuse_if_scheduled, seal_of


@transaction.atomic
def schedule(cut_off, *, at, by, seen):
    """Have the decisions ready now published at an instant, as they stand: one that changes meanwhile is left out.

    `seen` is the seal of what was read. Refused to anybody but an officer or a director of the day, for an instant that has
    come, when nothing is ready, when the set has changed since it was read, or when a publication waits already.
    """
    lock_envelope(cut_off.call)
    now = clock.now()
    _check_publisher(by, now)
    refuse_if_scheduled(cut_off)
    if at <= now:
        raise Refused("Cet instant est passé : choisissez-en un à venir, ou publiez maintenant.")
    decisions = list(Decision.objects.ready().of_cut_off(cut_off).for_page())
    if not decisions:
        raise Refused("Aucune décision de ce relevé n'est prête : il n'y a rien à programmer.")
    if seal_of(decisions) != seen:
        raise Refused("Les décisions prêtes ont changé depuis l'aperçu : relisez-le. Rien n'a été programmé.")
    release = Release.objects.create(cut_off=cut_off, at=at, scheduled_by=by, scheduled_at=now)
    lines = [ReleaseLine(release=release, decision=each, fingerprint=each.fingerprint) for each in decisions]
    ReleaseLine.objects.bulk_create(lines, batch_size=500)
    note = f"{len(lines)} décision{'s' if len(lines) > 1 else ''}, {instant(at)}"
    record(release, JournalAction.RELEASE_SCHEDULED, by=by, at=now, note=note)
    return release


@transaction.atomic
def cancel(release, *, by):
    """Publish nothing at that instant. Refused once it has taken place, or to anybody but an officer or a director."""
    lock_envelope(release.cut_off.call)
    release = lock(release, ReleaseState.SCHEDULED)
    now = clock.now()
    _check_publisher(by, now)
    return _ended(release, ReleaseState.CANCELLED, JournalAction.RELEASE_CANCELLED, by=by, at=now)


@transaction.atomic
def end(release, *, at):
    """The clock has published what it takes."""
    return _ended(lock(release, ReleaseState.SCHEDULED), ReleaseState.DONE, JournalAction.RELEASE_DONE, by=None, at=at)


@transaction.atomic
def prevent(release, *, at, why):
    """The clock could publish nothing; `why` is the sentence that refused it."""
    release = lock(release, ReleaseState.SCHEDULED)
    release.refusal = why[:500]
    return _ended(release, ReleaseState.REFUSED, JournalAction.RELEASE_PREVENTED, by=None, at=at, note=release.refusal)


def _ended(release, state, action, *, by, at, note=""):
    release.state, release.ended_at = state, at
    release.save(update_fields=["state", "ended_at", "refusal"])
    record(release, action, by=by, at=at, note=note)
    return release


def _check_publisher(by, now):
    if not access.holds(by, *PUBLISHERS, at=now):
        raise Refused("Seuls un chargé de mission ou le directeur programment une publication.")
