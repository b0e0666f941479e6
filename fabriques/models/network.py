"""What fabriques tell one another: contacts, and what each offers to or seeks from the others."""

from django.db import models
from django.db.models import Q

from fabriques.models.fabrique import Fabrique


class NetworkTag(models.TextChoices):
    """The closed list of what fabriques do together."""

    TRAINERS = "formateurs", "partage de formateurs"
    TRAINING_TRAINERS = "formation-formateurs", "formation de formateurs"
    EQUIPMENT = "materiel", "prêt de matériel"
    PREMISES = "locaux", "mise à disposition de locaux"
    FABLAB = "atelier", "atelier de fabrication (fablab)"
    RESOURCES = "ressources", "ressources pédagogiques à partager"
    DISTANCE = "distance", "formation à distance"
    DISABILITY = "handicap", "accueil de public en situation de handicap"
    WOMEN = "femmes", "accès des femmes aux métiers du numérique"
    PRIORITY_AREAS = "quartiers", "recrutement en quartier prioritaire"
    RURAL = "rural", "formation en zone rurale"
    FRENCH = "francais", "français langue étrangère et remise à niveau"
    EMPLOYERS = "employeurs", "réseau d'employeurs et stages"
    CERTIFICATION = "certification", "certification et jurys"
    FUNDING = "financement", "montage financier et réponse commune à des appels"
    HOUSING = "logement", "logement et mobilité des apprenants"


class OfferKind(models.TextChoices):
    OFFERS = "propose", "propose"
    SEEKS = "recherche", "recherche"


class NetworkOffer(models.Model):
    """One thing that a fabrique offers to the others, or seeks from them."""

    fabrique = models.ForeignKey(Fabrique, models.PROTECT, verbose_name="fabrique", related_name="offers")
    tag = models.CharField("sujet", max_length=20, choices=NetworkTag)
    kind = models.CharField("sens", max_length=9, choices=OfferKind)

    class Meta:
        verbose_name = "offre ou demande du réseau"
        verbose_name_plural = "offres et demandes du réseau"
        constraints = [
            models.UniqueConstraint(name="a_fabrique_says_a_tag_once_each_way", fields=["fabrique", "tag", "kind"])
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.get_tag_display()}"


class FabriqueContactQuerySet(models.QuerySet):
    def public(self):
        """Agreed to on the public page."""
        return self.filter(is_public=True).order_by("position", "pk")

    def shared(self):
        """Agreed to in the directory of the other fabriques."""
        return self.filter(is_shared=True).order_by("position", "pk")

    def for_page(self):
        return self.order_by("position", "pk")


class FabriqueContact(models.Model):
    """Whom to write to or to call. It is in no version: what is no longer agreed to is gone at once, and for good."""

    fabrique = models.ForeignKey(Fabrique, models.PROTECT, verbose_name="fabrique", related_name="contacts")
    name = models.CharField("nom", max_length=120, blank=True)
    function = models.CharField("fonction", max_length=120)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    is_public = models.BooleanField("publié sur la page", default=False)
    is_shared = models.BooleanField("partagé avec les autres fabriques", default=False)
    position = models.PositiveSmallIntegerField("place")

    objects = FabriqueContactQuerySet.as_manager()

    class Meta:
        verbose_name = "contact d'une fabrique"
        verbose_name_plural = "contacts d'une fabrique"
        constraints = [
            models.CheckConstraint(name="a_contact_can_be_reached", condition=~Q(email="", phone="")),
        ]

    def __str__(self):
        return f"{self.function} ({self.name})" if self.name else self.function
