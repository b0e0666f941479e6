"""What is left of a filing: the Submission with its receipt, and the ledger of every attempt, accepted or not."""

import re

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from applications.models.call import CutOff

_NUMBER = re.compile(r"GEN-\d{4}(-[0-9A-Z]{4}){3}")


class FilingBasis(models.TextChoices):
    """What allowed a filing at its instant."""

    ON_TIME = "on_time", "avant la clôture"
    EXTENSION = "extension", "dans le délai accordé à la structure"
    GRACE = "grace", "dans le délai de grâce"
    COMPLETION = "completion", "en réponse à une demande de complément"


class SubmissionQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-filed_at", "-pk")

    def for_page(self):
        return self.select_related("cut_off", "filed_by", "application__call").order_by("-filed_at", "-pk")

    def for_receipt(self):
        """All that a receipt is made from."""
        return self.select_related("cut_off__call", "filed_by", "application__training__structure__commune__department")

    def latest_of(self, application_ids):
        """By key of dossier, the filing that counts: one query."""
        found = self.filter(application__in=application_ids).order_by("filed_at", "pk")
        return {filing.application_id: filing for filing in found}

    def filed_between(self, since, until):
        return self.filter(filed_at__gte=since, filed_at__lt=until)

    def in_cut_offs_of(self, call):
        return self.filter(cut_off__call=call)

    def beyond_the_closing(self):
        """Those that a grace or a given delay allowed, in the order of the facts."""
        late = self.filter(basis__in=[FilingBasis.EXTENSION, FilingBasis.GRACE])
        return late.select_related("cut_off", "application__training__structure").order_by("filed_at", "pk")

    def numbered(self, text):
        """The filing of this number, however its letters were typed; None when there is none."""
        typed = "".join(text.split()).upper()
        return self.filter(number=typed).first() if _NUMBER.fullmatch(typed) else None


class Submission(models.Model):
    """One filing: its number, its instant, and what was filed, as it was."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="submissions")
    number = models.CharField("numéro", max_length=30, unique=True)
    idempotency_key = models.CharField(max_length=64, editable=False)
    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="+")
    basis = models.CharField("au titre de", max_length=10, choices=FilingBasis, default=FilingBasis.ON_TIME)
    term_ends_at = models.DateTimeField(
        "fin du délai", null=True, blank=True, help_text="exclue ; vide : la clôture du relevé"
    )
    filed_at = models.DateTimeField("instant du dépôt")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="déposé par", related_name="+")
    archive = models.JSONField("contenu déposé")
    sha256 = models.CharField("empreinte SHA-256 du contenu", max_length=64)
    receipt = models.JSONField("mentions du récépissé", default=dict, help_text="telles qu'elles ont été remises")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "dépôt"
        constraints = [
            models.UniqueConstraint(name="one_submission_per_attempt_key", fields=["application", "idempotency_key"]),
            models.CheckConstraint(
                name="a_filing_comes_before_the_end_of_its_term",
                condition=Q(term_ends_at=None) | Q(filed_at__lt=F("term_ends_at")),
            ),
        ]

    def __str__(self):
        return self.number


class AttemptStep(models.TextChoices):
    OPENED = "opened", "page de dépôt ouverte"
    SUBMIT = "submit", "dépôt demandé"


class AttemptResult(models.TextChoices):
    SHOWN = "shown", "page affichée"
    ACCEPTED = "accepted", "accepté"
    REPLAYED = "replayed", "déjà déposé : le même récépissé est rendu"
    INCOMPLETE = "incomplete", "refusé : dossier incomplet"
    CLOSED = "closed", "refusé : hors délai"
    REFUSED = "refused", "refusé : la personne ne peut pas déposer"
    CONFLICT = "conflict", "refusé : le dossier a changé d'état"
    FAILED = "failed", "erreur du portail"


class FilingAttemptQuerySet(models.QuerySet):
    def begun_between(self, application, since, until):
        """Whether a filing of this dossier was begun in this interval (`until` excluded)."""
        return self.filter(application=application, at__gte=since, at__lt=until).exclude(
            result=AttemptResult.REFUSED
        ).exists()  # fmt: skip

    def of_structure(self, structure):
        return self.filter(application__training__structure=structure)

    def for_page(self):
        """In the order of the facts."""
        return self.select_related("by", "submission", "application__training", "application__call").order_by(
            "at", "pk"
        )


class FilingAttempt(models.Model):
    """A line of the ledger: who tried to file what, when, and how it ended. Never changed, never removed."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="attempts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")
    at = models.DateTimeField("instant")
    step = models.CharField("étape", max_length=10, choices=AttemptStep)
    result = models.CharField("résultat", max_length=10, choices=AttemptResult)
    state = models.CharField("état du dossier", max_length=12)
    detail = models.TextField("ce qui a été répondu", blank=True)
    submission = models.ForeignKey(
        Submission, models.PROTECT, verbose_name="dépôt", null=True, blank=True, related_name="attempts"
    )
    request_id = models.CharField("identifiant de la requête", max_length=80, blank=True)

    objects = FilingAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "tentative de dépôt"
        verbose_name_plural = "tentatives de dépôt"
        indexes = [models.Index(fields=["application", "at"], name="attempts_of_a_dossier")]
        constraints = [
            models.CheckConstraint(
                name="an_attempt_that_succeeds_names_its_filing",
                condition=Q(result__in=["accepted", "replayed"], submission__isnull=False)
                | (~Q(result__in=["accepted", "replayed"]) & Q(submission=None)),
            ),
            models.UniqueConstraint(
                name="a_filing_is_accepted_once", fields=["submission"], condition=Q(result="accepted")
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()} : {self.get_result_display()}"
