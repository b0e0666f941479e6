"""Who of the team follows a dossier, and who stands in: named for a region of a call, or for one dossier."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from applications.models.application import Application
from applications.models.call import Call
from gen_portal.core.models import Capacity, Region, Role, User


def active_officers(today):
    """The people who may follow dossiers that day, by name."""
    return User.objects.in_capacity(Role.OFFICER, today=today).by_name()


def followed_by(dossiers, user, today):
    """Of some dossiers, those that an officer follows, or follows in the place of somebody who left the team."""
    active = Capacity.objects.in_force(today).filter(role=Role.OFFICER, user__is_active=True).values("user")
    rows = DossierOfficer.objects.all()
    named = rows.filter(Q(officer=user) | Q(substitute=user) & ~Q(officer__in=active))
    region = OuterRef("training__structure__commune__department__region")
    here = Exists(named.filter(application=OuterRef("pk")))
    of_region = Exists(named.filter(application=None, call=OuterRef("call"), region=region))
    return dossiers.filter(here | ~Exists(rows.filter(application=OuterRef("pk"))) & of_region)


class DossierOfficerQuerySet(models.QuerySet):
    def of_regions(self, call):
        """The table of a call."""
        return self.filter(call=call, application=None).select_related("region", "officer", "substitute")

    def of_dossier(self, application):
        """Who was named for this very dossier; None when the region's table says it."""
        return self.filter(application=application).select_related("officer", "substitute").first()

    def for_dossier(self, application):
        """What decides for a dossier: its own row before that of its region."""
        region = application.training.structure.commune.department.region_id
        here = Q(application=application) | Q(application=None, call=application.call_id, region=region)
        found = self.filter(here).select_related("officer", "substitute")
        return found.order_by(F("application").asc(nulls_last=True)).first()


class DossierOfficer(models.Model):
    """An officer and their substitute for the dossiers of a region in a call, or for one dossier of it."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="officers")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", null=True, blank=True, related_name="+")
    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", null=True, blank=True, related_name="officers"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="chargé de mission", related_name="+"
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="suppléant", null=True, blank=True, related_name="+"
    )

    objects = DossierOfficerQuerySet.as_manager()

    class Meta:
        verbose_name = "chargé de mission d'un dossier"
        verbose_name_plural = "chargés de mission des dossiers"
        constraints = [
            models.CheckConstraint(
                name="an_officer_follows_a_region_or_a_dossier",
                condition=Q(region=None, application__isnull=False) | Q(region__isnull=False, application=None),
            ),
            models.CheckConstraint(
                name="an_officer_is_not_their_own_substitute", condition=~Q(substitute=F("officer"))
            ),
            models.UniqueConstraint(
                name="one_officer_per_call_and_region", fields=["call", "region"], condition=Q(application=None)
            ),
            models.UniqueConstraint(
                name="one_officer_per_dossier", fields=["application"], condition=Q(application__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.officer} ({self.substitute or 'sans suppléant'})"


@dataclass(frozen=True)
class Following:
    """Who follows a dossier on a day: those named, and who acts; nobody where none of them is an officer any more."""

    officer: User | None = None
    substitute: User | None = None
    acting: User | None = None
    is_own: bool = False

    @property
    def is_replaced(self):
        return self.acting is not None and self.acting != self.officer


def following_of(application, today):
    """Two queries."""
    row = DossierOfficer.objects.for_dossier(application)
    if row is None:
        return Following()
    wanted = [user for user in (row.officer, row.substitute) if user is not None]
    held = Capacity.objects.in_force(today).filter(role=Role.OFFICER, user__in=wanted, user__is_active=True)
    active = set(held.values_list("user", flat=True))
    acting = next((user for user in wanted if user.pk in active), None)
    return Following(row.officer, row.substitute, acting, row.application_id is not None)
