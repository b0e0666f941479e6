"""Who reviews a dossier, and the instant a review is submitted.

An assignment: entrusted → submitted, or ended (taken back, or given up by a recusal). A review: draft → submitted, for
good. The figures of the dossier follow in the same transaction, under the lock of the dossier's row: every function here
takes it first.
"""

from dataclasses import dataclass

from django.db import transaction

from applications.models import ApplicationState
from applications.transitions import start_review
from gen_portal.core import clock
from gen_portal.core.models import Role, User
from gen_portal.core.workflow import Refused, lock, lock_rows, record
from labelling.actions.figures import refresh_figures
from labelling.emails import reviews as emails
from labelling.models import ASSIGNABLE_STATES, Assignment, InterestDeclaration, JournalAction, Review
from labelling.models.evidence import ties_of
from labelling.scoring import HIGHEST_MARK, LOWEST_MARK
from labelling.transitions.places import (
    check_holder,
    check_place,
    check_reviewer,
    check_terms,
    end_place,
    lock_current,
)
from labelling.transitions.ties import take_away

#: Marks that are given with a comment (bar.md, row 20).
EXTREME_MARKS = (LOWEST_MARK, HIGHEST_MARK)


@dataclass(frozen=True)
class Place:
    """What an officer wants for one ministry: a reviewer or nobody, having seen the assignment `seen_pk` or none."""

    ministry: object
    reviewer: User | None
    seen_pk: int | None = None


class PlacesRefused(Refused):
    """Some of several choices cannot be made, so none was: one sentence by ministry pk."""

    def __init__(self, by_ministry):
        super().__init__("Rien n'a été enregistré : corrigez les choix signalés.")
        self.by_ministry = by_ministry


# --- Entrusting, taking back ---------------------------------------------------------------------------------------


@transaction.atomic
def assign(application, *, reviewer, ministry, due_on, by):
    """Entrust the dossier to a reviewer of a ministry, and tell them; the first one starts its review.

    Refused if the dossier is not admissible or under review, if the date is past, if the place is taken, or to anybody
    who does not review for this ministry today, runs the call, recused themselves, has a tie with the dossier, has as
    many dossiers as they agreed to, or is away on the last day.
    """
    application = lock(application, *ASSIGNABLE_STATES)
    now = clock.now()
    today = clock.day_of(now)
    if due_on is not None and due_on < today:
        raise Refused("La date de remise est déjà passée : choisissez un jour à venir.")
    check_reviewer(application, lock(reviewer), ministry, today)
    check_terms(application, reviewer, due_on or today)
    check_place(application, reviewer, ministry)
    if application.state == ApplicationState.ADMISSIBLE:
        application = start_review(application, by=by, at=now)
        take_away(Assignment.objects.open_places().filter(application=application))  # it comes back from a completion
    assignment = Assignment.objects.create(
        application=application, reviewer=reviewer, ministry=ministry, due_on=due_on, assigned_at=now, assigned_by=by
    )
    refresh_figures(application)
    record(application, JournalAction.ASSIGNED, by=by, at=now, note=f"{ministry} : {reviewer}")
    emails.tell_assigned(assignment)
    return assignment


@transaction.atomic
def unassign(assignment, *, by):
    """Take a dossier back from a reviewer, who no longer sees it and is told; what they drafted is kept.

    Refused once their review is submitted: only they can still withdraw, by a recusal.
    """
    application = lock(assignment.application, *ASSIGNABLE_STATES)
    assignment = lock_current(assignment)
    if Review.objects.filter(assignment=assignment, submitted_at__isnull=False).exists():
        raise Refused(f"{assignment.reviewer} a déposé son évaluation : elle ne peut plus lui être retirée.")
    end_place(assignment, at=clock.now())
    note = f"{assignment.ministry} : {assignment.reviewer}"
    record(application, JournalAction.UNASSIGNED, by=by, note=note)
    emails.tell_unassigned(assignment)
    return assignment


