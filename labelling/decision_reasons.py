"""The reasons of decisions: as they are read, as the reviews suggest them, and which ones a refusal still lacks.

A refusal answers for every criterion whose mean, over the counted reviews, is under the threshold of its call.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from applications.models import Criterion
from labelling.models import Outcome, Review, ReviewRule, Score
from labelling.models.decision import read_reasons
from labelling.models.decision_reason import MAX_LENGTH, Reason
from labelling.models.disagreement import USUAL_THRESHOLD
from labelling.models.readings import criterion_means
from labelling.scoring import rounded

__all__ = ["Reason", "drafts_of", "grid_of", "lacking_in", "reasons_of", "reasons_of_many", "weak_criteria"]


def reasons_of(decision):
    """What a decision rests on: its general reasons, then those of each criterion in the order of the grid."""
    return decision.reason_list


def reasons_of_many(decisions):
    """The same by key, in one query for those whose reasons are not read yet."""
    decisions = list(decisions)
    read_reasons(decisions)
    return {decision.pk: decision.reason_list for decision in decisions}


# --- What the reviews say -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """Of some dossiers: `grids` {call: its criteria in order, each with the `threshold` of the call}, `means` {dossier:
    CriterionMeans}, by keys."""

    grids: dict
    means: dict

    def weak(self, application):
        """The criteria of a dossier under the threshold of its call, in the order of the grid."""
        means = self.means.get(application.pk)
        return [each for each in self.grids[application.call_id] if _is_weak(_mean_of(means, each), each.threshold)]


def marks_of(applications):
    """Three queries."""
    applications = list(applications)
    grids, threshold = defaultdict(list), Coalesce(F("call__review_rule__threshold"), Value(USUAL_THRESHOLD))
    criteria = Criterion.objects.filter(call__in={each.call_id for each in applications})
    for criterion in criteria.annotate(threshold=threshold).order_by("position", "pk"):
        grids[criterion.call_id].append(criterion)
    return Marks(grids, criterion_means([application.pk for application in applications]))


def weak_criteria(applications):
    """{dossier: its criteria under the threshold of its call, in the order of the grid}; three queries."""
    applications = list(applications)
    marks = marks_of(applications)
    return {each.pk: marks.weak(each) for each in applications}


def _mean_of(means, criterion):
    """The exact mean of a criterion among those of a dossier (None without any), None where nobody marked it."""
    return means.of.get(criterion.pk) if means else None


def _is_weak(mean, threshold):
    return mean is not None and mean < threshold


def drafts_of(applications):
    """{dossier: {criterion: text}} by keys: what the counted reviews say of each criterion, without saying who.

    Comments stand in alphabetical order, each once: their order tells nothing of the ministries.
    """
    reviews = Review.objects.counted().filter(assignment__application__in=[each.pk for each in applications])
    rows = Score.objects.filter(review__in=reviews).exclude(comment="").order_by("comment")
    said = defaultdict(lambda: defaultdict(list))
    for dossier, criterion, comment in rows.values_list("review__assignment__application", "criterion", "comment"):
        if comment.strip() not in said[dossier][criterion]:
            said[dossier][criterion].append(comment.strip())
    return {
        dossier: {key: _joined(texts) for key, texts in by_criterion.items()} for dossier, by_criterion in said.items()
    }


def _joined(comments):
    """As many whole comments as a reason holds."""
    text = ""
    for comment in comments:
        longer = f"{text}\n{comment}" if text else comment
        if len(longer) <= MAX_LENGTH:
            text = longer
    return text


@dataclass(frozen=True)
class GridLine:
    """One criterion for who writes the reasons: its mean, whether a refusal must answer for it, what the reviews say."""

    criterion: Criterion
    mean: object
    is_weak: bool
    draft: str


def grid_of(application):
    """A line for each criterion of the call of a dossier; five queries."""
    means = criterion_means([application.pk]).get(application.pk)
    threshold = ReviewRule.objects.thresholds([application.call_id])[application.call_id]
    drafts = drafts_of([application]).get(application.pk, {})
    lines = []
    for each in application.call.criteria.all():
        mean = _mean_of(means, each)
        shown = None if mean is None else rounded(mean)
        lines.append(GridLine(each, shown, _is_weak(mean, threshold), drafts.get(each.pk, "")))
    return lines


# --- What a refusal lacks -------------------------------------------------------------------------------------------


def lacking_in(decisions, marks=None):
    """{decision: labels of the criteria that it has to answer for and does not}; only refusals that lack some are there.

    `marks`: those of their dossiers, where they are read already.
    """
    refused = [decision for decision in decisions if decision.outcome == Outcome.REFUSED]
    if not refused:
        return {}
    marks = marks or marks_of(decision.application for decision in refused)
    read_reasons(refused)
    given = {(each.decision_id, each.criterion_id) for decision in refused for each in decision.criterion_reasons.all()}
    found = {
        decision.pk: [c.label for c in marks.weak(decision.application) if (decision.pk, c.pk) not in given]
        for decision in refused
    }
    return {pk: labels for pk, labels in found.items() if labels}


def lacking_sentence(labels):
    """Which reasons to write, in one sentence."""
    named = ", ".join(f"« {label} »" for label in labels)
    which = "ce critère noté" if len(labels) == 1 else "ces critères notés"
    write = f"Écrivez celui de {which} trop bas : {named}."
    return f"Un refus donne un motif pour chaque critère sous le seuil de l'appel. {write}"
