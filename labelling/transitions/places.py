"""What every transition of a place shares: its row under lock, its holder, its end."""

from gen_portal.core.workflow import Refused, lock


def lock_current(assignment):
    """The row under lock; refused once the place is no longer held."""
    fresh = lock(assignment)
    if fresh.ended_at is not None:
        raise Refused("Ce dossier n'est plus confié à cette personne. Rechargez la page pour voir ce qui a changé.")
    return fresh


def check_holder(assignment, by):
    """Refused to anybody but the reviewer who holds the place."""
    if assignment.reviewer_id != by.pk:
        raise Refused("Ce dossier est confié à une autre personne.")


def end_place(assignment, *, at):
    """The place is free from this instant."""
    assignment.ended_at = at
    assignment.save(update_fields=["ended_at"])
