"""What officers do with filed reports, and where a report stands on a day: computed from its instants, never stored."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from labelling.models import LabelEvent
from labelling.models.label import FINAL_EVENTS

#: After the due day: from then on a silent training is « en défaut » (domain.md §3.3), the day of its last reminder.
DEFAULT_AFTER = timedelta(days=30)
#: A label over for longer than this is history: nobody is called about it any more.
CALLED_FOR = timedelta(days=365)


class ReportStanding(models.TextChoices):
    """Where a report stands on a day. The values are those of the urls; each report has exactly one."""

    AWAITED = "attendus", "attendu"
    LATE = "en-retard", "en retard"
    IN_DEFAULT = "en-defaut", "en défaut"
    TO_REVIEW = "a-relire", "à relire"
    ASKED_BACK = "redemandes", "à corriger par la structure"
    ACCEPTED = "acceptes", "accepté"
    FLAGGED = "signales", "signalé"


#: The words of each standing as a filter says them.
PLURALS = {
    ReportStanding.AWAITED: "attendus, dans les temps",
    ReportStanding.LATE: "en retard",
    ReportStanding.IN_DEFAULT: "en défaut",
    ReportStanding.TO_REVIEW: "à relire",
    ReportStanding.ASKED_BACK: "redemandés à la structure",
    ReportStanding.ACCEPTED: "acceptés",
    ReportStanding.FLAGGED: "signalés",
}
SILENT = (ReportStanding.AWAITED, ReportStanding.LATE, ReportStanding.IN_DEFAULT)
ANSWERED = (ReportStanding.TO_REVIEW, ReportStanding.ASKED_BACK, ReportStanding.ACCEPTED, ReportStanding.FLAGGED)
#: Names of filters that gather several standings.
GROUPS = {"transmis": ANSWERED, "non-transmis": SILENT, "depasses": (ReportStanding.LATE, ReportStanding.IN_DEFAULT)}


class ReviewKind(models.TextChoices):
    ACCEPTED = "accepted", "accepté"
    ASKED_BACK = "asked_back", "redemandé à la structure"
    FLAGGED = "flagged", "signalé"


class ReviewableQuerySet(models.QuerySet):
    """The part of the reports' queries that knows of reviews."""

    def with_standing(self, today):
        """Adds `standing`, a value of `ReportStanding`: an act counts while no later filing has answered it."""
        silent, last_default_due = Q(filed_at=None), today - DEFAULT_AFTER
        rules = (
            (silent & Q(campaign__due_on__gte=today), ReportStanding.AWAITED),
            (silent & Q(campaign__due_on__gt=last_default_due), ReportStanding.LATE),
            (silent, ReportStanding.IN_DEFAULT),
            (Q(accepted_at__gte=F("filed_at")), ReportStanding.ACCEPTED),
            (Q(asked_back_at__gte=F("filed_at")), ReportStanding.ASKED_BACK),
            (Q(flagged_at__gte=F("filed_at")), ReportStanding.FLAGGED),
        )
        cases = [When(condition, then=Value(standing.value)) for condition, standing in rules]
        default = Value(ReportStanding.TO_REVIEW.value)
        return self.annotate(standing=Case(*cases, default=default, output_field=models.CharField()))

    def standing_at(self, name, today):
        """Those of a standing, or of a group of them, by its name in the url; everything for no name."""
        found = self.with_standing(today)
        return found.filter(standing__in=GROUPS.get(name, (name,))) if name else found

    def silent_sorted_by(self, name):
        """Of the silent trainings: the longest silence first unless a sort is asked."""
        orders = {
            "formation": ("label__title",),
            "structure": ("label__training__structure__folded_name", "label__title"),
            "manquants": ("missing_count", "label__title"),
            "echeance": ("campaign__due_on", "label__title"),
        }
        first, *rest = orders.get(name.removeprefix("-"), ("-missing_count", "campaign__due_on", "label__title"))
        return self.order_by(f"-{first}" if name.startswith("-") and name[1:] in orders else first, *rest, "pk")

    def for_silent_list(self):
        structure = "label__training__structure"
        return self.values(
            "reference",
            "missing_count",
            title=F("label__title"),
            structure_name=F(f"{structure}__name"),
            structure_phone=F(f"{structure}__phone"),
            representative=F(f"{structure}__representative_name"),
            region_name=F(f"{structure}__commune__department__region__name"),
            campaign_starts_on=F("campaign__starts_on"),
            due_on=F("campaign__due_on"),
        )

    def late(self, today):
        """Awaited, past their due day and not in default, of the latest campaign: earlier ones are history."""
        return self.standing_at(ReportStanding.LATE, today)

    def silent_trainings(self, today):
        """One report per training « en défaut »: its latest, when none was filed since. Adds `missing_count`.

        A later report gives cumulative figures, so an earlier silence is then moot (decisions, 0010). `missing_count` is
        how many reports of the training are in default since its last filing. A label that ended more than a year ago is
        left alone.
        """
        return self._one_per_training(lambda reports: reports.unanswered_since(today), today)

    def behind(self, today):
        """One report per training that owes one past its due day, « en défaut » or only late: its latest, when none was filed
        since. Adds `missing_count`, of both kinds; leaves alone the labels that `silent_trainings` does."""
        return self._one_per_training(lambda reports: reports.owed().unanswered_since(today, "depasses"), today)

    def _one_per_training(self, unanswered, today):
        """The latest of the reports that `unanswered` keeps of a set, for each training, with how many it keeps."""
        silent = unanswered(self.model.objects.all()).filter(label=OuterRef("label")).order_by()
        missing = silent.values("label").annotate(count=Count("pk")).values("count")
        later = silent.filter(campaign__starts_on__gt=OuterRef("campaign__starts_on"))
        found = unanswered(self).filter(~Exists(later), label__ends_on__gt=today - CALLED_FOR)
        return found.annotate(missing_count=missing)

    def owed(self):
        """Of labels in force on at least one day of the quarter: one lost or over before it opened owes nothing."""
        lost = LabelEvent.objects.filter(
            label=OuterRef("label"), kind__in=FINAL_EVENTS, effective_on__lte=OuterRef("campaign__starts_on")
        )
        return self.filter(
            ~Exists(lost), label__starts_on__lt=F("campaign__ends_on"), label__ends_on__gt=F("campaign__starts_on")
        )

    def unanswered_since(self, today, name=ReportStanding.IN_DEFAULT):
        """In default (or of another standing, or group), and no later report of the label was filed."""
        filed = self.model.objects.filter(label=OuterRef("label"), filed_at__isnull=False)
        spoken = filed.filter(campaign__starts_on__gt=OuterRef("campaign__starts_on"))
        return self.standing_at(name, today).filter(~Exists(spoken))

    def overdue_corrections(self, today):
        """Asked back, and the day to correct has passed."""
        return self.standing_at(ReportStanding.ASKED_BACK, today).filter(asked_back_due_on__lt=today)

    def waiting_for_structure(self):
        """Never filed, or to be corrected."""
        return self.filter(Q(filed_at=None) | Q(asked_back_at__gte=F("filed_at")))

    def to_review(self, today):
        return self.standing_at(ReportStanding.TO_REVIEW, today)

    def exclude_one(self, report):
        """All but one: it has just been acted on."""
        return self.exclude(pk=report.pk)

    def holds(self, report):
        return self.filter(pk=report.pk).exists()

    def before_quarter_of(self, report):
        """The label's latest filed report of an earlier quarter; None without one."""
        earlier = self.filter(label=report.label_id, filed_at__isnull=False)
        return (
            earlier.filter(campaign__starts_on__lt=report.campaign.starts_on).order_by("-campaign__starts_on").first()
        )

    def in_queue_order(self):
        """Oldest filing first."""
        return self.order_by("filed_at", "pk")

    def after_in_queue(self, report):
        """Those that come after a report in the queue."""
        return self.filter(Q(filed_at__gt=report.filed_at) | Q(filed_at=report.filed_at, pk__gt=report.pk))

    def before_in_queue(self, report):
        """Those that come before a report in the queue, the nearest first."""
        found = self.filter(Q(filed_at__lt=report.filed_at) | Q(filed_at=report.filed_at, pk__lt=report.pk))
        return found.order_by("-filed_at", "-pk")


