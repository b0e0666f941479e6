"""Reviewers at work: places, reviews in any state, recusals, and figures that match what was submitted."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from applications import archive
from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject, Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory, RegionFactory, UserFactory
from gen_portal.core.workflow import record
from labelling.actions.figures import refresh_figures
from labelling.models import (
    Assignment,
    Disagreement,
    DisagreementStep,
    DiscussionMessage,
    InterestDeclaration,
    JournalAction,
    Recommendation,
    Recusal,
    RegionalOpinion,
    RegionalOpinionRule,
    Review,
    ReviewerAbsence,
    ReviewerTerms,
    ReviewFigures,
    Score,
    SecondOpinion,
)
from labelling.models.interests import STATEMENTS

#: The four ministries of 2016 (code, name on badges).
MINISTRIES = (("travail", "Travail"), ("education", "Éducation"), ("economie", "Économie"), ("ville", "Ville"))


def four_ministries():
    """The ministries whose reviewers share a dossier."""
    return [
        MinistryFactory(code=code, short_name=name, position=position)
        for position, (code, name) in enumerate(MINISTRIES, start=1)
    ]


def reviewer_of(ministry, **fields):
    """A person who reviews for this ministry, today and since long ago."""
    return CapacityFactory(role=Role.REVIEWER, ministry=ministry, user=UserFactory(**fields)).user


class InterestDeclarationFactory(DjangoModelFactory):
    """What a reviewer declared just now for a call: nothing, or the `links` given (kind, name, siren, detail)."""

    class Meta:
        model = InterestDeclaration

    user = factory.LazyFunction(lambda: CapacityFactory(role=Role.REVIEWER, ministry=MinistryFactory()).user)
    call = factory.SubFactory(CallFactory)
    signed_at = factory.LazyFunction(clock.now)
    valid_until_on = factory.LazyAttribute(lambda row: clock.add_months(clock.day_of(row.signed_at), 12))
    content = factory.LazyAttribute(
        lambda row: {"call": row.call.title, "links": list(row.links), "statements": list(STATEMENTS.values())}
    )
    sha256 = factory.LazyAttribute(lambda row: archive.digest(row.content))

    class Params:
        links = ()


class AssignmentFactory(DjangoModelFactory):
    """A dossier under review entrusted to a reviewer of its ministry, due in three weeks. `ended=True`: taken back."""

    class Meta:
        model = Assignment
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    ministry = factory.SubFactory(MinistryFactory)
    reviewer = factory.LazyAttribute(lambda assignment: reviewer_of(assignment.ministry))
    due_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=21))
    assigned_at = factory.LazyFunction(clock.now)
    assigned_by = factory.LazyFunction(lambda: CapacityFactory(role=Role.OFFICER).user)

    class Params:
        ended = factory.Trait(ended_at=factory.LazyFunction(clock.now))

    @factory.post_generation
    def declared(self, create, extracted, **kwargs):
        """Its reviewer has declared no interest for the call; `declared=False`: they have still to declare."""
        known = InterestDeclaration.objects.of(self.reviewer, self.application.call)
        if extracted is not False and not known.in_force(clock.today()).exists():
            InterestDeclarationFactory(user=self.reviewer, call=self.application.call)


class ReviewFactory(DjangoModelFactory):
    """A draft whose every criterion has the mark `mark` (or those of `marks`, in the order of the grid) and a comment.

    `submitted=True`: submitted now, with its journal and the dossier's figures. `blank=True`: nothing written yet.
    """

    class Meta:
        model = Review

    assignment = factory.SubFactory(AssignmentFactory)
    recommendation = Recommendation.FAVOURABLE
    comment = "Un projet solide, bien ancré dans son territoire."
    changed_at = factory.LazyFunction(clock.now)
    mark = 3
    marks = None

    class Params:
        submitted = factory.Trait(submitted_at=factory.LazyFunction(clock.now))
        blank = factory.Trait(recommendation="", comment="", marks=())

    @classmethod
    def _create(cls, model_class, *args, mark, marks, **kwargs):
        review = super()._create(model_class, *args, **kwargs)
        criteria = list(review.assignment.application.call.criteria.order_by("position"))
        values = [mark] * len(criteria) if marks is None else marks
        Score.objects.bulk_create(
            Score(review=review, criterion=criterion, value=value, comment="Argumenté et vérifiable.")
            for criterion, value in zip(criteria, values, strict=False)
        )
        if review.submitted_at:
            refresh_figures(review.assignment.application)
            record(review, JournalAction.REVIEW_SUBMITTED, by=review.assignment.reviewer, at=review.submitted_at)
        return review


class DisagreementFactory(DjangoModelFactory):
    """Open, for the committee; the figures behind it are not made."""

    class Meta:
        model = Disagreement

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    step = DisagreementStep.AGENDA
    reasons = "Les moyennes s'écartent de 3 ; le seuil de l'appel est 2."
    opened_at = factory.LazyFunction(clock.now)


class SecondOpinionFactory(DjangoModelFactory):
    """A submitted review whose author now gives `mark` everywhere, with the dossier's figures."""

    class Meta:
        model = SecondOpinion

    review = factory.SubFactory(ReviewFactory, submitted=True)
    number = factory.LazyAttribute(lambda opinion: opinion.review.second_opinions.count() + 1)
    recommendation = Recommendation.RESERVED
    reason = "La lecture du ministère du Travail m'a convaincu sur les débouchés."
    given_at = factory.LazyFunction(clock.now)
    mark = 4

    @classmethod
    def _create(cls, model_class, *args, mark, review, **kwargs):
        criteria = review.assignment.application.call.criteria.all()
        marks = {str(criterion.pk): mark for criterion in criteria}
        opinion = super()._create(model_class, *args, review=review, marks=marks, **kwargs)
        refresh_figures(review.assignment.application)
        return opinion


