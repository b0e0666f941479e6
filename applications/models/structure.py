"""The structures that carry trainings, their members, their trainings and the places where these are given."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from stdnum.fr import siret as siret_number

from gen_portal.core import access
from gen_portal.core.models import Commune, Role
from gen_portal.core.references import as_typed, new_reference
from gen_portal.core.text import fold


class LegalForm(models.TextChoices):
    ASSOCIATION = "association", "association"
    COMPANY = "company", "société"
    PUBLIC_BODY = "public_body", "établissement public"
    LOCAL_AUTHORITY = "local_authority", "collectivité territoriale"
    INTEREST_GROUP = "interest_group", "groupement d'intérêt public"
    OTHER = "other", "autre"


class JobFamily(models.TextChoices):
    """Families of digital jobs (domain.md §5.3)."""

    DEV = "dev", "Développement web, mobile et logiciel"
    SYSNET = "sysnet", "Systèmes, réseaux et assistance"
    DATA_AI = "data_ai", "Données et intelligence artificielle"
    CYBER = "cyber", "Cybersécurité"
    DESIGN = "design", "Design, image et contenus"
    MARKETING = "marketing", "Marketing et commerce en ligne"
    MEDIATION = "mediation", "Médiation et formation numériques"
    MAKING = "making", "Objets connectés et fabrication numérique"
    PROJECT = "project", "Gestion de projet"
    OTHER = "other", "Autre métier du numérique"


def validate_siret(value):
    """14 digits with a right key, La Poste's exception included (python-stdnum)."""
    if not siret_number.is_valid(value):
        raise ValidationError(
            "Ce numéro SIRET n'est pas valide : vérifiez ses 14 chiffres, ils figurent sur l'avis de situation SIRENE."
        )


#: Where enterprises have a local number instead of a SIRET: Wallis-et-Futuna, Polynésie française (TAHITI),
#: Nouvelle-Calédonie (RIDET). See docs/decisions/0021.
WITHOUT_SIRENE = ("986", "987", "988")

validate_rna = RegexValidator(
    r"^W\d[0-9A-Z]\d{7}$",
    "Un numéro RNA commence par W, suivi de neuf chiffres (parfois une lettre outre-mer) : il figure sur le récépissé.",
)
validate_overseas_number = RegexValidator(
    r"^[A-Z0-9]{6,10}$",
    "Ce numéro compte de 6 à 10 chiffres ou lettres, sans signe : par exemple 123456 (TAHITI) ou 1234567001 (RIDET).",
)


class StructureQuerySet(models.QuerySet):
    def of_member(self, user):
        return self.filter(memberships__user=user)

    def writable_by(self, user):
        """Those for which a person may start and write dossiers."""
        return self.filter(
            memberships__user=user, memberships__role__in=[MemberRole.EDITOR, MemberRole.OWNER]
        )  # fmt: skip

    def owned_by(self, user):
        """Those for which a person answers."""
        return self.filter(memberships__user=user, memberships__role=MemberRole.OWNER).order_by("name", "pk")

    def visible_to(self, user):
        """One's own, and all of them for those who run the calls."""
        if not user.is_authenticated:
            return self.none()
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
            return self
        return self.filter(pk__in=user.memberships.values("structure_id"))

    def other_than(self, row):
        return self.exclude(pk=row.pk)

    def with_siren(self, siren):
        """Of one legal person; nobody shares an empty number."""
        return self.filter(siret__startswith=siren) if siren else self.none()

    def named(self, text):
        """The one of this SIRET or of this reference, however it was typed; None when there is none."""
        digits = "".join(text.split())
        return self.filter(Q(siret=digits) | Q(reference=as_typed(text))).order_by("pk").first()

    def for_page(self):
        return self.select_related("commune__department__region").order_by("name", "pk")


