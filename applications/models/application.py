"""The dossier of one training in one call, its filings and the documents joined to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.answers import (
    AudienceAnswers,
    BudgetAnswers,
    CalendarAnswers,
    CommitmentAnswers,
    EmploymentAnswers,
    FreeAccessAnswers,
    PartnershipAnswers,
    PedagogyAnswers,
    ProgrammeAnswers,
    StructureAnswers,
    TrainingAnswers,
)
from applications.models.call import Call, CutOff, RequiredDocument
from applications.models.structure import Site, Structure, Training
from gen_portal.core import access
from gen_portal.core.models import HiddenSubject, Role, ScanState, StoredFile
from gen_portal.core.references import new_reference
from gen_portal.core.text import fold


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "brouillon"
    SUBMITTED = "submitted", "déposé"
    RETURNED = "returned", "à compléter"
    ADMISSIBLE = "admissible", "recevable"
    INADMISSIBLE = "inadmissible", "irrecevable"
    UNDER_REVIEW = "under_review", "en évaluation"
    DECIDED = "decided", "décidé"
    WITHDRAWN = "withdrawn", "retiré"


#: Columns by which the staff's list of filed dossiers may be sorted, as the address names them.
ADMISSIBILITY_SORTS = {
    "structure": "training__structure__folded_name",
    "formation": "training__title",
    "region": "training__structure__commune__department__region__name",
    "releve": "cut_off__number",
    "depot": "submitted_at",
    "etat": "state",
}

#: States in which the authors may write.
WRITABLE_STATES = (ApplicationState.DRAFT, ApplicationState.RETURNED)


def _is_hidden_from(user):
    return Q(pk__in=HiddenSubject.objects.keys(user, "applications.application"))


class ApplicationQuerySet(models.QuerySet):
    def of_member(self, user):
        """Dossiers of the structures a person belongs to."""
        return self.filter(training__structure__memberships__user=user)

    def filed(self):
        """Handed in at least once: the only ones that staff may know of."""
        return self.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])

    def drafts_of(self, call):
        return self.filter(call=call, state=ApplicationState.DRAFT)

    def waiting(self):
        """Filed, and not yet answered by an officer."""
        return self.filter(state=ApplicationState.SUBMITTED)

    def live(self):
        return self.filter(ended_at=None)

    def visible_to(self, user):
        """One's own structures' dossiers, and for those who run the call the filed ones; drafts stay at home.

        A dossier that somebody withdrew from does not exist for them as one who runs calls.

        Reviewers reach a dossier through their assignment (`labelling`), never from here.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(training__structure__in=user.memberships.values("structure_id"))
        if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
            away = Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
            return self.filter(own | ~(away | _is_hidden_from(user)))
        return self.filter(own)

    def open_to(self, user):
        """Those that exist for a person who runs calls."""
        return self.exclude(_is_hidden_from(user))

    def hidden_from(self, user):
        """Those that do not."""
        return self.filter(_is_hidden_from(user))

    def of_call(self, call):
        return self.filter(call=call)

    def in_structure(self, structure):
        """None filters nothing."""
        return self.filter(training__structure=structure) if structure else self

    def of_structures(self, structures):
        """Those whose answers may be taken up again, the latest first."""
        return self.filter(training__structure__in=structures).for_page()

    def awaiting_author(self):
        """Drafts, and dossiers returned for completion: the latter first."""
        return self.filter(state__in=WRITABLE_STATES)

    def of_structure(self, structure):
        return self.filter(training__structure=structure)

    def with_filings(self):
        return self.prefetch_related(
            "submissions__cut_off__call", "submissions__filed_by", "submissions__application__training__structure__commune"
        )  # fmt: skip

    def with_timetable(self):
        """With the cut-offs of each one's call."""
        return self.prefetch_related("call__cut_offs")

    def for_list(self):
        """Those in the running first, the latest changed before."""
        return self.for_page().prefetch_related("call__cut_offs").order_by(
            F("ended_at").desc(nulls_first=True), "-changed_at", "-pk"
        )  # fmt: skip

    def for_writing(self):
        """All that the pages of one dossier read around it."""
        return self.select_related(
            "call__grant_rule", "copied_from__call__grant_rule", "cut_off", "training__structure__commune__department__region"
        ).prefetch_related("call__cut_offs", "sites")  # fmt: skip

    def for_saving(self):
        """What storing answers reads around a dossier, and no more: an autosave comes every few seconds."""
        return self.select_related("call__grant_rule", "training__structure")

    def for_acting(self):
        """What a right to act asks of a dossier, without its hundred answers: the act itself reads them under its lock."""
        return self.select_related("training").only("reference", "state", "training__structure")

    def writable_by(self, user):
        """The same as `policies.can_write`, for many dossiers."""
        return self.filter(training__structure__in=Structure.objects.writable_by(user).values("pk"))

    def with_reference(self, reference):
        return self.filter(reference=reference)

    def other_than(self, row):
        return self.exclude(pk=row.pk)

    def with_siren(self, siren):
        """Of one legal person; nobody shares an empty number."""
        return self.filter(training__structure__siret__startswith=siren) if siren else self.none()

    def in_state(self, state):
        """An empty value filters nothing."""
        return self.filter(state=state) if state else self

    def in_cut_off(self, cut_off):
        return self.filter(cut_off=cut_off) if cut_off else self

    def in_region(self, region):
        """By the seat of the structure."""
        return self.filter(training__structure__commune__department__region=region) if region else self

    def mentioning(self, text):
        """By the structure's name (accents and case folded), the training's title, the SIRET, the reference or the
        number of a filing; an empty text filters nothing."""
        if not fold(text):
            return self
        plain = "".join(text.split())
        words = Q()
        for word in fold(text).split():
            words &= Q(training__structure__folded_name__contains=word)
        numbered = self.model.objects.filter(submissions__number__iexact=plain).values("pk")
        return self.filter(
            words
            | Q(training__title__icontains=text.strip())
            | Q(training__structure__siret__startswith=plain)
            | Q(reference__istartswith=plain.replace("-", ""))
            | Q(pk__in=numbered)
        )

    def sorted_by(self, key):
        """In the order of a column of the staff's list (see ADMISSIBILITY_SORTS), latest filing first by default."""
        column = ADMISSIBILITY_SORTS.get(key.removeprefix("-"), "submitted_at")
        is_descending = key.startswith("-") or key.removeprefix("-") not in ADMISSIBILITY_SORTS
        return self.order_by(f"{'-' if is_descending else ''}{column}", "-pk")

    def for_page(self):
        return self.select_related(
            "call", "cut_off", "training__structure__commune__department__region"
        ).order_by("-pk")  # fmt: skip

    def listed(self):
        """Named tuples of what the staff's list shows of each, without one model instance."""
        told = self.annotate(
            title=F("training__title"), structure_name=F("training__structure__name"),
            region_name=F("training__structure__commune__department__region__name"), cut_off_number=F("cut_off__number"),
        )  # fmt: skip
        names = ("title", "structure_name", "region_name", "cut_off_number")
        return told.values_list("reference", "state", "submitted_at", *names, named=True)


