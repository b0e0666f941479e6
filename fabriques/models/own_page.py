"""What a fabrique writes of itself for the public: a draft, the versions it published, its photographs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fabriques.models.fabrique import Fabrique
from gen_portal.core.models import StoredFile


class PageState(models.TextChoices):
    DRAFT = "draft", "pas en ligne"
    PUBLISHED = "published", "en ligne"
    HELD = "held", "retenue par l'équipe"
    ASKED = "asked", "nouvel examen demandé"


#: Kept back by staff: nothing of what the fabrique wrote is shown to anybody else.
HELD_STATES = (PageState.HELD, PageState.ASKED)


class FabriquePageQuerySet(models.QuerySet):
    def in_state(self, state):
        return self.filter(state=state)

    def ever_published(self):
        """Those that officers may look at: a draft is its fabrique's alone."""
        return self.exclude(state=PageState.DRAFT)

    def to_look_at(self):
        """Corrected, and waiting for an officer."""
        return self.filter(state=PageState.ASKED)

    def for_page(self):
        """Those that wait for an officer first, then the latest published."""
        rank = models.Case(models.When(state=PageState.ASKED, then=0), default=1)
        return self.select_related("fabrique__structure__commune", "current", "held_by").order_by(
            rank, "-current__published_at", "pk"
        )


class FabriquePage(models.Model):
    """One per fabrique, from its first draft. `typed`: the draft, as typed; `current`: the version that stands."""

    fabrique = models.OneToOneField(Fabrique, models.PROTECT, verbose_name="fabrique", related_name="page")
    state = models.CharField("état", max_length=10, choices=PageState, default=PageState.DRAFT)
    typed = models.JSONField("saisie", default=dict)
    draft_version = models.PositiveIntegerField("version de la saisie", default=0)
    photos_version = models.PositiveIntegerField("version des photos", default=0)
    saved_at = models.DateTimeField("enregistrée", null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="enregistrée par", null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    current = models.ForeignKey(
        "PageVersion", models.PROTECT, verbose_name="version en vigueur", null=True, blank=True, related_name="+"
    )
    held_at = models.DateTimeField("retenue", null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="retenue par", null=True, blank=True, related_name="+"
    )
    held_reason = models.TextField("motif de la retenue", max_length=1000, blank=True)

    objects = FabriquePageQuerySet.as_manager()

    class Meta:
        verbose_name = "page d'une fabrique"
        verbose_name_plural = "pages des fabriques"
        constraints = [
            models.CheckConstraint(
                name="a_page_that_was_published_has_a_version",
                condition=Q(state=PageState.DRAFT, current=None) | Q(~Q(state=PageState.DRAFT), current__isnull=False),
            ),
            models.CheckConstraint(
                name="a_page_is_held_by_somebody_for_a_reason",
                condition=(Q(state__in=HELD_STATES, held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason=""))
                | Q(~Q(state__in=HELD_STATES), held_at=None, held_by=None, held_reason=""),
            ),
        ]

    def __str__(self):
        return f"page de {self.fabrique}"

    @property
    def is_public(self):
        return self.state == PageState.PUBLISHED

    @property
    def is_held(self):
        return self.state in HELD_STATES

    @property
    def mark(self):
        """What tells two states of the draft and its photographs apart."""
        return f"{self.draft_version}.{self.photos_version}"

    def shows(self, sha256):
        """Whether the public sees this photograph on it."""
        return self.is_public and self.has(sha256)

    def has(self, sha256):
        """Whether the version that stands has this photograph."""
        return any(photo["sha256"] == sha256 for photo in self.current.content["photos"])


class PageVersion(models.Model):
    """A page as it was published, or handed to the officer who holds it back; it never changes."""

    page = models.ForeignKey(FabriquePage, models.PROTECT, verbose_name="page", related_name="versions")
    number = models.PositiveIntegerField("numéro")
    content = models.JSONField("contenu")
    published_at = models.DateTimeField("publiée")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="publiée par", related_name="+"
    )

    class Meta:
        verbose_name = "version d'une page"
        verbose_name_plural = "versions d'une page"
        constraints = [models.UniqueConstraint(name="a_page_numbers_its_versions", fields=["page", "number"])]

    def __str__(self):
        return f"version {self.number}"


class PagePhotoQuerySet(models.QuerySet):
    def current(self):
        return self.filter(removed_at=None).order_by("position", "pk")

    def with_address(self, sha256):
        """Every page that has this very photograph."""
        return self.filter(sha256=sha256).select_related(
            "page__current", "page__fabrique__structure", "large", "small"
        )  # fmt: skip


class PagePhoto(models.Model):
    """A photograph drawn again by the portal in two sizes; what was sent is not kept. Removing it hides it from the next
    version; the address of a photograph holds the fingerprint of the larger one."""

    page = models.ForeignKey(FabriquePage, models.PROTECT, verbose_name="page", related_name="photos")
    sha256 = models.CharField("empreinte SHA-256", max_length=64, db_index=True)
    large = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="grande", related_name="+")
    small = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="petite", related_name="+")
    alt = models.CharField("description", max_length=200, blank=True)
    is_decorative = models.BooleanField("décorative", default=False)
    position = models.PositiveSmallIntegerField("place")
    joined_at = models.DateTimeField("jointe")
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="jointe par", related_name="+")
    removed_at = models.DateTimeField("retirée", null=True, blank=True)

    objects = PagePhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "photographie d'une page"
        verbose_name_plural = "photographies d'une page"
        constraints = [
            models.UniqueConstraint(
                name="a_page_shows_a_photo_once", fields=["page", "sha256"], condition=Q(removed_at=None)
            ),
            models.CheckConstraint(
                name="a_photo_is_described_or_said_decorative",
                condition=Q(is_decorative=True, alt="") | (Q(is_decorative=False) & ~Q(alt="")),
            ),
        ]

    def __str__(self):
        return self.alt or "image décorative"

    @property
    def told(self):
        """What a version keeps of it."""
        return {"sha256": self.sha256, "alt": self.alt}
