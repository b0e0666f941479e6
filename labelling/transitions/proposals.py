"""A proposal is made, then applied whole or not at all: the limits are checked again under the locks of every dossier."""

from collections import defaultdict

from django.db import transaction

from applications.models import Application, ApplicationState
from applications.transitions import start_many
from gen_portal.core import clock, outbox
from gen_portal.core.models import User
from gen_portal.core.workflow import Refused, lock, lock_rows, record_many
from labelling.actions.figures import open_figures, refresh_figures
from labelling.assignment.problem import LIMIT_WORDS
from labelling.emails import reviews as emails
from labelling.models import Assignment, AssignmentProposal, JournalAction
from labelling.proposing import Reading, content_of, pair_of


def make_proposal(call, *, due_on, max_load, aim, by):
    """Compute and keep a proposal; nothing changes for anybody. Refused when the date is past."""
    reading = read_call(call, due_on=due_on, max_load=max_load)
    return keep_proposal(reading, content_of(reading, aim), max_load=max_load, aim=aim, by=by)


def read_call(call, *, due_on, max_load):
    """Today's places of a call and their limits. Refused when the date is past."""
    today = clock.today()
    if due_on < today:
        raise Refused("La date de remise est déjà passée : choisissez un jour à venir.")
    return Reading(call, due_on=due_on, max_load=max_load, today=today)


def keep_proposal(reading, content, *, max_load, aim, by):
    """Keep what a proposal says, as it is going to be shown."""
    return AssignmentProposal.objects.create(
        call=reading.call, asked_by=by, asked_at=clock.now(), due_on=reading.due_on, max_load=max_load, aim=aim,
        content=content, seen_sha256=reading.sha256,
    )  # fmt: skip


@transaction.atomic
def apply_proposal(proposal, *, by):
    """Make every change of a proposal; each reviewer is told once, whatever the number. Twice is once.

    Refused, and nothing changes, when places have changed since, when a limit is broken now, or when its date is past.
    """
    proposal = lock(proposal)
    if proposal.applied_at is not None:
        return proposal
    now = clock.now()
    today = clock.day_of(now)
    if proposal.due_on < today:
        raise Refused("La date de remise de cette proposition est passée : faites-en une nouvelle.")
    _lock_all(proposal)
    reading = Reading(proposal.call, due_on=proposal.due_on, max_load=proposal.max_load, today=today)
    _check(proposal, reading)
    _end_places(proposal, reading, now, by)
    _fill_places(proposal, reading, now, by)
    proposal.applied_at, proposal.applied_by = now, by
    proposal.save(update_fields=["applied_at", "applied_by"])
    return proposal


def _lock_all(proposal):
    """The dossiers that change, then the people who come, each in the order of their keys."""
    changes = [*proposal.content["added"], *proposal.content["removed"]]
    lock_rows(Application.objects.filter(pk__in={change[0] for change in changes}))
    lock_rows(User.objects.filter(pk__in={change[2] for change in proposal.content["added"]}))


def _check(proposal, reading):
    if reading.sha256 != proposal.seen_sha256:
        raise Refused(
            "La répartition a changé depuis cette proposition : rien n'a été appliqué. Faites-en une nouvelle."
        )
    added = {pair_of(change[:3]) for change in proposal.content["added"]}  # what stays is not this proposal's doing
    for pair, limit in reading.problem.breaches(map(pair_of, proposal.content["pairs"])):
        if pair not in added:
            continue
        dossier, person = reading.dossiers.get(pair.dossier), reading.people.get(pair.reviewer)
        raise Refused(
            f"Rien n'a été appliqué : {person or 'une personne'} ne peut plus évaluer le dossier "
            f"{dossier.reference if dossier else 'retiré'} ({LIMIT_WORDS[limit]}). Faites une nouvelle proposition."
        )


def _end_places(proposal, reading, now, by):
    ended = [reading.places[pair_of(change[:3])] for change in proposal.content["removed"]]
    Assignment.objects.filter(pk__in=[place.pk for place in ended]).update(ended_at=now)
    _tell_journal(reading, ended, JournalAction.UNASSIGNED, now, by)
    for pk in sorted({place.application_id for place in ended if hasattr(place, "review")}):
        refresh_figures(reading.dossiers[pk])
    counts = _by_reviewer(ended)
    outbox.post_many([emails.many_unassigned(user, count, proposal) for user, count in counts], at=now)


def _fill_places(proposal, reading, now, by):
    added = [change[:3] for change in proposal.content["added"]]
    dossiers = [reading.dossiers[pk] for pk in sorted({dossier for dossier, _, _ in added})]
    start_many([each for each in dossiers if each.state == ApplicationState.ADMISSIBLE], by=by, at=now)
    places = Assignment.objects.bulk_create(
        (
            Assignment(
                application=reading.dossiers[dossier], ministry=reading.ministries[ministry],
                reviewer=reading.people[reviewer], due_on=proposal.due_on, assigned_at=now, assigned_by=by,
            )
            for dossier, ministry, reviewer in added
        ),
        batch_size=500,
    )  # fmt: skip
    _tell_journal(reading, places, JournalAction.ASSIGNED, now, by)
    open_figures(dossiers)
    outbox.post_many([emails.many_assigned(user, count, proposal) for user, count in _by_reviewer(places)], at=now)


def _tell_journal(reading, places, action, now, by):
    notes = defaultdict(list)
    for place in places:
        notes[place.application_id].append(f"{place.ministry} : {place.reviewer}")
    subjects = [reading.dossiers[pk] for pk in sorted(notes)]
    record_many(subjects, action, by=by, at=now, notes={pk: " ; ".join(words) for pk, words in notes.items()})


def _by_reviewer(places):
    """(person, how many places), by key."""
    found = defaultdict(list)
    for place in places:
        found[place.reviewer].append(place)
    return sorted(((user, len(held)) for user, held in found.items()), key=lambda pair: pair[0].pk)
