"""What is written of a dossier beside one's own review, one fact after another: whoever may not know sees none of them."""

from dataclasses import dataclass
from datetime import timedelta

from gen_portal.core import clock
from gen_portal.core.models import Role, User
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory
from labelling.models import Decision, Disagreement, Outcome, PrivateNote, Recommendation, Review, Score
from labelling.tests.factories import (
    DiscussionMessageFactory,
    InterestDeclarationFactory,
    ReviewFactory,
    SecondOpinionFactory,
    reviewer_of,
)
from labelling.tests.factories_decisions import DecisionFactory
from labelling.transitions.disagreements import arbitrate, ask_third_reader
from labelling.transitions.reviews import submit_review


@dataclass(frozen=True)
class Secret:
    """A review still to be submitted, that of somebody of the opposite opinion, and who takes part in what follows.

    They all exist beforehand: the facts are about the dossier alone.
    """

    theirs: Review
    opposed: Review
    third: User
    director: User

    @property
    def application(self):
        return self.theirs.assignment.application


def secret_of(application):
    """What is to be hidden about a dossier under review."""
    third = reviewer_of(MinistryFactory(), last_name="Kerguélen")
    InterestDeclarationFactory(user=third, call=application.call)
    return Secret(
        ReviewFactory(assignment__application=application, mark=1),
        ReviewFactory(assignment__application=application, mark=5),
        third,
        CapacityFactory(role=Role.DIRECTOR).user,
    )


def a_mark(secret):
    Score.objects.filter(review=secret.theirs).update(value=0)


def a_comment(secret):
    Score.objects.filter(review=secret.theirs).update(comment="Un tout autre avis, bien plus long que le premier.")


def the_general_comment(secret):
    Review.objects.filter(pk=secret.theirs.pk).update(comment="Rien ne convainc dans ce dossier.")


def the_recommendation(secret):
    Review.objects.filter(pk=secret.theirs.pk).update(recommendation=Recommendation.UNFAVOURABLE)


def a_private_note(secret):
    PrivateNote.objects.create(assignment=secret.theirs.assignment, text="À revoir de près.", changed_at=clock.now())


def that_it_is_submitted(secret):
    submit_review(secret.theirs.assignment, by=secret.theirs.assignment.reviewer)


def that_another_disagrees(secret):
    """A third ministry is of the opposite opinion: count, mean, rank, spread, and a disagreement to settle."""
    submit_review(secret.opposed.assignment, by=secret.opposed.assignment.reviewer)
    assert Disagreement.objects.open().filter(application=secret.application).exists()


def a_second_value(secret):
    SecondOpinionFactory(review=secret.theirs, mark=1)


def a_message(secret):
    DiscussionMessageFactory(application=secret.application, author=secret.theirs.assignment.reviewer)


def an_arbitration(secret):
    disagreement = Disagreement.objects.open().get(application=secret.application)
    arbitrate(disagreement, arbitration="L'avis de la majorité est retenu.", by=secret.director)


def a_disagreement_again(secret):
    """What was arbitrated opens again for other reasons."""
    SecondOpinionFactory(review=secret.theirs, mark=2)
    assert Disagreement.objects.open().filter(application=secret.application).exists()


def the_place_of_a_third_reader(secret):
    ministry = secret.third.capacities.get().ministry
    ask_third_reader(
        secret.application, reviewer=secret.third, ministry=ministry, due_on=clock.today() + timedelta(days=10),
        by=secret.theirs.assignment.assigned_by,
    )  # fmt: skip


def a_proposed_decision(secret):
    DecisionFactory(application=secret.application, grant_euros=40_000)


def its_outcome_and_its_grant(secret):
    decision = Decision.objects.filter(application=secret.application)
    decision.update(outcome=Outcome.REFUSED, grant_euros=0, reasons="Le public visé n'est pas celui de l'appel.")


#: In an order in which all of them can happen, in three turns.
WRITTEN = (a_mark, a_comment, the_general_comment, the_recommendation, a_private_note)
SUBMITTED = (that_it_is_submitted, that_another_disagrees, a_second_value, a_message)
SETTLED = (
    an_arbitration, a_disagreement_again, the_place_of_a_third_reader, a_proposed_decision, its_outcome_and_its_grant,
)  # fmt: skip
FACTS = (*WRITTEN, *SUBMITTED, *SETTLED)
