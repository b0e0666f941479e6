"""What a dossier answers, section by section, as typed columns of the application (domain.md §2.5)."""

from django.core.validators import MaxValueValidator
from django.db import models

from applications.models.structure import JobFamily
from applications.models.tables import total

_percent = [MaxValueValidator(100)]


def _share(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=_percent)


def _text(label, limit):
    return models.TextField(label, max_length=limit, blank=True)


def _table(label):
    """A list of lines, described in `models/tables.py`."""
    return models.JSONField(label, default=list, blank=True)


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


class CertificationLevel(models.TextChoices):
    """The levels of the national framework since 2019 (CEC)."""

    LEVEL3 = "3", "niveau 3 (CAP)"
    LEVEL4 = "4", "niveau 4 (baccalauréat)"
    LEVEL5 = "5", "niveau 5 (bac + 2)"
    LEVEL6 = "6", "niveau 6 (bac + 3 ou 4)"
    LEVEL7 = "7", "niveau 7 (bac + 5)"


class Novelty(models.TextChoices):
    NEW = "new", "elle est créée pour cet appel"
    EXISTING = "existing", "elle est déjà dispensée"


class Pace(models.TextChoices):
    FULL_TIME = "full_time", "temps plein"
    PART_TIME = "part_time", "temps partiel"
    EVENING = "evening", "soirs et fins de semaine"
    ALTERNATING = "alternating", "alternance"


class SourcingChannel(models.TextChoices):
    EMPLOYMENT_AGENCY = "employment_agency", "service public de l'emploi"
    YOUTH_CENTRE = "youth_centre", "missions locales"
    ASSOCIATION = "association", "associations et centres sociaux"
    SCHOOL = "school", "établissements scolaires, lutte contre le décrochage"
    INTEGRATION = "integration", "insertion par l'activité économique"
    EVENTS = "events", "réunions d'information, forums, portes ouvertes"
    ONLINE = "online", "réseaux sociaux et annonces en ligne"
    OTHER = "other", "autre"


class StructureAnswers(models.Model):
    """Section « La structure »: what the call asks of it on the day of the dossier; its identity is on the Structure."""

    activity_number = models.CharField("numéro de déclaration d'activité (NDA)", max_length=11, blank=True)
    structure_created_on = models.DateField("date de création de la structure", null=True, blank=True)
    employee_count = models.PositiveIntegerField("salariés", null=True, blank=True)
    trainer_count = models.PositiveIntegerField("formateurs, salariés ou non", null=True, blank=True)
    network = models.CharField("tête de réseau", max_length=160, blank=True)
    quality_marks = models.CharField("certifications et marques de qualité", max_length=300, blank=True)
    prior_labels = _text("labels GEN déjà obtenus", 500)
    manager_name = models.CharField("responsable du projet", max_length=120, blank=True)
    manager_role = models.CharField("fonction du responsable du projet", max_length=120, blank=True)
    manager_email = models.EmailField("adresse électronique du responsable du projet", blank=True)
    manager_phone = models.CharField("téléphone du responsable du projet", max_length=30, blank=True)

    class Meta:
        abstract = True


