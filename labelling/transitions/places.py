"""What every transition of a place shares: who may take it, its row under lock, its holder, its end."""

from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock
from labelling.models import CALL_ROLES, Assignment, ReviewerTerms
from labelling.models.evidence import ties_of


def check_reviewer(application, reviewer, ministry, today):
    """Refused to anybody who does not review for this ministry that day, runs the call, is recused or has a tie."""
    held = list(reviewer.capacities.in_force(today))
    if not reviewer.is_active or not any(c.role == Role.REVIEWER and c.ministry_id == ministry.pk for c in held):
        raise Refused(f"{reviewer} n'est pas instructeur pour ce ministère aujourd'hui.")
    if any(c.role in CALL_ROLES for c in held):
        raise Refused(f"{reviewer} conduit les appels et lit toutes les évaluations : choisissez une autre personne.")
    if application.recusals.filter(user=reviewer).exists():
        raise Refused(f"{reviewer} s'est déporté de ce dossier.")
    if found := ties_of(reviewer, application):
        raise Refused(f"{reviewer} {found[0]}.")


def check_terms(application, reviewer, due_on):
    """Refused to who is away on the last day, or has as many dossiers as they agreed to."""
    absence = reviewer.reviewer_absences.overlapping(due_on, due_on).first()
    if absence is not None:
        raise Refused(f"{reviewer} est absent {absence} : choisissez une autre date ou une autre personne.")
    terms = ReviewerTerms.objects.filter(user=reviewer).first()
    most = terms.max_load if terms else None
    if most is not None and Assignment.objects.load_in(application.call, reviewer) >= most:
        raise Refused(f"{reviewer} a déjà les {most} dossiers que cette personne accepte à la fois.")


def check_place(application, reviewer, ministry, *, is_third_reader=False):
    """Refused when the ministry (or the dossier, of a third reader) has somebody, or when they review it already."""
    for taken in application.assignments.current().select_related("reviewer", "ministry"):
        is_same = taken.ministry_id == ministry.pk or is_third_reader
        if is_same and taken.is_third_reader == is_third_reader:
            raise Refused(f"Ce dossier est déjà confié à {taken.reviewer} pour ce ministère.")
        if taken.reviewer_id == reviewer.pk:
            raise Refused(f"{reviewer} évalue déjà ce dossier pour un autre ministère ({taken.ministry}).")


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
