"""Who reviews which dossier for which ministry, what they mark, and the figures that follow."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, Subquery

from applications.models import Application, ApplicationState, Call, Criterion, Membership
from gen_portal.core import access
from gen_portal.core.models import Capacity, HiddenSubject, Ministry, Role
from labelling.models.folding import mentioning
from labelling.models.interests import InterestDeclaration, WaitingCall
from labelling.models.marks import MarkLine, mean_of
from labelling.models.recusal import Recusal

#: Those who run a call read its reviews, so they cannot review in it themselves.
CALL_ROLES = (Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY)
#: A dossier is entrusted, and its reviewers change, in these states.
ASSIGNABLE_STATES = (ApplicationState.ADMISSIBLE, ApplicationState.UNDER_REVIEW)
#: A reviewer keeps sight of the dossiers they are judging, and of those they judged once they are decided.
REVIEWED_STATES = (ApplicationState.UNDER_REVIEW, ApplicationState.DECIDED)


def _may_write(today):
    """Condition on places: their reviewer reviews for their ministry that day."""
    rights = Capacity.objects.in_force(today)
    return Exists(rights.filter(user=OuterRef("reviewer"), role=Role.REVIEWER, ministry=OuterRef("ministry")))


class AssignmentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def of_ministries(self):
        """The ordinary places, one per ministry: not that of a third reader."""
        return self.filter(is_third_reader=False)

    def visible_to(self, user):
        """A reviewer's own current assignments for the ministries they review for today, while the dossier is being
        judged or decided, once they have declared their interests for its call; never one they are recused from."""
        declared = InterestDeclaration.objects.by(user).in_force(access.today(user))
        return self.entrusted_to(user).filter(application__call__in=declared.values("call"))

    def entrusted_to(self, user):
        """The same, declared or not: to say that a declaration is missing, and nothing else."""
        ministries = [c.ministry_id for c in access.capacities(user) if c.role == Role.REVIEWER]
        if not ministries:
            return self.none()
        own = self.current().filter(reviewer=user, ministry__in=ministries, application__state__in=REVIEWED_STATES)
        return own.exclude(application__recusals__user=user)

    def undeclared_calls(self, user):
        """Calls with reviews to do that wait for this person's declaration (WaitingCall); two queries at most."""
        waiting = self.entrusted_to(user).to_do().exclude(pk__in=self.visible_to(user).values("pk")).order_by()
        counts = dict(waiting.values_list("application__call").annotate(count=Count("pk")))
        calls = Call.objects.filter(pk__in=counts).order_by("-opens_at", "pk") if counts else []
        return [WaitingCall(call, counts[call.pk]) for call in calls]

    def open_places(self):
        """Held today on a dossier that is being judged, with what tells their ties."""
        held = self.current().filter(application__state=ApplicationState.UNDER_REVIEW)
        return held.select_related("application__training__structure", "ministry", "reviewer")

    def to_do(self):
        """Not yet submitted, on a dossier still under review."""
        return self.current().filter(
            Q(review=None) | Q(review__submitted_at=None), application__state=ApplicationState.UNDER_REVIEW
        )

    def missed(self):
        """Never submitted, on a dossier decided since."""
        left = Q(review=None) | Q(review__submitted_at=None)
        return self.current().filter(left, application__state=ApplicationState.DECIDED)

    def third_of(self, application):
        """The place of the third reader of a dossier, None without one."""
        return self.current().for_page().filter(application=application, is_third_reader=True).first()

    def holders_of(self, application):
        """Keys of the people who hold a place on a dossier."""
        return self.filter(application=application).values_list("reviewer", flat=True)

    def of_members(self):
        """Held by somebody who is a member of the structure that applies."""
        members = Membership.objects.filter(
            user=OuterRef("reviewer"), structure=OuterRef("application__training__structure")
        )
        return self.filter(Exists(members))

    def written_and_ended(self):
        """Places that ended with something written, for the record."""
        return self.filter(ended_at__isnull=False, review__isnull=False)

    def of(self, capacity):
        """Held by the person of a capacity, for its ministry."""
        return self.filter(reviewer=capacity.user_id, ministry=capacity.ministry_id)

    def due_within(self, user, first, last):
        """Of one person, due from one day to another, both included."""
        return self.filter(reviewer=user, due_on__gte=first, due_on__lte=last)

    def done(self):
        return self.current().filter(review__submitted_at__isnull=False)

    def overdue(self, today):
        """Still to do, and due before that day."""
        return self.to_do().filter(due_on__lt=today)

    def of_call(self, slug):
        return self.filter(application__call__slug=slug)

    def open_to(self, user):
        """Of dossiers that exist for a person who runs calls."""
        return self.exclude(application__in=HiddenSubject.objects.keys(user, "applications.application"))

    def mentioning(self, text):
        """Every word is in the structure's name, the training's title or the reference, accents and case folded."""
        return mentioning(self, text, "application__")

    def with_progress(self):
        """Adds `marked_count` and `criterion_count`: criteria marked in the review, criteria of the grid."""
        criteria = Criterion.objects.filter(call=OuterRef("application__call")).order_by().values("call")
        return self.annotate(
            marked_count=Count("review__scores", filter=Q(review__scores__value__isnull=False)),
            criterion_count=Subquery(criteria.annotate(count=Count("pk")).values("count")),
        )

    def entitled(self, today):
        """Of reviewers who may still write them that day."""
        return self.filter(_may_write(today), reviewer__is_active=True)

    def left(self, today):
        """Still to do, by somebody who may no longer write them."""
        return self.to_do().filter(~_may_write(today) | Q(reviewer__is_active=False))

    def due_dates(self, first, last, today):
        """(reviewer key, day) of what is still to do and due in [first, last], each once."""
        due = self.to_do().entitled(today).filter(due_on__gte=first, due_on__lte=last)
        return due.order_by().values_list("reviewer", "due_on").distinct()

    def loads_of(self, reviewers, today):
        """Per reviewer: {reviewer, left, late, next_due_on}, of what they still have to do."""
        rows = self.to_do().entitled(today).filter(reviewer__in=reviewers).order_by("reviewer").values("reviewer")
        coming = Q(due_on__gte=today)
        return list(rows.annotate(left=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)),
                                  next_due_on=Min("due_on", filter=coming)))  # fmt: skip

    def counts(self, today):
        """For the head of a reviewer's list: how many in all, done, overdue."""
        late = self.overdue(today).values("pk")
        return self.aggregate(
            total=Count("pk"),
            done=Count("pk", filter=Q(review__submitted_at__isnull=False)),
            overdue=Count("pk", filter=Q(pk__in=late)),
        )

    def progress_by(self, name, today, *keys):
        """Rows of {name, total, done, left, late}: current places of dossiers under review or decided, counted by an
        expression that gives a word (a ministry's name, a region's) and by keys, which tell apart what has one name."""
        open_places = self.current().filter(application__state__in=REVIEWED_STATES)
        is_done = Q(review__submitted_at__isnull=False)
        is_left = ~is_done & Q(application__state=ApplicationState.UNDER_REVIEW)
        counted = open_places.order_by().values(*keys, name=name).annotate(
            total=Count("pk"), done=Count("pk", filter=is_done), left=Count("pk", filter=is_left),
            late=Count("pk", filter=is_left & Q(due_on__lt=today)),
        )  # fmt: skip
        return list(counted.order_by("-late", "-left", "name"))

    def load_in(self, call, reviewer):
        """How many dossiers a person has when those of a call are shared out: all theirs in it, those to do elsewhere."""
        here = Q(application__call=call, application__state__in=ASSIGNABLE_STATES)
        elsewhere = Q(pk__in=self.to_do().exclude(application__call=call).values("pk"))
        return self.current().filter(here | elsewhere, reviewer=reviewer).count()

    def load_by_reviewer(self, reviewers):
        """How many reviews each of these people still has to submit: a dictionary by their pk."""
        rows = self.to_do().filter(reviewer__in=reviewers).order_by().values_list("reviewer")
        return dict(rows.annotate(count=Count("pk")))

    def for_page(self):
        return self.select_related(
            "application__training__structure__commune__department__region",
            "application__call",
            "application__cut_off",
            "ministry",
            "reviewer",
            "review",
            "note",
        ).order_by(F("due_on").asc(nulls_last=True), "pk")

    def to_do_first(self):
        """For the list of one reviewer, with its progress: what is left by due date, the nearest to done first, then what
        is done, the latest first. How far the other ministries are orders nothing: it is not theirs to know."""
        return self.with_progress().for_page().order_by(
            F("review__submitted_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-marked_count", "pk"
        )  # fmt: skip

    def next_after(self, assignment):
        """The next of a reviewer's places to work on, this one left aside; None when nothing else is left."""
        return self.to_do().to_do_first().exclude(pk=assignment.pk).first()


class Assignment(models.Model):
    """A dossier entrusted to one reviewer, for one ministry or as a third reader. It ends when somebody takes it over."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="assignments")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="instructeur", related_name="assignments"
    )
    ministry = models.ForeignKey(Ministry, models.PROTECT, verbose_name="ministère", related_name="+")
    due_on = models.DateField("à rendre le", null=True, blank=True)
    assigned_at = models.DateTimeField("confiée")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    ended_at = models.DateTimeField("terminée", null=True, blank=True)
    is_third_reader = models.BooleanField("troisième lecteur", default=False)
    declined_because = models.TextField("rendue parce que", max_length=1000, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.UniqueConstraint(
                name="one_current_reviewer_per_application_and_ministry",
                fields=["application", "ministry"],
                condition=Q(ended_at=None, is_third_reader=False),
            ),
            models.UniqueConstraint(
                name="one_current_third_reader_per_application",
                fields=["application"],
                condition=Q(ended_at=None, is_third_reader=True),
            ),
            models.UniqueConstraint(
                name="a_reviewer_has_one_current_place_per_application",
                fields=["application", "reviewer"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="a_declined_place_has_ended", condition=Q(declined_because="") | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.reviewer} pour {self.ministry}"

    @property
    def submitted_at(self):
        """When its review was submitted; None before, or while there is none."""
        review = getattr(self, "review", None)
        return review.submitted_at if review else None


class Recommendation(models.TextChoices):
    FAVOURABLE = "favourable", "favorable"
    RESERVED = "reserved", "réservé"
    UNFAVOURABLE = "unfavourable", "défavorable"


#: Kind of the badge of each recommendation; the word always says it, never the colour alone.
RECOMMENDATION_KINDS = {
    Recommendation.FAVOURABLE: "success", Recommendation.RESERVED: "warning", Recommendation.UNFAVOURABLE: "error"
}  # fmt: skip


class ReviewQuerySet(models.QuerySet):
    def submitted(self):
        return self.filter(submitted_at__isnull=False, assignment__ended_at=None)

    def counted(self):
        """Those the figures are made of: submitted, in force, and not by somebody who withdrew from the dossier."""
        recused = Recusal.objects.filter(
            application=OuterRef("assignment__application"), user=OuterRef("assignment__reviewer")
        )
        return self.submitted().filter(~Exists(recused))

    def of(self, assignment):
        return self.filter(assignment=assignment)

    def of_others(self, user):
        return self.exclude(assignment__reviewer=user)

    def visible_to(self, user, application):
        """Of one dossier: for a reviewer their own, then all the submitted ones once their own is submitted; for
        those who run the call every submitted one; nothing for anybody else, nor for the recused."""
        if is_revealed(user, application):
            return self.submitted().filter(assignment__application=application)
        return self.filter(assignment__in=Assignment.objects.visible_to(user).filter(application=application))

    def with_marks(self):
        """A review and its marks, in the order of the grid."""
        return self.select_related("assignment__ministry", "assignment__reviewer").prefetch_related(
            Prefetch("scores", Score.objects.select_related("criterion").order_by("criterion__position", "pk"))
        ).order_by("assignment__ministry__position", "pk")  # fmt: skip

    def for_page(self):
        """The same with what their authors think since."""
        return self.with_marks().prefetch_related("second_opinions")


def is_revealed(user, application):
    """Whether the reviews of a dossier are open to a person: to its reviewers once theirs is submitted, to those who run
    the call unless they withdrew or have one to submit."""
    places = Assignment.objects.visible_to(user).filter(application=application)
    if places.filter(review__submitted_at__isnull=False).exists():
        return True
    if not access.has_role(user, *CALL_ROLES):
        return False
    return not sealed_dossiers(user).filter(pk=application.pk).exists()


def is_sealed_for(user):
    """Condition on dossiers: those whose reviews a person must not read, whatever their roles, because they recused
    themselves or have yet to submit their own."""
    recused = Recusal.objects.filter(user=user).values("application")
    waiting = Assignment.objects.to_do().filter(reviewer=user).values("application")
    return Q(pk__in=recused) | Q(pk__in=waiting)


def sealed_dossiers(user):
    """The dossiers themselves, in no order."""
    return Application.objects.filter(is_sealed_for(user)).order_by()


class Review(models.Model):
    """What one reviewer thinks of one dossier. Unchanged from the instant it is submitted."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, verbose_name="affectation", related_name="review")
    recommendation = models.CharField("avis", max_length=12, choices=Recommendation, blank=True)
    comment = models.TextField("appréciation générale", max_length=4000, blank=True)
    changed_at = models.DateTimeField("modifiée")
    submitted_at = models.DateTimeField("déposée", null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "évaluation"
        constraints = [
            models.CheckConstraint(
                name="a_submitted_review_recommends_something",
                condition=Q(submitted_at=None) | ~Q(recommendation=""),
            )
        ]

    def __str__(self):
        return f"Évaluation de {self.assignment}"

    @property
    def second(self):
        """The second value in force, None as long as its author has not changed their mind (from the prefetch)."""
        if self.submitted_at is None:
            return None
        return max(self.second_opinions.all(), key=lambda opinion: opinion.number, default=None)

    @property
    def lines(self):
        """Each criterion with its first mark and, where it changed, the mark in force (scores from the prefetch)."""
        second = self.second
        marks = second.values if second else {}
        return [MarkLine(score, marks.get(score.criterion_id, score.value)) for score in self.scores.all()]

    @property
    def first_mean(self):
        """The weighted mean of the first value to three decimals, None until every criterion is marked."""
        return mean_of((line.score.criterion, line.score.value) for line in self.lines)

    @property
    def mean(self):
        """The same, of the value in force."""
        return mean_of((line.score.criterion, line.mark) for line in self.lines)

    @property
    def recommendation_words(self):
        """The recommendation in force, in French."""
        second = self.second
        return second.get_recommendation_display() if second else self.get_recommendation_display()


class Score(models.Model):
    """The mark of one criterion in one review, from 0 to 5, with its comment."""

    review = models.ForeignKey(Review, models.PROTECT, verbose_name="évaluation", related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="critère", related_name="+")
    value = models.PositiveSmallIntegerField("note", null=True, blank=True)
    comment = models.TextField("commentaire", max_length=2000, blank=True)

    class Meta:
        verbose_name = "note"
        constraints = [
            models.UniqueConstraint(name="one_score_per_review_and_criterion", fields=["review", "criterion"]),
            models.CheckConstraint(name="a_score_is_from_0_to_5", condition=Q(value=None) | Q(value__lte=5)),
        ]

    def __str__(self):
        return f"{self.criterion} : {self.value}"
