"""The call for projects: its timetable in cut-offs, its grid, its grant rule, what it asks to join."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from applications.models.tables import ExpenseHead, eligible_euros
from gen_portal.core import access, clock, phrases, territory
from gen_portal.core.inspection.kinds import IMAGES, SHEETS, Kind, kinds_text
from gen_portal.core.models import HiddenSubject, Role, StoredFile


class CallStanding(models.TextChoices):
    """Where a call is in its life at an instant: an answer of its timetable, never a column."""

    OPEN = "open", "ouvert"
    UPCOMING = "upcoming", "à venir"
    CLOSED = "closed", "clos"
    DRAFT = "draft", "brouillon"


class CallQuerySet(models.QuerySet):
    def published(self, at):
        return self.filter(published_at__lte=at)

    def open(self, at):
        """Published, begun, with a cut-off still to come."""
        still_open = CutOff.objects.filter(call=OuterRef("pk"), closes_at__gt=at)
        return self.published(at).filter(Exists(still_open), opens_at__lte=at)

    def visible_to(self, user, at):
        """Everybody sees published calls; those who prepare them see them all."""
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
            return self
        return self.published(at)

    def with_standing(self, at):
        """Adds `standing` (a CallStanding) and `next_closes_at`, the closing of the first cut-off still to come."""
        coming = CutOff.objects.filter(call=OuterRef("pk"), closes_at__gt=at).order_by("closes_at")
        standing = Case(
            When(Q(published_at=None) | Q(published_at__gt=at), then=Value(CallStanding.DRAFT.value)),
            When(next_closes_at=None, then=Value(CallStanding.CLOSED.value)),
            When(opens_at__gt=at, then=Value(CallStanding.UPCOMING.value)),
            default=Value(CallStanding.OPEN.value),
            output_field=models.CharField(),
        )
        return self.annotate(next_closes_at=Subquery(coming.values("closes_at")[:1])).annotate(standing=standing)

    def with_filed_count(self):
        """Adds `filed_count`: the dossiers handed in and not withdrawn."""
        filed = ~Q(applications__state__in=["draft", "withdrawn"])
        return self.annotate(filed_count=Count("applications", filter=filed))

    def in_standing(self, standing):
        """After `with_standing`: the calls in this one; an empty value filters nothing."""
        return self.filter(standing=standing) if standing else self

    def titled(self, text):
        """Whose title contains these words; an empty text filters nothing."""
        return self.filter(title__icontains=text) if text else self

    def with_work(self, user):
        """Calls with filed dossiers that wait for an officer: adds `submitted_count` and `admissible_count`.

        Dossiers that do not exist for this person are not counted.
        """
        is_hidden = Q(applications__in=HiddenSubject.objects.keys(user, "applications.application"))
        submitted = Count("applications", filter=Q(applications__state="submitted") & ~is_hidden)
        admissible = Count("applications", filter=Q(applications__state="admissible") & ~is_hidden)
        counted = self.annotate(submitted_count=submitted, admissible_count=admissible)
        return counted.filter(Q(submitted_count__gt=0) | Q(admissible_count__gt=0)).order_by("-opens_at", "pk")

    def for_page(self):
        cut_offs = Prefetch("cut_offs", CutOff.objects.order_by("number"))
        return self.select_related("grant_rule", "specification").prefetch_related(cut_offs).order_by("-opens_at", "pk")

    def for_reading(self):
        """All that the page of one call shows."""
        return self.for_page().prefetch_related("criteria", "required_documents")

    def for_public_list(self):
        """After `with_standing`: open ones first, the soonest closing at the top, then coming ones, then closed ones."""
        ranks = [When(standing=standing, then=Value(rank)) for rank, standing in enumerate(CallStanding.values)]
        rank = Case(*ranks, output_field=models.IntegerField())
        return self.for_page().order_by(rank, F("next_closes_at").asc(nulls_last=True), "-opens_at", "pk")

    def sorted_by(self, key):
        """In one of the orders the list of calls offers, the last opened first when the key is none of them."""
        orders = {
            "intitule": ("title",),
            "-intitule": ("-title",),
            "ouverture": ("opens_at",),
            "-ouverture": ("-opens_at",),
            "cloture": (F("next_closes_at").asc(nulls_last=True),),
            "-cloture": (F("next_closes_at").desc(nulls_last=True),),
            "enveloppe": ("budget_euros",),
            "-enveloppe": ("-budget_euros",),
        }
        return self.order_by(*orders.get(key, ("-opens_at",)), "pk")


class Call(models.Model):
    """A call for projects. It has no state: open, closed and published are questions to its timetable."""

    slug = models.SlugField("adresse", unique=True, max_length=80)
    title = models.CharField("intitulé", max_length=160)
    summary = models.TextField("en quelques mots", max_length=600)
    text = models.TextField("texte de l'appel", help_text="Mise en forme possible : titres, listes, gras, liens.")
    specification = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="cahier des charges", null=True, blank=True, related_name="+"
    )
    contact_name = models.CharField("contact", max_length=120)
    contact_email = models.EmailField("adresse du contact")
    opens_at = models.DateTimeField("ouverture")
    published_at = models.DateTimeField("publié", null=True, blank=True)
    budget_euros = models.PositiveIntegerField("enveloppe en euros", default=0)
    label_months = models.PositiveSmallIntegerField("durée du label en mois", default=36)
    target_fabriques = models.PositiveIntegerField("objectif de fabriques", null=True, blank=True)
    target_people = models.PositiveIntegerField("objectif de personnes formées", null=True, blank=True)
    grace_minutes = models.PositiveSmallIntegerField(
        "délai de grâce en minutes",
        default=0,
        help_text="Un dépôt commencé avant la clôture peut être terminé dans ce délai ; il est alors signalé.",
    )
    is_grace_shown = models.BooleanField("délai de grâce annoncé aux candidats", default=False)
    is_grid_fictional = models.BooleanField(
        "pondération fictive", default=False, help_text="Les poids de la grille réelle n'ont pas été publiés."
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "appel à projets"
        verbose_name_plural = "appels à projets"
        constraints = [
            models.CheckConstraint(name="a_label_lasts_at_least_a_month", condition=Q(label_months__gte=1)),
            models.CheckConstraint(name="a_grace_is_at_most_two_hours", condition=Q(grace_minutes__lte=120)),
        ]

    def __str__(self):
        return self.title

    @property
    def standing_label(self):
        """In words, of a call that comes from `with_standing`."""
        return CallStanding(self.standing).label

    @property
    def opening(self):
        """When filing begins, in words: a day, with its hour in legal time unless it is the first of the day."""
        is_whole_day = self.opens_at == clock.start_of(clock.day_of(self.opens_at))
        return phrases.day(self.opens_at) if is_whole_day else f"{phrases.instant(self.opens_at)}, heure de Paris"

    @property
    def next_deadline(self):
        """When the next cut-off closes, in words and legal time, of a call that comes from `with_standing`."""
        return territory.describe_deadline(self.next_closes_at) if self.next_closes_at else ""

    @property
    def weight_sum(self):
        """The weights of the grid added up, in percent: 100 when the grid is whole."""
        return sum(criterion.weight_percent for criterion in self.criteria.all())

    def is_published(self, at):
        return self.published_at is not None and self.published_at <= at

    def open_cut_off(self, at):
        """The first cut-off still open at an instant, which a filing made then enters; None after the last one."""
        return next((c for c in self.timetable if c.closes_at > at), None)

    def is_open(self, at):
        return self.is_published(at) and self.opens_at <= at and self.open_cut_off(at) is not None

    @property
    def grace(self):
        return timedelta(minutes=self.grace_minutes)

    @property
    def timetable(self):
        """Cut-offs in order (from the prefetch where there is one)."""
        return sorted(self.cut_offs.all(), key=lambda cut_off: cut_off.number)


class CutOff(models.Model):
    """A date at which the filed dossiers are taken together. `closes_at` is exclusive: that instant is too late."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="cut_offs")
    number = models.PositiveSmallIntegerField("rang")
    closes_at = models.DateTimeField("clôture")
    results_expected_on = models.DateField("résultats attendus", null=True, blank=True)

    class Meta:
        verbose_name = "relevé de candidatures"
        verbose_name_plural = "relevés de candidatures"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(name="cut_offs_are_numbered_per_call", fields=["call", "number"]),
            models.UniqueConstraint(name="two_cut_offs_never_close_together", fields=["call", "closes_at"]),
            models.CheckConstraint(name="cut_off_numbers_begin_at_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"Relevé n° {self.number}"

    @property
    def deadline(self):
        """The closing in words and legal time."""
        return territory.describe_deadline(self.closes_at)

    @property
    def last_day(self):
        """The last day, in legal time, on which one may still file."""
        return clock.day_of(self.closes_at - timedelta(microseconds=1))

    @property
    def closing_time(self):
        """The hour of the last day at which filing ends, in legal time; None when the whole day counts."""
        local = self.closes_at.astimezone(clock.PARIS)
        return local.time() if local.date() == self.last_day else None


class Criterion(models.Model):
    """A line of the scoring grid: marked from 0 to 5, weighing so many percent. `section`: the code of the part of the
    dossier where an applicant answers for it, empty for none in particular."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="criteria")
    code = models.SlugField("code", max_length=20)
    label = models.CharField("critère", max_length=160)
    guidance = models.TextField("repères pour noter", blank=True)
    section = models.SlugField("partie du dossier concernée", max_length=20, blank=True)
    weight_percent = models.PositiveSmallIntegerField("poids en %")
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "critère"
        verbose_name_plural = "critères"
        ordering = ["call", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="criteria_have_one_code_per_call", fields=["call", "code"]),
            models.CheckConstraint(
                name="a_criterion_weighs_from_1_to_100", condition=Q(weight_percent__gte=1, weight_percent__lte=100)
            ),
        ]

    def __str__(self):
        return self.label


class GrantRuleQuerySet(models.QuerySet):
    def of_call(self, call):
        """The rule of a call, or None while it is not fixed."""
        return self.filter(call=call).first()


class GrantRule(models.Model):
    """The limits of the seed grant in one call; an empty limit does not apply (domain.md §1.0)."""

    call = models.OneToOneField(Call, models.PROTECT, verbose_name="appel", related_name="grant_rule")
    per_label_euros = models.PositiveIntegerField("plafond par label, en euros", null=True, blank=True)
    per_structure_euros = models.PositiveIntegerField("plafond par structure, en euros", null=True, blank=True)
    max_share_percent = models.PositiveSmallIntegerField("part maximale du budget, en %", null=True, blank=True)
    eligible_heads = models.JSONField("postes de dépense éligibles", default=list, blank=True)

    objects = GrantRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "règle de subvention"
        verbose_name_plural = "règles de subvention"
        constraints = [
            models.CheckConstraint(
                name="a_share_is_at_most_the_whole",
                condition=Q(max_share_percent=None) | Q(max_share_percent__lte=100),
            ),
            models.CheckConstraint(
                name="a_structure_may_have_at_least_one_label",
                condition=Q(per_label_euros=None)
                | Q(per_structure_euros=None)
                | Q(per_structure_euros__gte=F("per_label_euros")),
            ),
        ]

    def __str__(self):
        return f"Règle de subvention de {self.call}"

    @property
    def has_limits(self):
        limits = (self.per_label_euros, self.per_structure_euros, self.max_share_percent)
        return any(limit is not None for limit in limits)

    @property
    def explained(self):
        """The rule in one French sentence, as applicants read it."""
        limits = []
        if self.per_label_euros is not None:
            limits.append(f"{phrases.euros(self.per_label_euros)} par label")
        if self.per_structure_euros is not None:
            limits.append(f"{phrases.euros(self.per_structure_euros)} au total pour une même structure")
        if self.max_share_percent is not None:
            limits.append(f"{self.max_share_percent} % {self.share_base}")
        if not limits:
            return "Aucun plafond ne s'applique à la subvention d'amorçage."
        return f"La subvention d'amorçage ne dépasse pas {', ni '.join(limits)}.{self._heads_explained}"

    @property
    def share_base(self):
        """What the share is a share of, in words."""
        return "des dépenses éligibles de la formation" if self.eligible_heads else "du budget total de la formation"

    @property
    def _heads_explained(self):
        """Which heads count, as a second sentence; nothing where all do."""
        labels = [head.label.lower() for head in ExpenseHead if head in self.eligible_heads]
        if self.max_share_percent is None or not labels:
            return ""
        listed = " et ".join([", ".join(labels[:-1]), labels[-1]]) if labels[1:] else labels[0]
        return f" Dépenses éligibles : {listed}."

    def counted_euros(self, application):
        """The part of the expenses of a dossier that the share is a share of, in euros: all of them unless the call names
        the eligible heads (domain.md §1.3: staff, equipment, rent, documentation, licences, promotion in 2018)."""
        if not self.eligible_heads:
            return application.total_budget_euros or 0
        return eligible_euros(application.expenses, self.eligible_heads)

    @property
    def example(self):
        """The rule applied to a first dossier of 100,000 €, all eligible, in one French sentence; nothing without a limit."""
        ceiling = self.ceiling_euros(total_budget_euros=100_000, granted_to_structure_euros=0)
        if ceiling is None:
            return ""
        return (
            f"Par exemple, pour {'des dépenses éligibles' if self.eligible_heads else 'un budget'} de "
            f"{phrases.euros(100_000)} et une structure qui n'a encore rien reçu dans "
            f"cet appel : au plus {phrases.euros(min(ceiling, 100_000))}."
        )

    def ceiling_euros(self, *, total_budget_euros, granted_to_structure_euros):
        """The most that may be granted to one more dossier, in euros; None when no limit applies.

        `total_budget_euros` is what the share is a share of: `counted_euros` of the dossier.
        """
        limits = []
        if self.per_label_euros is not None:
            limits.append(self.per_label_euros)
        if self.per_structure_euros is not None:
            limits.append(max(0, self.per_structure_euros - granted_to_structure_euros))
        if self.max_share_percent is not None:
            limits.append(total_budget_euros * self.max_share_percent // 100)
        return min(limits, default=None)


class RequiredDocument(models.Model):
    """A document that the call asks to join to the dossier."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="required_documents")
    label = models.CharField("pièce", max_length=160)
    help_text = models.CharField("précision", max_length=300, blank=True)
    is_mandatory = models.BooleanField("obligatoire", default=True)
    accepts_pdf = models.BooleanField("PDF accepté", default=True)
    accepts_images = models.BooleanField("images acceptées (PNG, JPEG)", default=True)
    accepts_sheets = models.BooleanField("tableurs acceptés (XLSX, ODS)", default=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "pièce demandée"
        verbose_name_plural = "pièces demandées"
        ordering = ["call", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepts_pdf=True) | models.Q(accepts_images=True) | models.Q(accepts_sheets=True),
                name="a_document_accepts_some_kind",
            )
        ]

    def __str__(self):
        return self.label

    @property
    def kinds(self):
        """The kinds of files that may be joined as this document."""
        groups = ((self.accepts_pdf, {Kind.PDF}), (self.accepts_images, IMAGES), (self.accepts_sheets, SHEETS))
        return frozenset().union(*(kinds for is_accepted, kinds in groups if is_accepted))

    @property
    def kinds_text(self):
        """« PDF, image (PNG, JPEG) ou tableur (XLSX, ODS) »."""
        return kinds_text(self.kinds)
