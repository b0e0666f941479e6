"""What the page of one decision shows, put together: the dossier as filed, what was thought of it, what may be granted."""

from dataclasses import dataclass

from gen_portal.core import access
from gen_portal.core.models import JournalEntry
from labelling.actions.decisions import limits_for, read_envelope
from labelling.decision_reasons import grid_of
from labelling.grants import Limits
from labelling.models import Decision, Envelope, Review, ReviewFigures
from labelling.models.countersigning import for_countersigning, with_value_number
from labelling.models.meeting import Conclusion, conclusion_of
from labelling.models.regional import standings_of


@dataclass(frozen=True)
class Sheet:
    """One dossier at its present cut-off. `decision` is None until one is prepared; `earlier` are those of other
    cut-offs, all published."""

    application: object
    decision: Decision | None
    earlier: list
    filing: object
    figures: ReviewFigures | None
    reviews: list
    awaited: list
    limits: Limits
    envelope: Envelope
    history: list
    regional: list
    disagreements: list
    grid: list
    conclusion: Conclusion | None

    @property
    def is_flagged(self):
        return any(each.closed_at is None for each in self.disagreements)


def sheet_of(application, user):
    """Everything the page reads, in a constant number of queries."""
    decisions = list(application.decisions.for_page())
    current = next((d for d in decisions if d.cut_off_id == application.cut_off_id), None)
    envelope = read_envelope(application.call)
    places = list(application.assignments.current().for_page())
    filing = application.submissions.latest_first().first()
    return Sheet(
        application=application,
        decision=current,
        earlier=[decision for decision in decisions if decision is not current],
        filing=filing,
        figures=ReviewFigures.objects.filter(application=application).first(),
        reviews=list(for_countersigning(with_value_number(Review.objects.visible_to(user, application)))),
        awaited=[place.ministry for place in places if _is_awaited(place)],
        limits=limits_for(application, left_euros=envelope.left_euros),
        envelope=envelope,
        history=list(JournalEntry.objects.of(current._meta.label_lower, current.pk)) if current else [],
        regional=standings_of(application, filing.filed_at if filing else None, access.today(user)),
        disagreements=list(application.disagreements.for_page()),
        grid=grid_of(application),
        conclusion=conclusion_of(application, application.cut_off),
    )


def _is_awaited(place):
    review = getattr(place, "review", None)
    return review is None or review.submitted_at is None
