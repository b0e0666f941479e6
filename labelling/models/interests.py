"""Declarations of interests: what a reviewer says before opening the files of a call, kept as it was signed."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from applications.models import Call


class LinkKind(models.TextChoices):
    """What may link a person to a body that applies, or to a partner of one."""

    EMPLOYER = "employer", "employeur actuel"
    PAST_EMPLOYER = "past_employer", "employeur des cinq dernières années"
    MANDATE = "mandate", "mandat ou fonction dirigeante"
    MONEY = "money", "participation, conseil ou travail rémunéré"
    CLOSE = "close", "proche qui y travaille ou la dirige"
    OTHER = "other", "autre lien"


#: What is signed, word for word: no benefit, no contact, confidentiality (domain.md §7).
STATEMENTS = {
    "no_benefit": "Je ne tirerai aucun avantage, financier, professionnel ou personnel, de l'issue de cet appel.",
    "no_contact": "Je ne parlerai d'aucun dossier avec les structures qui candidatent, ni avec leurs partenaires.",
    "confidential": "Je garderai pour moi les dossiers, les évaluations et les débats, pendant et après l'appel.",
}


@dataclass(frozen=True)
class WaitingCall:
    """A call whose dossiers wait for somebody's declaration, and how many they are."""

    call: Call
    count: int

    @property
    def words(self):
        return "un dossier vous attend" if self.count == 1 else f"{self.count} dossiers vous attendent"


class InterestDeclarationQuerySet(models.QuerySet):
    def in_force(self, today):
        return self.filter(valid_until_on__gt=today)

    def of(self, user, call):
        return self.filter(user=user, call=call)

    def by(self, user):
        return self.filter(user=user)

    def for_call(self, call):
        return self.filter(call=call)

    def latest_first(self):
        return self.select_related("user", "call").order_by("-signed_at", "-pk")

    def latest_of(self, users):
        """The latest declaration of each of these people, whatever the call: what is known of them today."""
        newer = self.model.objects.filter(user=OuterRef("user"), signed_at__gt=OuterRef("signed_at"))
        return self.filter(~Exists(newer), user__in=users).order_by("user", "pk")


class InterestDeclaration(models.Model):
    """What a person declared and signed for a call. Never changed: what is new is declared again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="interest_declarations"
    )
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="interest_declarations")
    content = models.JSONField("contenu signé")
    sha256 = models.CharField("empreinte SHA-256 du contenu", max_length=64)
    signed_at = models.DateTimeField("signée")
    valid_until_on = models.DateField("à renouveler le", help_text="ce jour exclu")

    objects = InterestDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration d'intérêts"
        verbose_name_plural = "déclarations d'intérêts"
        indexes = [models.Index(fields=["user", "call", "valid_until_on"], name="declarations_in_force")]

    def __str__(self):
        return f"Déclaration de {self.user} pour {self.call}"

    @property
    def links(self):
        """The bodies declared: dictionaries of kind, name, siren and detail."""
        return self.content["links"]

    @property
    def links_in_words(self):
        return [{**link, "kind_label": LinkKind(link["kind"]).label} for link in self.links]

    @property
    def statements(self):
        return self.content["statements"]