class Structure(models.Model):
    """An organisation that carries trainings. Its members act for it."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    name = models.CharField("dénomination", max_length=160)
    folded_name = models.CharField(max_length=160, editable=False, db_index=True)
    acronym = models.CharField("sigle", max_length=30, blank=True)
    legal_form = models.CharField("forme juridique", max_length=20, choices=LegalForm)
    siret = models.CharField("numéro SIRET", max_length=14, blank=True, validators=[validate_siret], db_index=True)
    rna = models.CharField("numéro RNA (association)", max_length=10, blank=True, validators=[validate_rna])
    overseas_number = models.CharField(
        "numéro outre-mer (TAHITI, RIDET…)", max_length=10, blank=True, validators=[validate_overseas_number]
    )
    no_number_reason = models.CharField("pourquoi aucun numéro", max_length=200, blank=True)
    street = models.CharField("numéro et voie", max_length=200)
    postcode = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="commune", related_name="+")
    website = models.URLField("site internet", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    representative_name = models.CharField("représentant légal", max_length=120)
    representative_role = models.CharField("qualité du représentant légal", max_length=120)
    created_at = models.DateTimeField("inscrite")

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure porteuse"
        verbose_name_plural = "structures porteuses"
        constraints = [
            models.CheckConstraint(
                name="a_structure_has_a_number_or_says_why_not",
                condition=~Q(siret="", rna="", overseas_number="", no_number_reason=""),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.folded_name = fold(self.name)
        super().save(*args, **kwargs)

    @property
    def siren(self):
        """Empty while the structure has no SIRET."""
        return self.siret[:9]

    @property
    def has_filing_number(self):
        """Whether its dossiers may be filed: a SIRET, or the local number where SIRET are not given."""
        return bool(self.siret) or (bool(self.overseas_number) and self.commune.department_id in WITHOUT_SIRENE)

    @property
    def numbers(self):
        """(label, number) of those it has."""
        told = (("SIRET", self.siret), ("RNA", self.rna), ("Numéro outre-mer", self.overseas_number))
        return [(label, number) for label, number in told if number]

    @property
    def time_zone(self):
        return self.commune.time_zone


class MemberRole(models.TextChoices):
    OWNER = "owner", "responsable"
    EDITOR = "editor", "rédacteur"
    READER = "reader", "lecteur"


class MembershipQuerySet(models.QuerySet):
    def owners(self):
        return self.filter(role=MemberRole.OWNER)

    def writers(self):
        """Those who may answer: owners and editors."""
        return self.filter(role__in=[MemberRole.OWNER, MemberRole.EDITOR])

    def for_page(self):
        """Owners first, then by name."""
        rank = models.Case(
            models.When(role=MemberRole.OWNER, then=0), models.When(role=MemberRole.EDITOR, then=1), default=2
        )
        return self.select_related("user").order_by(rank, "user__last_name", "user__first_name", "pk")


class Membership(models.Model):
    """A person's place in a structure: readers read, editors write, owners also file and withdraw."""

    structure = models.ForeignKey(Structure, models.PROTECT, verbose_name="structure", related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="memberships"
    )
    role = models.CharField("rôle", max_length=10, choices=MemberRole)
    since_at = models.DateTimeField("depuis")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "appartenance"
        constraints = [
            models.UniqueConstraint(name="one_membership_per_person_and_structure", fields=["structure", "user"])
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()} de {self.structure}"


class TrainingQuerySet(models.QuerySet):
    def for_choice(self):
        return self.select_related("structure").order_by("structure__name", "title", "pk")


class Training(models.Model):
    """What is taught, by one structure: it lives from the first draft to the last follow-up."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    structure = models.ForeignKey(Structure, models.PROTECT, verbose_name="structure", related_name="trainings")
    title = models.CharField("intitulé de la formation", max_length=160)
    created_at = models.DateTimeField("créée")

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "formation"

    def __str__(self):
        return self.title


class SiteQuerySet(models.QuerySet):
    def for_page(self):
        return self.select_related("commune__department__region").order_by("name", "pk")


class Site(models.Model):
    """A place of a structure where trainings are given. Its position is at least that of its commune."""

    structure = models.ForeignKey(Structure, models.PROTECT, verbose_name="structure", related_name="sites")
    name = models.CharField("nom du lieu", max_length=160)
    street = models.CharField("numéro et voie", max_length=200)
    postcode = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="commune", related_name="+")
    is_in_priority_area = models.BooleanField("dans un quartier prioritaire (QPV)", default=False)
    is_in_rural_area = models.BooleanField("dans une zone de revitalisation rurale (ZRR)", default=False)
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True, blank=True)
    seat_count = models.PositiveSmallIntegerField("places d'accueil", null=True, blank=True)
    equipment = models.TextField("équipement", max_length=1000, blank=True)
    opens_on = models.DateField("date d'ouverture", null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = "site"
        constraints = [
            models.CheckConstraint(
                name="a_site_is_placed_by_two_coordinates_or_none",
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
            ),
            models.CheckConstraint(
                name="a_site_is_somewhere_on_earth",
                condition=Q(latitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.commune.name})"

    @property
    def position(self):
        """(latitude, longitude): its own, else the middle of its commune; None where neither is known."""
        if self.latitude is not None:
            return self.latitude, self.longitude
        known = self.commune.latitude is not None and self.commune.longitude is not None
        return (self.commune.latitude, self.commune.longitude) if known else None

    @property
    def precision(self):
        """How exact the position is, in words."""
        if self.latitude is not None:
            return "point placé par la structure"
        return "centre de la commune" if self.position else "position inconnue"


class TrainingSession(models.Model):
    """A dated run of a training ("promotion") with its seats."""

    training = models.ForeignKey(Training, models.PROTECT, verbose_name="formation", related_name="sessions")
    starts_on = models.DateField("début")
    seat_count = models.PositiveSmallIntegerField("places")

    class Meta:
        verbose_name = "promotion"
        ordering = ["starts_on", "pk"]
        constraints = [models.CheckConstraint(name="a_session_has_seats", condition=Q(seat_count__gte=1))]

    def __str__(self):
        return f"Promotion du {self.starts_on:%d/%m/%Y}"
