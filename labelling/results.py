"""What a structure reads of a published decision: the decision, its letter, its marks, what to do next and until when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.models import CutOff
from gen_portal.core import clock
from gen_portal.core.models import LegalBody
from labelling.decision_reasons import reasons_of_many
from labelling.models import Decision, Letter, ReviewRule
from labelling.models.decision import MIN_REVIEWS_FOR_A_LABEL

REMEDY_MONTHS = 2


@dataclass(frozen=True)
class Mark:
    """The mean of the ministries for one criterion, as it stood at the publication."""

    label: str
    weight_percent: int
    mean: Decimal


@dataclass(frozen=True)
class Told:
    """One published decision with its reasons and its letter (None for those sent before letters were kept)."""

    decision: Decision
    reasons: list
    letter: Letter | None


@dataclass(frozen=True)
class Result:
    """`latest`, and what was decided before; `next_cut_off`: where to apply again, or where a deferred dossier waits."""

    latest: Told
    earlier: list
    marks: list
    review_count: int
    legal_body: LegalBody | None
    remedies_until_on: date
    next_cut_off: CutOff | None


def result_of(decisions, *, at):
    """The result of a dossier from its published decisions, the latest first."""
    reasons = reasons_of_many(decisions)
    letters = {letter.decision_id: letter for letter in Letter.objects.of_published(decisions)}
    told = [Told(decision, reasons[decision.pk], letters.get(decision.pk)) for decision in decisions]
    latest, published_on = told[0].decision, clock.day_of(told[0].decision.published_at)
    application = latest.application
    return Result(
        latest=told[0],
        earlier=told[1:],
        marks=_marks(told[0].letter, application.call),
        review_count=told[0].letter.mentions["review_count"] if told[0].letter else 0,
        legal_body=LegalBody.objects.in_force(published_on).first(),
        remedies_until_on=clock.add_months(published_on, REMEDY_MONTHS),
        next_cut_off=None if latest.is_labelling else _next_cut_off(latest, at),
    )


def _marks(letter, call):
    """None where the call keeps them, nor of a single review: its mean would be somebody's marks."""
    if letter is None or letter.mentions["review_count"] < MIN_REVIEWS_FOR_A_LABEL:
        return []
    if not ReviewRule.objects.of(call).shares_marks:
        return []
    return [Mark(row["label"], row["weight_percent"], Decimal(row["mean"])) for row in letter.marks]


def _next_cut_off(decision, at):
    application = decision.application
    if decision.outcome == "deferred":
        return application.cut_off if application.cut_off_id != decision.cut_off_id else None
    return application.call.open_cut_off(at)
