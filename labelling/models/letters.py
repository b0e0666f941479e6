"""What tells a structure of its decision: the texts that staff write for each outcome, and each letter as it was sent."""

from django.conf import settings
from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery

from applications import archive
from gen_portal.core.models import LegalBody
from gen_portal.core.references import grouped, new_reference
from labelling.models.decision import Decision, Outcome

NUMBER_SIGNS = 12


class LetterTemplateQuerySet(models.QuerySet):
    def in_force(self):
        """The latest version for each outcome, by outcome, in one query."""
        latest = self.model.objects.filter(outcome=OuterRef("outcome")).order_by().values("outcome")
        newest = Subquery(latest.annotate(newest=Max("version")).values("newest"))
        return {row.outcome: row for row in self.filter(version=newest).select_related("saved_by")}

    def versions_of(self, outcome):
        """Every version of an outcome, the latest first."""
        return self.filter(outcome=outcome).select_related("saved_by").order_by("-version")


class LetterTemplate(models.Model):
    """One version of the text of the letters of one outcome, kept for ever; the first one ships with the portal.

    With placeholders of `labelling.letter_wording`, and nothing else that is not in the small Markdown of mails.
    """

    outcome = models.CharField("issue", max_length=12, choices=Outcome)
    version = models.PositiveSmallIntegerField("version")
    subject_line = models.CharField("objet", max_length=150)
    text = models.TextField("texte", max_length=8000)
    saved_at = models.DateTimeField("enregistrée", null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de lettre"
        verbose_name_plural = "modèles de lettre"
        constraints = [
            models.UniqueConstraint(name="versions_are_numbered_per_outcome", fields=["outcome", "version"]),
            models.CheckConstraint(name="versions_begin_at_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="a_version_has_its_author_unless_it_shipped_with_the_portal",
                condition=Q(version=1, saved_at=None, saved_by=None)
                | Q(version__gt=1, saved_at__isnull=False, saved_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Lettre « {self.get_outcome_display()} », version {self.version}"


class LetterQuerySet(models.QuerySet):
    def of_published(self, decisions):
        """The letters of decisions, which the caller has scoped to a person."""
        return self.filter(decision__in=decisions)

    def numbered(self, number):
        return self.filter(number=number)


class Letter(models.Model):
    """The letter of one published decision, frozen by the transaction that published it.

    `mentions` (JSON) is what the paper says around the text: letterhead, addressee, day, signatures; and the mean mark of
    each criterion as it stood. `sha256` covers all of it. The PDF is made of this row alone, whenever it is asked for.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, verbose_name="décision", related_name="letter")
    template = models.ForeignKey(LetterTemplate, models.PROTECT, verbose_name="modèle", related_name="letters")
    legal_body = models.ForeignKey(
        LegalBody, models.PROTECT, verbose_name="personne morale", null=True, blank=True, related_name="+"
    )
    number = models.CharField("numéro", max_length=30, unique=True)
    written_at = models.DateTimeField("écrite")
    subject_line = models.CharField("objet", max_length=200)
    text = models.TextField("texte")
    mentions = models.JSONField("mentions")
    sha256 = models.CharField("empreinte", max_length=64)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "lettre"

    def __str__(self):
        return f"Lettre {self.number}"

    @property
    def is_intact(self):
        """Whether it is still what was frozen."""
        return self.sha256 == seal_of_letter(self.number, self.subject_line, self.text, self.mentions)

    @property
    def marks(self):
        """The mean mark of each criterion as it stood: dictionaries of label, weight_percent, mean (a text)."""
        return self.mentions["marks"]


def new_letter_number(day):
    """« 2026-7K3F-9QWX-0AB2 »: it cannot be guessed, nor does it tell how many there are."""
    return f"{day:%Y}-{grouped(new_reference(NUMBER_SIGNS))}"


def seal_of_letter(number, subject_line, text, mentions):
    """SHA-256 of all that a letter says."""
    return archive.digest({"number": number, "subject_line": subject_line, "text": text, "mentions": mentions})