@transaction.atomic
def set_places(application, places, *, due_on, by):
    """Make all the choices of an officer at once, or none: raises PlacesRefused with a sentence per ministry.

    A place whose holder is not the one the officer saw is refused rather than overwritten.
    """
    application = lock(application, *ASSIGNABLE_STATES)
    current = application.assignments.current().of_ministries()
    held = {a.ministry_id: a for a in current.select_related("reviewer", "ministry")}
    refusals = {}
    changes = [p for p in places if _is_change(p, held.get(p.ministry.pk))]
    lock_rows(User.objects.filter(pk__in=[place.reviewer.pk for place in changes if place.reviewer is not None]))
    for place in changes:  # everybody leaves before anybody comes: two people may swap ministries
        _attempt(refusals, place, _vacate, held.get(place.ministry.pk), place, by)
    for place in changes:
        if place.reviewer is not None and place.ministry.pk not in refusals:
            _attempt(refusals, place, _fill, application, place, due_on, by)
    if refusals:
        raise PlacesRefused(refusals)
    return len(changes)


def _is_change(place, held):
    """Whether the officer asks for something: an empty place they left empty stays whatever it has become."""
    if place.reviewer is None:
        return place.seen_pk is not None and held is not None
    return held is None or held.reviewer_id != place.reviewer.pk


def _attempt(refusals, place, function, *args):
    try:
        function(*args)
    except Refused as refusal:
        refusals[place.ministry.pk] = str(refusal)


def _vacate(held, place, by):
    if (held.pk if held else None) != place.seen_pk:
        holder = f"confié à {held.reviewer}" if held else "libéré"
        raise Refused(f"Entre-temps, ce ministère a été {holder} : vérifiez votre choix avant d'enregistrer à nouveau.")
    if held is not None:
        unassign(held, by=by)


def _fill(application, place, due_on, by):
    assign(application, reviewer=place.reviewer, ministry=place.ministry, due_on=due_on, by=by)


# --- What the reviewer does ----------------------------------------------------------------------------------------


@transaction.atomic
def submit_review(assignment, *, by):
    """Submit a review for good: from here on it counts in the figures, and its author reads the other ministries'.

    Submitting twice returns the review already submitted. Refused while a criterion has no mark, or the lowest or the
    highest one without a comment, without a recommendation, after a capacity ended, without a declaration of interests in
    force, or once a tie has appeared.
    """
    application = lock(assignment.application, ApplicationState.UNDER_REVIEW)
    assignment = lock_current(assignment)
    check_holder(assignment, by)
    review = Review.objects.filter(assignment=assignment).first()
    if review is not None and review.submitted_at is not None:
        return review
    now = clock.now()
    check_still_entitled(assignment, application, clock.day_of(now))
    if missing := missing_in(review, application):
        raise Refused(f"Il manque encore : {' ; '.join(missing)}.")
    review.submitted_at = now
    review.save(update_fields=["submitted_at"])
    refresh_figures(application)
    record(review, JournalAction.REVIEW_SUBMITTED, by=by, at=now, note=str(assignment.ministry))
    return review


def missing_in(review, application):
    """What a review still lacks before it can be submitted, in the order of the grid, in French."""
    scores = {score.criterion_id: score for score in review.scores.all()} if review else {}
    missing = []
    for criterion in application.call.criteria.all():
        score = scores.get(criterion.pk)
        if score is None or score.value is None:
            missing.append(f"la note de « {criterion.label} »")
        elif score.value in EXTREME_MARKS and not score.comment.strip():
            missing.append(f"le commentaire de « {criterion.label} », noté {score.value}")
    if not review or not review.recommendation:
        missing.append("votre avis")
    return missing


def check_still_entitled(assignment, application, today):
    """Refused after a capacity ended, without a declaration of interests in force, or once a tie has appeared."""
    by, roles = assignment.reviewer, assignment.reviewer.capacities.in_force(today)
    if not roles.filter(role=Role.REVIEWER, ministry=assignment.ministry_id).exists():
        raise Refused("Votre habilitation pour ce ministère est terminée : vous ne pouvez plus déposer d'évaluation.")
    if not InterestDeclaration.objects.of(by, application.call_id).in_force(today).exists():
        raise Refused("Votre déclaration d'intérêts pour cet appel est à renouveler avant de déposer une évaluation.")
    if ties_of(by, application):
        raise Refused("Un lien d'intérêts avec ce dossier est apparu depuis qu'il vous est confié : déportez-vous.")
