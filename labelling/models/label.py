"""The label of a training for its sites; what happens to it is told by dated events, never by a state."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from applications.models import EntryLevel, JobFamily, Site, Submission, Training
from gen_portal.core.models import Commune
from gen_portal.core.references import new_reference
from labelling.models.decision import Decision


class LabelEventKind(models.TextChoices):
    AWARDED = "awarded", "attribué"
    SUSPENDED = "suspended", "suspendu"
    RESUMED = "resumed", "rétabli"
    GIVEN_UP = "given_up", "abandonné par son titulaire"
    REVOKED = "revoked", "retiré"


#: Events after which a label is never in force again.
FINAL_EVENTS = (LabelEventKind.GIVEN_UP, LabelEventKind.REVOKED)


class LabelQuerySet(models.QuerySet):
    def published(self):
        return self.filter(decision__published_at__isnull=False)

    def in_force(self, on, known_before=None):
        """Begun, not over, not lost on that day; as it was known before an instant, when one is given.

        Suspensions come with the issue that makes them.
        """
        return self.known(known_before).filter(~_lost(on, known_before), starts_on__lte=on, ends_on__gt=on)

    def over(self, on, known_before=None):
        """Begun, and no longer in force on that day: at its term, or lost before it."""
        begun = self.known(known_before).filter(starts_on__lte=on)
        return begun.filter(Q(ends_on__lte=on) | _lost(on, known_before))

    def known(self, before):
        """Those whose decision was published before an instant; None asks nothing."""
        return self.filter(decision__published_at__lt=before) if before else self

    def in_force_between(self, first, until):
        """In force on at least one day of [first, until)."""
        lost = LabelEvent.objects.filter(label=OuterRef("pk"), kind__in=FINAL_EVENTS, effective_on__lte=first)
        return self.filter(~Exists(lost), starts_on__lt=until, ends_on__gt=first)

    def for_page(self):
        return self.select_related(
            "training__structure__commune__department__region", "decision__application__call"
        ).order_by("-starts_on", "pk")  # fmt: skip


def _lost(on, known_before):
    """Whether the label of the outer query was lost that day at the latest, and this was known before an instant."""
    losses = LabelEvent.objects.filter(label=OuterRef("pk"), kind__in=FINAL_EVENTS, effective_on__lte=on)
    return Exists(losses.filter(known_at__lt=known_before) if known_before else losses)


class Label(models.Model):
    """A label, with what the public may read of the training: archived from the labelled filing, never a later draft."""

    reference = models.CharField("numéro", max_length=20, unique=True, default=new_reference)
    training = models.ForeignKey(Training, models.PROTECT, verbose_name="formation", related_name="labels")
    decision = models.OneToOneField(Decision, models.PROTECT, verbose_name="décision", related_name="label")
    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name="dépôt labellisé", related_name="+")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin (exclue)")

    title = models.CharField("intitulé", max_length=160)
    summary = models.TextField("présentation", blank=True)
    job_family = models.CharField("famille de métiers", max_length=12, choices=JobFamily)
    entry_level = models.CharField("niveau demandé", max_length=6, choices=EntryLevel, blank=True)
    is_free = models.BooleanField("gratuite", default=False)
    total_hours = models.PositiveIntegerField("durée en heures", null=True, blank=True)
    first_start_on = models.DateField("première promotion", null=True, blank=True)
    on_site_percent = models.PositiveSmallIntegerField("part sur place, en %", null=True, blank=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        verbose_name = "label"
        constraints = [
            models.CheckConstraint(name="a_label_ends_after_it_begins", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self):
        return self.title

    @property
    def is_remote(self):
        """Whether nothing of it is given on the spot; what is not told is not remote."""
        return self.on_site_percent == 0


class LabelEvent(models.Model):
    """Something that happened to a label: the day it takes effect, and the instant the authority knew of it."""

    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="events")
    kind = models.CharField("nature", max_length=12, choices=LabelEventKind)
    effective_on = models.DateField("prend effet le")
    known_at = models.DateTimeField("connu")
    note = models.TextField("motif", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "événement du label"
        verbose_name_plural = "événements du label"
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="a_label_is_awarded_and_lost_once",
                fields=["label", "kind"],
                condition=Q(kind__in=["awarded", "given_up", "revoked"]),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} le {self.effective_on:%d/%m/%Y}"


class LabelSite(models.Model):
    """A place the label covers, as it was in the labelled filing; its position comes from its commune."""

    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="label_sites")
    site = models.ForeignKey(Site, models.PROTECT, verbose_name="site", related_name="+")
    name = models.CharField("nom du lieu", max_length=160)
    street = models.CharField("numéro et voie", max_length=200)
    postcode = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="commune", related_name="+")
    is_in_priority_area = models.BooleanField("en quartier prioritaire", default=False)

    class Meta:
        verbose_name = "site labellisé"
        verbose_name_plural = "sites labellisés"
        constraints = [models.UniqueConstraint(name="a_label_covers_a_site_once", fields=["label", "site"])]

    def __str__(self):
        return f"{self.name}, {self.commune.name}"


class LabelSession(models.Model):
    """A session announced in the labelled filing: when one may begin, and how many may."""

    label = models.ForeignKey(Label, models.PROTECT, verbose_name="label", related_name="sessions")
    starts_on = models.DateField("début", db_index=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    seat_count = models.PositiveIntegerField("places", null=True, blank=True)
    place = models.CharField("lieu", max_length=200, blank=True)

    class Meta:
        verbose_name = "promotion annoncée"
        verbose_name_plural = "promotions annoncées"
        ordering = ["starts_on", "pk"]

    def __str__(self):
        return f"promotion du {self.starts_on:%d/%m/%Y}"
