"""Invitations: how a person comes into a structure. The link is known to its reader alone; the database keeps its hash."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from applications.links import hashed
from applications.models.structure import MemberRole, Structure
from gen_portal.core.references import new_reference

INVITATION_LIFE = timedelta(days=7)  # safety.md A8


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        """Neither accepted nor cancelled; those whose time has passed too, for they can be sent again."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def open(self, at):
        """Pending, and still in time."""
        return self.pending().filter(expires_at__gt=at)

    def with_token(self, token):
        return self.filter(token_hash=hashed(token))

    def same_as(self, invitation):
        return self.filter(pk=invitation.pk)

    def addressed_to(self, user):
        """By one of the addresses this person proved to be theirs, whatever the case."""
        if not user.is_authenticated:
            return self.none()
        addresses = user.emailaddress_set.filter(verified=True).annotate(folded=Lower("email"))
        return self.filter(email__in=addresses.values("folded"))

    def sent_by(self, user):
        return self.filter(invited_by=user)

    def for_page(self):
        return self.select_related("structure", "invited_by").order_by("-sent_at", "-pk")


class Invitation(models.Model):
    """A place offered in a structure to whoever reads the mail of one address, for seven days, once."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    structure = models.ForeignKey(Structure, models.PROTECT, verbose_name="structure", related_name="invitations")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle proposé", max_length=10, choices=MemberRole)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="invité par", related_name="+"
    )
    sent_at = models.DateTimeField("envoyée")
    expires_at = models.DateTimeField("valable jusqu'à (exclu)")
    accepted_at = models.DateTimeField("acceptée", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="acceptée par", null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField("annulée", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                name="one_pending_invitation_per_structure_and_address",
                fields=["structure", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="an_invitation_is_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="an_invitation_is_accepted_or_cancelled_not_both",
                condition=Q(accepted_at=None) | Q(cancelled_at=None),
            ),
            models.CheckConstraint(
                name="an_invitation_is_accepted_in_its_time",
                condition=Q(accepted_at=None) | Q(accepted_at__lt=F("expires_at")),
            ),
            models.CheckConstraint(
                name="an_invitation_keeps_addresses_in_small_letters", condition=Q(email=Lower("email"))
            ),
        ]

    def __str__(self):
        return f"{self.email}, {self.get_role_display()} de {self.structure}"

    @property
    def is_pending(self):
        return self.accepted_at is None and self.cancelled_at is None

    def is_open(self, at):
        return self.is_pending and at < self.expires_at