class Reviewable(models.Model):
    """The instants of the latest act of each kind; one that is older than the latest filing is history."""

    accepted_at = models.DateTimeField("accepté", null=True, blank=True)
    asked_back_at = models.DateTimeField("redemandé", null=True, blank=True)
    asked_back_due_on = models.DateField("à corriger jusqu'au (inclus)", null=True, blank=True)
    flagged_at = models.DateTimeField("signalé", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_asked_back(self):
        """Whether the structure has been asked to correct it and has not yet."""
        return self.asked_back_at is not None and self.asked_back_at >= self.filed_at

    @property
    def correction(self):
        """The request that the structure has still to answer, with its fields; None without one."""
        return self.reviews.latest_first().first() if self.filed_at and self.is_asked_back else None

    @property
    def is_accepted(self):
        return self.accepted_at is not None and self.accepted_at >= self.filed_at


#: For the Meta of what is reviewable.
REVIEW_CONSTRAINTS = (
    models.CheckConstraint(
        name="only_a_filed_report_is_reviewed",
        condition=Q(filed_at__isnull=False) | Q(accepted_at=None, asked_back_at=None, flagged_at=None),
    ),
    models.CheckConstraint(
        name="a_report_has_one_latest_act",
        condition=Q(asked_back_at=None, flagged_at=None)
        | Q(accepted_at=None, flagged_at=None)
        | Q(accepted_at=None, asked_back_at=None),
    ),
    models.CheckConstraint(
        name="a_report_asked_back_has_its_due_day",
        condition=Q(asked_back_at=None, asked_back_due_on=None)
        | Q(asked_back_at__isnull=False, asked_back_due_on__isnull=False),
    ),
)


class ReportReviewQuerySet(models.QuerySet):
    def latest_first(self):
        return self.select_related("by").prefetch_related("fields").order_by("-at", "-pk")

    def told(self):
        """What the structure may read: never a flag."""
        return self.exclude(kind=ReviewKind.FLAGGED)


class ReportReview(models.Model):
    """One act of an officer on a filed report. The note of a flag is internal; that of a request is for the structure."""

    report = models.ForeignKey(
        "fabriques.FollowUpReport", models.PROTECT, verbose_name="relevé", related_name="reviews"
    )
    kind = models.CharField("acte", max_length=12, choices=ReviewKind)
    at = models.DateTimeField("fait")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    note = models.TextField("note", blank=True, max_length=2000)
    due_on = models.DateField("à corriger jusqu'au (inclus)", null=True, blank=True)

    objects = ReportReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "relecture d'un relevé"
        verbose_name_plural = "relectures de relevés"
        constraints = [
            models.CheckConstraint(
                name="only_a_request_has_a_due_day",
                condition=Q(kind="asked_back", due_on__isnull=False) | (~Q(kind="asked_back") & Q(due_on=None)),
            ),
            models.CheckConstraint(name="a_flag_says_why", condition=~Q(kind="flagged") | ~Q(note="")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} le {self.at:%d/%m/%Y}"


class AskedField(models.Model):
    """A field that the structure is asked to correct, with a word on what is wrong."""

    review = models.ForeignKey(ReportReview, models.CASCADE, verbose_name="relecture", related_name="fields")
    name = models.CharField("champ", max_length=60)
    word = models.CharField("ce qui ne va pas", max_length=300)

    class Meta:
        verbose_name = "champ à corriger"
        verbose_name_plural = "champs à corriger"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="a_field_is_asked_once_per_review", fields=["review", "name"]),
            models.CheckConstraint(name="a_field_asked_back_has_its_word", condition=~Q(word="")),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """What the form calls the field."""
        return str(self.review.report._meta.get_field(self.name).verbose_name)
