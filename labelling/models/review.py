"""Who reviews which dossier for which ministry, what they mark, and the figures that follow."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Application, ApplicationState, Criterion
from gen_portal.core import access
from gen_portal.core.models import Ministry, Role


class AssignmentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def visible_to(self, user):
        """A reviewer's own current assignments, while the dossier is being judged or decided; never a recused one."""
        if not access.has_role(user, Role.REVIEWER):
            return self.none()
        return self.current().filter(reviewer=user).exclude(
            application__recusals__user=user
        )  # fmt: skip

    def to_do(self):
        """Not yet submitted, on a dossier still under review."""
        return self.current().filter(
            Q(review=None) | Q(review__submitted_at=None), application__state=ApplicationState.UNDER_REVIEW
        )

    def for_page(self):
        return self.select_related(
            "application__training__structure__commune__department__region",
            "application__call",
            "application__cut_off",
            "ministry",
            "reviewer",
            "review",
        ).order_by(F("due_on").asc(nulls_last=True), "pk")


class Assignment(models.Model):
    """A dossier entrusted to one reviewer, for one ministry. It ends when somebody else takes it over."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="assignments")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="instructeur", related_name="assignments"
    )
    ministry = models.ForeignKey(Ministry, models.PROTECT, verbose_name="ministère", related_name="+")
    due_on = models.DateField("à rendre le", null=True, blank=True)
    assigned_at = models.DateTimeField("confiée")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    ended_at = models.DateTimeField("terminée", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.UniqueConstraint(
                name="one_current_reviewer_per_application_and_ministry",
                fields=["application", "ministry"],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(
                name="a_reviewer_has_one_current_place_per_application",
                fields=["application", "reviewer"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.reviewer} pour {self.ministry}"


class Recusal(models.Model):
    """A reviewer's withdrawal from one dossier: from then on it does not exist for them."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="recusals")
    reason = models.TextField("motif", max_length=1000)
    recused_at = models.DateTimeField("déclaré")

    class Meta:
        verbose_name = "déport"
        constraints = [
            models.UniqueConstraint(name="one_recusal_per_person_and_application", fields=["application", "user"])
        ]

    def __str__(self):
        return f"Déport de {self.user}"


class Recommendation(models.TextChoices):
    FAVOURABLE = "favourable", "favorable"
    RESERVED = "reserved", "réservé"
    UNFAVOURABLE = "unfavourable", "défavorable"


class ReviewQuerySet(models.QuerySet):
    def submitted(self):
        return self.filter(submitted_at__isnull=False, assignment__ended_at=None)

    def visible_to(self, user, application):
        """Of one dossier: for those who run the call every submitted review; for a reviewer their own, then all
        the submitted ones once their own is submitted; nothing for anybody else, nor for the recused."""
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
            return self.submitted().filter(assignment__application=application)
        own = self.filter(assignment__in=Assignment.objects.visible_to(user).filter(application=application))
        if own.filter(submitted_at__isnull=False).exists():
            return self.submitted().filter(assignment__application=application)
        return own

    def for_page(self):
        return self.select_related("assignment__ministry", "assignment__reviewer").prefetch_related(
            "scores__criterion"
        ).order_by("assignment__ministry__position", "pk")  # fmt: skip


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


class ReviewFigures(models.Model):
    """What the submitted reviews of a dossier amount to, kept in the transaction that submits one (scoring.py)."""

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name="candidature", primary_key=True, related_name="figures"
    )
    review_count = models.PositiveSmallIntegerField("évaluations", default=0)
    mean = models.DecimalField("moyenne pondérée", max_digits=4, decimal_places=3, null=True, blank=True)
    spread = models.DecimalField("écart", max_digits=4, decimal_places=3, null=True, blank=True)

    class Meta:
        verbose_name = "chiffres d'évaluation"
        verbose_name_plural = "chiffres d'évaluation"
        constraints = [
            models.CheckConstraint(name="a_mean_is_from_0_to_5", condition=Q(mean=None) | Q(mean__gte=0, mean__lte=5)),
            models.CheckConstraint(
                name="figures_exist_if_and_only_if_there_are_reviews",
                condition=Q(review_count=0, mean=None, spread=None)
                | Q(review_count__gte=1, mean__isnull=False, spread__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.mean} ({self.review_count})"
