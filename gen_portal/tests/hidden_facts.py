"""What is written of a dossier beside one's own review, one fact after another: whoever may not know sees none of them."""

from datetime import timedelta

from gen_portal.core import clock
from gen_portal.core.models import Role
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


def a_mark(theirs):
    Score.objects.filter(review=theirs).update(value=0)


def a_comment(theirs):
    Score.objects.filter(review=theirs).update(comment="Un tout autre avis, bien plus long que le premier.")


def the_general_comment(theirs):
    Review.objects.filter(pk=theirs.pk).update(comment="Rien ne convainc dans ce dossier.")


def the_recommendation(theirs):
    Review.objects.filter(pk=theirs.pk).update(recommendation=Recommendation.UNFAVOURABLE)


def a_private_note(theirs):
    PrivateNote.objects.create(assignment=theirs.assignment, text="À revoir de près.", changed_at=clock.now())


def that_it_is_submitted(theirs):
    submit_review(theirs.assignment, by=theirs.assignment.reviewer)


def that_another_disagrees(theirs):
    """A third ministry is of the opposite opinion: count, mean, rank, spread, and a disagreement to settle."""
    ReviewFactory(assignment__application=theirs.assignment.application, mark=5, submitted=True)
    assert Disagreement.objects.open().filter(application=theirs.assignment.application).exists()


def a_second_value(theirs):
    SecondOpinionFactory(review=theirs, mark=1)


def a_message(theirs):
    DiscussionMessageFactory(application=theirs.assignment.application, author=theirs.assignment.reviewer)


def an_arbitration(theirs):
    disagreement = Disagreement.objects.open().get(application=theirs.assignment.application)
    by = CapacityFactory(role=Role.DIRECTOR).user
    arbitrate(disagreement, arbitration="L'avis de la majorité est retenu.", by=by)


def a_disagreement_again(theirs):
    """What was arbitrated opens again for other reasons."""
    SecondOpinionFactory(review=theirs, mark=2)
    assert Disagreement.objects.open().filter(application=theirs.assignment.application).exists()


def the_place_of_a_third_reader(theirs):
    application, ministry = theirs.assignment.application, MinistryFactory()
    reviewer = reviewer_of(ministry, last_name="Kerguélen")
    InterestDeclarationFactory(user=reviewer, call=application.call)
    ask_third_reader(
        application, reviewer=reviewer, ministry=ministry, due_on=clock.today() + timedelta(days=10),
        by=theirs.assignment.assigned_by,
    )  # fmt: skip


def a_proposed_decision(theirs):
    DecisionFactory(application=theirs.assignment.application, grant_euros=40_000)


def its_outcome_and_its_grant(theirs):
    decision = Decision.objects.filter(application=theirs.assignment.application)
    decision.update(outcome=Outcome.REFUSED, grant_euros=0, reasons="Le public visé n'est pas celui de l'appel.")


#: In an order in which all of them can happen, in three turns.
WRITTEN = (a_mark, a_comment, the_general_comment, the_recommendation, a_private_note)
SUBMITTED = (that_it_is_submitted, that_another_disagrees, a_second_value, a_message)
SETTLED = (
    an_arbitration, a_disagreement_again, the_place_of_a_third_reader, a_proposed_decision, its_outcome_and_its_grant,
)  # fmt: skip
FACTS = (*WRITTEN, *SUBMITTED, *SETTLED)
