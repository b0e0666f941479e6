"""How much a reviewer can read, what they know best, when they are away, and who stands in for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import JobFamily
from gen_portal.core.models import Region


class ReviewerTermsQuerySet(models.QuerySet):
    def of(self, user):
        """The terms of one person with what they name; None when they said nothing."""
        return self.select_related("substitute").prefetch_related("regions").filter(user=user).first()


class ReviewerTerms(models.Model):
    """What one person agreed to as a reviewer; no row: no limit of their own, no preference, nobody standing in.

    `max_load` counts the dossiers they have at once, submitted reviews of dossiers under review aside.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="personne",
        primary_key=True,
        related_name="reviewer_terms",
    )
    max_load = models.PositiveSmallIntegerField("dossiers à la fois au plus", null=True, blank=True)
    regions = models.ManyToManyField(Region, verbose_name="régions bien connues", blank=True, related_name="+")
    job_families = models.JSONField("familles de métiers bien connues", default=list, blank=True)
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="suppléant", null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField("modifiées")

    objects = ReviewerTermsQuerySet.as_manager()

    class Meta:
        verbose_name = "disponibilités d'un instructeur"
        verbose_name_plural = "disponibilités des instructeurs"
        constraints = [
            models.CheckConstraint(
                name="a_reviewer_takes_at_least_one_dossier", condition=Q(max_load=None) | Q(max_load__gte=1)
            ),
            models.CheckConstraint(name="nobody_stands_in_for_themselves", condition=~Q(substitute=F("user"))),
        ]

    def __str__(self):
        return f"Disponibilités de {self.user}"

    @property
    def job_family_labels(self):
        return [JobFamily(family).label for family in self.job_families]


class ReviewerAbsenceQuerySet(models.QuerySet):
    def not_over(self, today):
        return self.filter(until_on__gte=today)

    def of(self, user):
        return self.filter(user=user)

    def overlapping(self, first, last):
        """With at least one day from `first` to `last`, both included."""
        return self.filter(from_on__lte=last, until_on__gte=first)

    def next_of(self, users, today):
        """Those of these people that are not over, the farthest first: the next one is the last of each."""
        return self.not_over(today).filter(user__in=users).order_by("-from_on")

    def by_person(self, users):
        """{key of the person: ((first day, last day), …)} for these people, in one query."""
        found = {}
        for user, first, last in (
            self.filter(user__in=users).order_by("from_on").values_list("user", "from_on", "until_on")
        ):
            found[user] = (*found.get(user, ()), (first, last))
        return found


class ReviewerAbsence(models.Model):
    """Days, both included, on which a reviewer reads nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="reviewer_absences"
    )
    from_on = models.DateField("absent du")
    until_on = models.DateField("au (inclus)")

    objects = ReviewerAbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence d'un instructeur"
        verbose_name_plural = "absences des instructeurs"
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(name="an_absence_ends_after_it_begins", condition=Q(until_on__gte=F("from_on"))),
            models.UniqueConstraint(name="one_absence_per_person_and_day", fields=["user", "from_on"]),
        ]

    def __str__(self):
        return f"du {self.from_on:%d/%m/%Y} au {self.until_on:%d/%m/%Y}"
