"""What follows the reveal in the demonstration: disagreements, arbitrations, minds that change, a discussion."""

from datetime import timedelta

from applications.models import Application, ApplicationState
from gen_portal.core import clock
from labelling.actions.disagreements import verdict_of
from labelling.actions.figures import figures_of
from labelling.disagreement import Step
from labelling.models import (
    Disagreement,
    DiscussionMessage,
    JournalAction,
    Recommendation,
    Review,
    ReviewFigures,
    ReviewRule,
    SecondOpinion,
)
from labelling.models.readings import readings_by_dossier, readings_of

ARBITRATION = (
    "Le besoin local est établi par deux lettres d'employeurs. L'avis le plus réservé portait sur le premier budget, "
    "corrigé depuis : les autres évaluations sont retenues."
)
REASON = "Je n'avais pas vu l'accord du deuxième employeur, joint au dossier : les débouchés sont mieux assurés."
MESSAGES = (
    "D'où vient l'écart sur les débouchés ? Le dossier ne cite qu'un employeur dans son programme.",
    "Deux : le second est dans la pièce « lettres de soutien », page 3. C'est ce qui m'a fait monter la note.",
    "Merci. Je maintiens ma réserve sur le calendrier, qui laisse deux semaines entre la décision et la rentrée.",
)


class ReviewersTalk:
    """Loads what the rule of a call says of its reviews, and what people made of it; the past acts follow the reviews."""

    def __init__(self, scenario, call):
        self.rng, self.history, self.call = scenario.rng, scenario.history, call
        self.now = clock.start_of(scenario.today) + timedelta(hours=8)
        self.officer = scenario.officer

    def load(self):
        """Minds change first, then what still disagrees is arbitrated where a decision is signed, open elsewhere."""
        rule = ReviewRule.objects.create(call=self.call, is_countersigned=True, set_at=self.call.opens_at)
        self.history.add(self.call, JournalAction.REVIEW_RULE_SET, by=self.officer, at=rule.set_at, note=str(rule))
        judged = Application.objects.filter(call=self.call, state=ApplicationState.UNDER_REVIEW)
        reviews = Review.objects.counted().filter(assignment__application__in=judged)
        disputed = [pk for pk, verdict in self._verdicts(judged).items() if verdict.step is not Step.NONE]
        for pk in sorted(disputed)[:1]:
            self._change_mind(reviews.filter(assignment__application=pk).order_by("assignment__ministry__position").last())
        for application in judged.filter(pk__in=sorted(disputed)[:2]):
            self._talk(application, reviews)
        self.disagree(judged)

    def disagree(self, judged):
        """A row for each of these dossiers whose reviews disagree."""
        found = self._verdicts(judged)
        at = self.now - timedelta(days=1)
        for application in judged.order_by("pk"):
            verdict = found.get(application.pk)
            if verdict is None or verdict.step is Step.NONE:
                continue
            self.history.add(application, JournalAction.DISAGREEMENT_FOUND, by=None, at=at, note=" ".join(verdict.reasons))
            row = Disagreement(
                application=application, step=verdict.step.value, reasons="\n".join(verdict.reasons), opened_at=at
            )
            if application.decisions.signed().exists():
                row.closed_at, row.closed_by, row.arbitration = at + timedelta(hours=3), self.officer, ARBITRATION
                self.history.add(application, JournalAction.ARBITRATED, by=self.officer, at=row.closed_at, note=ARBITRATION)
            row.save()

    def _verdicts(self, judged):
        rule = ReviewRule.objects.of(self.call)
        found = readings_by_dossier(judged)
        return {application: verdict_of(rule, readings) for application, readings in found.items()}

    def _change_mind(self, review):
        at = self.now - timedelta(days=1, hours=4)
        marks = {str(score.criterion_id): min(5, max(1, score.value + 1)) for score in review.scores.all()}
        SecondOpinion.objects.create(
            review=review, number=1, marks=marks, recommendation=Recommendation.RESERVED, reason=REASON, given_at=at
        )
        author = review.assignment.reviewer
        self.history.add(review, JournalAction.SECOND_OPINION_GIVEN, by=author, at=at, note=str(review.assignment.ministry))
        dossier = review.assignment.application
        ReviewFigures.objects.filter(application=dossier).update(**figures_of(readings_of([dossier.pk])))

    def _talk(self, application, reviews):
        authors = [each.assignment.reviewer for each in reviews.filter(assignment__application=application).for_page()]
        for index, text in enumerate(MESSAGES[: len(authors)]):
            DiscussionMessage.objects.create(
                application=application, author=authors[index % len(authors)], text=text,
                written_at=self.now - timedelta(days=1, hours=6 - index),
            )  # fmt: skip
