"""Who engages the structure: signatures, each of an exact content, and links for those who sign without an account."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.links import hashed
from applications.models.application import Application, Attachment

REQUEST_LIFE = timedelta(days=14)


class SignatureKind(models.TextChoices):
    REPRESENTATIVE = "representative", "signature du représentant déclaré, en déposant"
    MANDATE = "mandate", "signature par mandat"
    LINK = "link", "signature par lien personnel"


class SignatureQuerySet(models.QuerySet):
    def of_content(self, digest):
        """Those that hold for a content, by its SHA-256 (hex)."""
        return self.filter(content_sha256=digest)

    def latest_first(self):
        return self.select_related("signed_by", "mandate_document__file").order_by("-signed_at", "-pk")


class Signature(models.Model):
    """Somebody engaged the structure on one exact content. It holds for this content alone: a change asks for another."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="signatures")
    kind = models.CharField("manière", max_length=14, choices=SignatureKind)
    name = models.CharField("signataire", max_length=120)
    role = models.CharField("qualité du signataire", max_length=120)
    content_sha256 = models.CharField("empreinte SHA-256 du contenu signé", max_length=64)
    signed_at = models.DateTimeField("signé")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="compte", null=True, blank=True, related_name="+"
    )
    mandate_given_by = models.CharField("mandat donné par", max_length=250, blank=True)
    mandate_on = models.DateField("date du mandat", null=True, blank=True)
    mandate_document = models.ForeignKey(
        Attachment, models.PROTECT, verbose_name="document du mandat", null=True, blank=True, related_name="+"
    )
    is_mandate_declared = models.BooleanField("mandat déclaré sur l'honneur", default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        indexes = [models.Index(fields=["application", "content_sha256"], name="signatures_of_a_content")]
        constraints = [
            models.CheckConstraint(
                name="a_signature_comes_from_an_account_or_from_a_link",
                condition=Q(kind="link", signed_by=None) | (~Q(kind="link") & Q(signed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_mandate_has_a_giver_a_day_and_a_document_or_a_declaration",
                condition=~Q(kind="mandate")
                | (
                    ~Q(mandate_given_by="")
                    & Q(mandate_on__isnull=False)
                    & (Q(is_mandate_declared=True) | Q(mandate_document__isnull=False))
                ),
            ),
            models.CheckConstraint(name="a_signatory_has_a_name_and_a_role", condition=~Q(name="") & ~Q(role="")),
        ]

    def __str__(self):
        return f"{self.name}, {self.role}"


class SignatureRequestQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(signature=None, cancelled_at=None)

    def with_token(self, token):
        return self.filter(token_hash=hashed(token))

    def for_page(self):
        return self.select_related(
            "application__call__grant_rule", "application__training__structure", "requested_by", "signature"
        ).order_by("-sent_at", "-pk")  # fmt: skip


class SignatureRequest(models.Model):
    """A link that lets the reader of one mail read a dossier and sign it, once, within fourteen days."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", related_name="signature_requests"
    )
    email = models.EmailField("adresse électronique")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="demandée par", related_name="+"
    )
    sent_at = models.DateTimeField("envoyée")
    expires_at = models.DateTimeField("valable jusqu'à (exclu)")
    signature = models.OneToOneField(
        Signature, models.PROTECT, verbose_name="signature", null=True, blank=True, related_name="request"
    )
    cancelled_at = models.DateTimeField("annulée", null=True, blank=True)

    objects = SignatureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de signature"
        constraints = [
            models.UniqueConstraint(
                name="one_pending_signature_request_per_application",
                fields=["application"],
                condition=Q(signature=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="a_signature_request_ends_once", condition=Q(signature=None) | Q(cancelled_at=None)
            ),
            models.CheckConstraint(
                name="a_signature_request_ends_after_it_was_sent", condition=Q(expires_at__gt=F("sent_at"))
            ),
        ]

    def __str__(self):
        return f"{self.email} pour {self.application}"

    def is_open(self, at):
        return self.signature_id is None and self.cancelled_at is None and at < self.expires_at
