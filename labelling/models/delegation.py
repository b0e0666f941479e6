"""Who signs in the name of a signatory, from a day to a day, up to an amount."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from gen_portal.core.models import Capacity, Role

#: The two signatures, each with what its holder is called.
SIGNING_ROLES = (Role.DIRECTOR, Role.SECOND_SIGNATORY)


def other_role(role):
    """The role that gives the other signature."""
    return Role.SECOND_SIGNATORY if role == Role.DIRECTOR else Role.DIRECTOR


class SignatureDelegationQuerySet(models.QuerySet):
    def in_force(self, today):
        """Of that day, not taken back, by somebody who still holds the role they delegate."""
        holders = Capacity.objects.in_force(today).filter(user=OuterRef("delegator"), role=OuterRef("role"))
        return self.not_over(today).filter(Exists(holders), from_on__lte=today)

    def not_over(self, today):
        """Neither taken back nor past."""
        return self.filter(ended_at=None, until_on__gte=today)

    def held_by(self, person, role):
        """The widest first: the one that binds nothing, then by amount."""
        return self.filter(delegate=person, role=role).select_related("delegator").order_by(
            F("max_grant_euros").desc(nulls_first=True), "pk"
        )  # fmt: skip

    def given_by(self, person):
        return self.filter(delegator=person).select_related("delegate").order_by("-from_on", "-pk")

    def overlapping(self, first, last):
        return self.filter(ended_at=None, from_on__lte=last, until_on__gte=first)

    def between(self, delegator, delegate, role):
        return self.filter(delegator=delegator, delegate=delegate, role=role)

    def for_role(self, role):
        return self.filter(role=role)

    def to(self, person):
        return self.filter(delegate=person)


class SignatureDelegation(models.Model):
    """A signatory lets a named person sign; it ends by its date, or at once when it is taken back."""

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="délégant", related_name="signature_delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="délégataire", related_name="signature_delegations_held"
    )
    role = models.CharField("signature", max_length=20, choices=[(role.value, role.label) for role in SIGNING_ROLES])
    from_on = models.DateField("à partir du")
    until_on = models.DateField("jusqu'au (inclus)")
    max_grant_euros = models.PositiveIntegerField("jusqu'à une subvention de, en euros", null=True, blank=True)
    given_at = models.DateTimeField("donnée")
    ended_at = models.DateTimeField("reprise", null=True, blank=True)

    objects = SignatureDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "délégation de signature"
        verbose_name_plural = "délégations de signature"
        constraints = [
            models.CheckConstraint(
                name="a_delegation_ends_after_it_begins", condition=Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="nobody_delegates_to_oneself", condition=~Q(delegator=F("delegate"))
            ),
            models.CheckConstraint(
                name="a_delegation_is_taken_back_after_it_is_given",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="only_signatures_are_delegated", condition=Q(role__in=["director", "second_signatory"])
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"par délégation de {self.delegator.get_full_name()}"

    def standing(self, today):
        """« en cours », « à venir », « reprise » or « passée »."""
        if self.ended_at:
            return "reprise"
        if self.until_on < today:
            return "passée"
        return "en cours" if self.from_on <= today else "à venir"