class DiscussionMessageFactory(DjangoModelFactory):
    """A message by a reviewer of the dossier."""

    class Meta:
        model = DiscussionMessage

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    author = factory.SubFactory(UserFactory)
    text = "Les débouchés annoncés reposent sur un seul employeur."
    written_at = factory.LazyFunction(clock.now)


class RecusalFactory(DjangoModelFactory):
    """Somebody who withdrew from a dossier, which no longer exists for them."""

    class Meta:
        model = Recusal
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    user = factory.SubFactory(UserFactory)
    reason = "Un proche travaille dans cette structure."
    recused_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def hidden(self, create, extracted, **kwargs):
        HiddenSubject.objects.hide(self.user, self.application, at=self.recused_at)


class ReviewFiguresFactory(DjangoModelFactory):
    """Figures without the reviews behind them: for pages that only read figures."""

    class Meta:
        model = ReviewFigures

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    review_count = 4
    mean = "3.500"
    first_mean = factory.SelfAttribute("mean")
    spread = "1.000"


class ReviewerTermsFactory(DjangoModelFactory):
    """A reviewer who takes five dossiers at once; `regions` are given after."""

    class Meta:
        model = ReviewerTerms
        skip_postgeneration_save = True

    user = factory.LazyFunction(lambda: reviewer_of(MinistryFactory()))
    max_load = 5
    changed_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def regions(self, create, extracted, **kwargs):
        self.regions.set(extracted or [])


class ReviewerAbsenceFactory(DjangoModelFactory):
    """Away for the next seven days."""

    class Meta:
        model = ReviewerAbsence

    user = factory.LazyFunction(lambda: reviewer_of(MinistryFactory()))
    from_on = factory.LazyFunction(clock.today)
    until_on = factory.LazyAttribute(lambda absence: absence.from_on + timedelta(days=6))


class RegionalRuleFactory(DjangoModelFactory):
    """A call that asks the regions for their opinion within thirty days; silence means nothing."""

    class Meta:
        model = RegionalOpinionRule

    call = factory.SubFactory(CallFactory)
    days_count = 30
    set_at = factory.LazyFunction(clock.now)


class RegionalOpinionFactory(DjangoModelFactory):
    """Brittany is favourable."""

    class Meta:
        model = RegionalOpinion

    application = factory.SubFactory(ApplicationFactory, submitted=True)
    region = factory.SubFactory(RegionFactory)
    verdict = Recommendation.FAVOURABLE
    given_at = factory.LazyFunction(clock.now)
    given_by = factory.LazyFunction(lambda: CapacityFactory(role=Role.REGIONAL_SERVICE, region=RegionFactory()).user)
