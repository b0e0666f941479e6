"""Who may act: users, the ministries and legal bodies they act for, and the dated capacities that give rights."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class UserQuerySet(models.QuerySet):
    def in_capacity(self, *roles, today):
        """Users who hold one of these roles on that day."""
        return self.filter(
            pk__in=Capacity.objects.in_force(today).filter(role__in=roles).values("user_id"), is_active=True
        )

    def exclude_person(self, person):
        return self.exclude(pk=person.pk)

    def by_name(self):
        return self.order_by("last_name", "first_name", "pk")


class UserDirectory(BaseUserManager.from_queryset(UserQuerySet)):
    """Finds users by e-mail, whatever its case."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account. The e-mail is the name; rights come from memberships and capacities alone."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    is_active = models.BooleanField("compte actif", default=True)
    joined_at = models.DateTimeField("inscription", auto_now_add=True)

    objects = UserDirectory()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    is_superuser = False  # there is no such thing here: see Capacity
    is_staff = False

    class Meta:
        verbose_name = "personne"
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email_whatever_its_case")]

    def __str__(self):
        return self.get_full_name()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self):
        return self.first_name or self.email

    def has_perm(self, permission, obj=None):
        """Django's own permissions are not used: rights are capacities and memberships."""
        return False

    def has_module_perms(self, label):
        return False


class DatedQuerySet(models.QuerySet):
    def in_force(self, today):
        """Those of that day (both ends included)."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=today), from_on__lte=today)


class MinistryQuerySet(models.QuerySet):
    def in_force(self, today):
        """The ministries that exist on that day (both ends included)."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=today), from_on__lte=today)


class Ministry(models.Model):
    """A ministry that sends reviewers, with the dates of its attributions."""

    code = models.SlugField("code", unique=True)
    name = models.CharField("intitulé", max_length=200)
    short_name = models.CharField("nom court", max_length=60)
    from_on = models.DateField("à partir du")
    until_on = models.DateField("jusqu'au (inclus)", null=True, blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "ministère"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ministry_ends_after_it_begins", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            )
        ]

    def __str__(self):
        return self.short_name


class LegalBody(models.Model):
    """The legal person behind the portal over a period: it signs the documents of that period."""

    name = models.CharField("dénomination", max_length=200)
    address = models.TextField("adresse")
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    signatory_name = models.CharField("signataire", max_length=120)
    signatory_title = models.CharField("qualité du signataire", max_length=200)
    silence_months = models.PositiveSmallIntegerField("mois de silence avant une décision implicite", default=2)
    silence_meaning = models.CharField(
        "ce que vaut le silence", max_length=300, blank=True, help_text="une phrase, avec l'article qui le dit"
    )
    remedies = models.TextField("voies et délais de recours", blank=True)
    from_on = models.DateField("à partir du")
    until_on = models.DateField("jusqu'au (inclus)", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "personne morale"
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="legal_body_ends_after_it_begins", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            )
        ]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    REVIEWER = "reviewer", "instructeur"
    REGIONAL_SERVICE = "regional_service", "service régional de l'État"
    OFFICER = "officer", "chargé de mission"
    COMMITTEE_MEMBER = "committee_member", "membre du comité"
    DIRECTOR = "director", "directeur (premier signataire)"
    SECOND_SIGNATORY = "second_signatory", "second signataire"
    PAYMENT_OFFICER = "payment_officer", "responsable des paiements"
    TECHNICAL_ADMIN = "technical_admin", "administrateur technique"


class CapacityQuerySet(DatedQuerySet):
    def overlapping(self, first, last):
        """Capacities in force on at least one day from `first` to `last` (included; None is without end)."""
        begun = Q() if last is None else Q(from_on__lte=last)
        return self.filter(begun, Q(until_on=None) | Q(until_on__gte=first))

    def not_over(self, today):
        """In force that day, or to come."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=today))

    def in_role(self, role):
        return self.filter(role=role) if role else self

    def for_page(self):
        return self.select_related("user", "ministry", "region").order_by(
            "role", "user__last_name", "user__first_name", "pk"
        )


class Capacity(models.Model):
    """A right to act outside one's own structure, from a day to a day: the only source of such rights."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="personne", related_name="capacities")
    role = models.CharField("rôle", max_length=20, choices=Role)
    ministry = models.ForeignKey(Ministry, models.PROTECT, verbose_name="ministère", null=True, blank=True)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="région", null=True, blank=True)
    from_on = models.DateField("à partir du")
    until_on = models.DateField("jusqu'au (inclus)", null=True, blank=True)

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = "habilitation"
        constraints = [
            models.CheckConstraint(
                name="capacity_ends_after_it_begins", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="a_reviewer_comes_from_a_ministry", condition=~Q(role="reviewer") | Q(ministry__isnull=False)
            ),
            models.CheckConstraint(
                name="only_a_regional_service_has_a_region_and_it_has_one",
                condition=Q(role="regional_service", region__isnull=False)
                | (~Q(role="regional_service") & Q(region=None)),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} ({self.place})" if self.place else self.get_role_display()

    def is_in_force(self, today):
        """As `DatedQuerySet.in_force` says it."""
        return self.from_on <= today and (self.until_on is None or self.until_on >= today)

    @property
    def place(self):
        """The ministry or the region it is held for; empty for the whole programme."""
        return self.ministry or self.region or ""