class Application(
    StructureAnswers,
    TrainingAnswers,
    ProgrammeAnswers,
    PedagogyAnswers,
    AudienceAnswers,
    FreeAccessAnswers,
    PartnershipAnswers,
    EmploymentAnswers,
    BudgetAnswers,
    CalendarAnswers,
    CommitmentAnswers,
):
    """One training in one call. The outcome is not here: it lives in `Decision`, hidden until published."""

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="appel", related_name="applications")
    training = models.ForeignKey(Training, models.PROTECT, verbose_name="formation", related_name="applications")
    cut_off = models.ForeignKey(
        CutOff, models.PROTECT, verbose_name="relevé", null=True, blank=True, related_name="applications"
    )
    state = models.CharField("état", max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="commencé par", related_name="+"
    )
    started_at = models.DateTimeField("commencé")
    changed_at = models.DateTimeField("modifié")
    submitted_at = models.DateTimeField("déposé", null=True, blank=True)
    ended_at = models.DateTimeField("terminé", null=True, blank=True, help_text="le dossier n'est plus en course")
    copied_from = models.ForeignKey(
        "self", models.PROTECT, verbose_name="repris de", null=True, blank=True, related_name="copies"
    )
    inadmissible_reason = models.TextField("motif d'irrecevabilité", blank=True)
    completion_request = models.TextField("complément demandé", blank=True)
    completion_due_on = models.DateField("complément attendu jusqu'au (inclus)", null=True, blank=True)
    sites = models.ManyToManyField(Site, verbose_name="sites", blank=True, related_name="applications")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        indexes = [models.Index(fields=["call", "state", "-id"], name="applications_of_a_call")]
        constraints = [
            models.UniqueConstraint(
                name="one_live_application_per_call_and_training",
                fields=["call", "training"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="an_application_has_a_cut_off_and_an_instant_once_submitted",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(cut_off__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_and_inadmissible_applications_have_ended",
                condition=~Q(state__in=["withdrawn", "inadmissible"]) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_application_in_progress_has_not_ended",
                condition=Q(state__in=["withdrawn", "inadmissible", "decided"]) | Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="an_inadmissible_application_knows_why",
                condition=~Q(state="inadmissible") | ~Q(inadmissible_reason=""),
            ),
            models.CheckConstraint(
                name="a_returned_application_knows_what_is_asked_and_by_when",
                condition=~Q(state="returned") | (~Q(completion_request="") & Q(completion_due_on__isnull=False)),
            ),
        ]

    def __str__(self):
        return self.training.title

    def save(self, *args, update_fields=None, **kwargs):
        """The total follows the expenses, whoever writes them."""
        if update_fields is None or "expenses" in update_fields:
            self.settle_totals()
            update_fields = update_fields and {*update_fields, "total_budget_euros"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def structure(self):
        return self.training.structure

    @property
    def is_writable(self):
        return self.state in WRITABLE_STATES

    @property
    def cost_per_learner_euros(self):
        """The budget over the seats of all sessions, to the euro; None while one of them is not known."""
        if not self.learner_count or self.total_budget_euros is None:
            return None
        return round(self.total_budget_euros / self.learner_count)

    @property
    def cost_per_hour_euros(self):
        """The budget over the hours of all learners, in euros and cents; None while one of them is not known."""
        hours = (self.learner_count or 0) * (self.total_hours or 0)
        if not hours or self.total_budget_euros is None:
            return None
        return round(self.total_budget_euros / hours, 2)


class AttachmentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(removed_at=None)

    def earlier(self):
        """Those replaced or taken out."""
        return self.exclude(removed_at=None)

    def of_structure(self, structure_id):
        return self.filter(application__training__structure_id=structure_id)

    def with_content_of(self, stored):
        return self.filter(file__sha256=stored.sha256).select_related("file", "document").order_by("pk")

    def stored_bytes(self):
        """What these files weigh; one that several dossiers carry counts once."""
        return (
            StoredFile.objects.filter(pk__in=self.values("file")).aggregate(total=models.Sum("size_bytes"))["total"]
            or 0
        )

    def with_untold_virus(self):
        return self.filter(file__scan=ScanState.INFECTED, virus_told_at=None).order_by("pk")

    def in_slot(self, document):
        """Those joined as this document of the call, or freely when there is none."""
        return self.filter(document=document)

    def for_page(self):
        return self.select_related("file", "document").order_by("document__position", "pk")

    def for_reading(self):
        return self.select_related("file", "document", "application__training")


class Attachment(models.Model):
    """A document joined to a dossier. Removing it hides it; the file of an earlier filing stays."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="attachments")
    document = models.ForeignKey(
        RequiredDocument, models.PROTECT, verbose_name="pièce demandée", null=True, blank=True, related_name="+"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="fichier", related_name="+")
    joined_at = models.DateTimeField("jointe")
    removed_at = models.DateTimeField("retirée", null=True, blank=True)
    virus_told_at = models.DateTimeField("virus signalé", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "document"],
                condition=models.Q(removed_at=None, document__isnull=False),
                name="one_current_file_per_document",
            )
        ]

    def __str__(self):
        return f"{self.document or 'Autre pièce'} : {self.file}"

    @property
    def is_infected(self):
        return self.file.scan == ScanState.INFECTED

    def twins(self):
        """Where else this dossier carries the same content now."""
        current = self.application.attachments.current().with_content_of(self.file)
        return [str(twin.document or "Autre pièce") for twin in current.exclude(pk=self.pk)]
