"""What a dossier answers, section by section, as typed columns of the application (domain.md §2.5)."""

from django.core.validators import MaxValueValidator
from django.db import models

from applications.models.structure import JobFamily

_percent = [MaxValueValidator(100)]


class EntryLevel(models.TextChoices):
    NONE = "none", "aucun diplôme demandé"
    CAP = "cap", "CAP ou BEP"
    BAC = "bac", "baccalauréat"
    BAC2 = "bac2", "bac + 2 ou plus"


class Certification(models.TextChoices):
    NONE = "none", "aucune"
    ATTESTATION = "attestation", "attestation de la structure"
    DIPLOMA = "diploma", "diplôme"
    TITLE = "title", "titre professionnel ou certification RNCP"


class TrainingAnswers(models.Model):
    """Section « La formation »."""

    summary = models.TextField("la formation en quelques phrases", max_length=1000, blank=True)
    job_family = models.CharField("famille de métiers", max_length=12, choices=JobFamily, blank=True)
    target_jobs = models.CharField("métiers visés", max_length=200, blank=True)
    entry_level = models.CharField("niveau demandé à l'entrée", max_length=6, choices=EntryLevel, blank=True)
    certification = models.CharField("certification à la sortie", max_length=12, choices=Certification, blank=True)
    rncp_code = models.CharField("code RNCP", max_length=10, blank=True)
    total_hours = models.PositiveIntegerField("durée totale en heures", null=True, blank=True)
    week_count = models.PositiveSmallIntegerField("durée en semaines", null=True, blank=True)
    on_site_percent = models.PositiveSmallIntegerField(
        "part sur place, en %", null=True, blank=True, validators=_percent
    )
    session_count = models.PositiveSmallIntegerField("promotions prévues", null=True, blank=True)
    seat_count = models.PositiveSmallIntegerField("places par promotion", null=True, blank=True)
    first_start_on = models.DateField("début de la première promotion", null=True, blank=True)

    class Meta:
        abstract = True


class PedagogyAnswers(models.Model):
    """Section « Programme et pédagogie »."""

    programme = models.TextField("programme", max_length=6000, blank=True)
    pedagogy = models.TextField("pédagogie et accompagnement", max_length=6000, blank=True)

    class Meta:
        abstract = True


class AudienceAnswers(models.Model):
    """Section « Publics et gratuité »."""

    sourcing = models.TextField("repérage et recrutement des apprenants", max_length=4000, blank=True)
    women_percent = models.PositiveSmallIntegerField("femmes, en %", null=True, blank=True, validators=_percent)
    young_neet_percent = models.PositiveSmallIntegerField(
        "moins de 26 ans sans emploi ni formation, en %", null=True, blank=True, validators=_percent
    )
    bac_or_below_percent = models.PositiveSmallIntegerField(
        "niveau bac ou moins, en %", null=True, blank=True, validators=_percent
    )
    priority_area_percent = models.PositiveSmallIntegerField(
        "habitants de quartiers prioritaires, en %", null=True, blank=True, validators=_percent
    )
    is_free = models.BooleanField("gratuite pour l'apprenant", null=True, blank=True)
    cost_note = models.CharField("frais restant à l'apprenant", max_length=300, blank=True)

    class Meta:
        abstract = True


class PartnershipAnswers(models.Model):
    """Section « Partenariats et débouchés »."""

    partnerships = models.TextField("partenaires et leur rôle", max_length=4000, blank=True)
    employment_outlook = models.TextField("débouchés et besoins locaux", max_length=4000, blank=True)
    positive_exit_percent = models.PositiveSmallIntegerField(
        "sorties positives visées à 6 mois, en %", null=True, blank=True, validators=_percent
    )

    class Meta:
        abstract = True


class BudgetAnswers(models.Model):
    """Section « Budget »."""

    total_budget_euros = models.PositiveIntegerField("budget total, en euros", null=True, blank=True)
    requested_grant_euros = models.PositiveIntegerField("subvention demandée, en euros", null=True, blank=True)
    other_resources = models.TextField("autres financements", max_length=3000, blank=True)

    class Meta:
        abstract = True


class CommitmentAnswers(models.Model):
    """Section « Engagements et signature »."""

    commits_to_free_access = models.BooleanField("gratuité annoncée aux apprenants", default=False)
    commits_to_follow_up = models.BooleanField("suivi trimestriel transmis", default=False)
    commits_to_notify = models.BooleanField("changements signalés", default=False)
    signatory_name = models.CharField("signataire", max_length=120, blank=True)
    signatory_role = models.CharField("qualité du signataire", max_length=120, blank=True)

    class Meta:
        abstract = True