class TrainingAnswers(models.Model):
    """Section « La formation »."""

    summary = _text("la formation en quelques phrases", 1000)
    novelty = models.CharField("la formation est-elle nouvelle ?", max_length=10, choices=Novelty, blank=True)
    job_family = models.CharField("famille de métiers", max_length=12, choices=JobFamily, blank=True)
    target_jobs = models.CharField("métiers visés", max_length=200, blank=True)
    entry_level = models.CharField("niveau demandé à l'entrée", max_length=6, choices=EntryLevel, blank=True)
    entry_conditions = _text("autres conditions d'entrée", 500)
    certification = models.CharField("certification à la sortie", max_length=12, choices=Certification, blank=True)
    rncp_code = models.CharField("code RNCP", max_length=10, blank=True)
    certification_level = models.CharField(
        "niveau de la certification", max_length=1, choices=CertificationLevel, blank=True
    )
    total_hours = models.PositiveIntegerField("durée totale en heures", null=True, blank=True)
    week_count = models.PositiveSmallIntegerField("durée en semaines", null=True, blank=True)
    company_week_count = models.PositiveSmallIntegerField("dont semaines en entreprise", null=True, blank=True)
    pace = models.CharField("rythme", max_length=12, choices=Pace, blank=True)
    on_site_percent = _share("part sur place, en %")
    session_count = models.PositiveSmallIntegerField("promotions prévues", null=True, blank=True)
    seat_count = models.PositiveSmallIntegerField("places par promotion", null=True, blank=True)
    first_start_on = models.DateField("début de la première promotion", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def learner_count(self):
        """Seats of all sessions; None while one of the two numbers is not known."""
        return (self.session_count or 0) * (self.seat_count or 0) or None


class ProgrammeAnswers(models.Model):
    """Section « Programme »."""

    modules = _table("modules de la formation")
    programme = _text("progression d'ensemble", 6000)

    class Meta:
        abstract = True

    @property
    def module_hours(self):
        """The hours of all modules."""
        return total(self.modules, "hours")


class PedagogyAnswers(models.Model):
    """Section « Pédagogie »."""

    pedagogy = _text("démarche pédagogique", 6000)
    projects = _text("projets réalisés par les apprenants", 3000)
    peer_learning = _text("entraide et apprentissage entre pairs", 3000)
    mentoring = _text("tutorat et parrainage", 3000)
    learner_support = _text("accompagnement social et professionnel", 3000)
    accessibility = _text("accueil des personnes en situation de handicap", 3000)

    class Meta:
        abstract = True


class AudienceAnswers(models.Model):
    """Section « Publics »; shares are of the learners expected in all sessions."""

    women_percent = _share("femmes, en %")
    young_neet_percent = _share("moins de 26 ans sans emploi ni formation, en %")
    bac_or_below_percent = _share("niveau bac ou moins, en %")
    priority_area_percent = _share("habitants de quartiers prioritaires (QPV), en %")
    rural_area_percent = _share("habitants de zones de revitalisation rurale (ZRR), en %")
    job_seeker_percent = _share("demandeurs d'emploi, en %")
    disabled_percent = _share("personnes en situation de handicap, en %")
    sourcing_channels = _table("où vous trouvez les apprenants")
    sourcing = _text("repérage et recrutement des apprenants", 4000)
    dropout_measures = _text("mesures contre l'abandon", 3000)
    learner_status = _text("statut et rémunération des apprenants", 1000)

    class Meta:
        abstract = True


class FreeAccessAnswers(models.Model):
    """Section « Gratuité »."""

    is_free = models.BooleanField("gratuite pour l'apprenant", null=True, blank=True)
    cost_note = models.CharField("frais restant à l'apprenant", max_length=300, blank=True)
    teaching_payers = _text("qui paie le coût pédagogique", 1000)
    learner_aids = _text("aides aux apprenants", 1000)

    class Meta:
        abstract = True


class PartnershipAnswers(models.Model):
    """Section « Partenariats »."""

    partners = _table("partenaires")
    partnerships = _text("ce que ces partenariats apportent", 4000)

    class Meta:
        abstract = True


class EmploymentAnswers(models.Model):
    """Section « Débouchés »."""

    employment_outlook = _text("débouchés et besoins locaux", 4000)
    employers = _text("employeurs qui recrutent ou s'engagent", 2000)
    positive_exit_3_months_percent = _share("sorties positives visées à 3 mois, en %")
    positive_exit_percent = _share("sorties positives visées à 6 mois, en %")
    leaver_follow_up = _text("suivi des apprenants après leur sortie", 2000)

    class Meta:
        abstract = True


class BudgetAnswers(models.Model):
    """Section « Budget », in whole euros. The total is that of the expenses: `settle_totals` keeps it so."""

    expenses = _table("dépenses")
    total_budget_euros = models.PositiveIntegerField("budget total, en euros", null=True, blank=True)
    requested_grant_euros = models.PositiveIntegerField("subvention demandée, en euros", null=True, blank=True)
    own_funds_euros = models.PositiveIntegerField("fonds propres, en euros", null=True, blank=True)
    resources = _table("autres ressources, par financeur")
    other_resources = _text("précisions sur le financement", 3000)

    class Meta:
        abstract = True

    def settle_totals(self):
        """Derive the total from the expenses: None while none is described."""
        self.total_budget_euros = total(self.expenses, "amount_euros") if self.expenses else None

    @property
    def resources_euros(self):
        """The grant asked, own funds and every other funder, added up."""
        return (self.requested_grant_euros or 0) + (self.own_funds_euros or 0) + total(self.resources, "amount_euros")

    @property
    def balance_euros(self):
        """Resources less expenses: 0 in a balanced budget, below when money lacks; None without expenses."""
        return None if self.total_budget_euros is None else self.resources_euros - self.total_budget_euros

    @property
    def grant_share_percent(self):
        """The requested grant as a share of the budget, one decimal; None while one of them is not known."""
        if not self.total_budget_euros or self.requested_grant_euros is None:
            return None
        return round(100 * self.requested_grant_euros / self.total_budget_euros, 1)


class CalendarAnswers(models.Model):
    """Section « Calendrier »."""

    milestones = _table("étapes du projet")
    planned_sessions = _table("promotions datées")

    class Meta:
        abstract = True


class CommitmentAnswers(models.Model):
    """Section « Engagements et signature »."""

    commits_to_free_access = models.BooleanField("gratuité annoncée aux apprenants", default=False)
    commits_to_follow_up = models.BooleanField("suivi trimestriel transmis", default=False)
    commits_to_survey = models.BooleanField("enquêtes renseignées", default=False)
    commits_to_logo = models.BooleanField("charte du label respectée", default=False)
    commits_to_notify = models.BooleanField("changements signalés", default=False)
    commits_to_privacy = models.BooleanField("données des apprenants protégées", default=False)
    signatory_name = models.CharField("signataire", max_length=120, blank=True)
    signatory_role = models.CharField("qualité du signataire", max_length=120, blank=True)

    class Meta:
        abstract = True
