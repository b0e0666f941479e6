"""The acts of this floor, as the journal names them."""

from django.db import models

from gen_portal.core.models.journal import name_actions


@name_actions
class JournalAction(models.TextChoices):
    FABRIQUE_OPENED = "fabrique.opened", "fabrique ouverte"
    CAMPAIGN_OPENED = "campaign.opened", "campagne de suivi ouverte"
    FUSE_BLOWN = "reminders.fuse_blown", "relances arrêtées : plus que prévu"
    FUSE_RELEASED = "reminders.fuse_released", "courriels imprévus admis"
    FUSE_SET_ASIDE = "reminders.fuse_set_aside", "courriels imprévus écartés"
    REMINDERS_HELD = "reminders.held", "relances retenues"
    REMINDERS_RELEASED = "reminders.released", "relances libérées"
    STEPS_SET = "reminders.steps_set", "étapes de relance réglées"
    TEXT_SET = "reminders.text_set", "texte de relance modifié"
    CONTACTS_CHOSEN = "contacts.chosen", "contacts du suivi choisis"
    REMINDERS_REFUSED = "contacts.refused", "courriels de suivi refusés"
    REPORT_FILED = "report.filed", "relevé de suivi transmis"
    REPORT_CORRECTED = "report.corrected", "relevé de suivi corrigé"
    REPORT_DOCUMENT_JOINED = "report.document_joined", "document joint à un relevé"
    REPORT_DOCUMENT_REMOVED = "report.document_removed", "document retiré d'un relevé"
    UPLOAD_FILED = "upload.filed", "relevés transmis par fichier"
    REPORT_ACCEPTED = "report.accepted", "relevé de suivi accepté"
    REPORT_ASKED_BACK = "report.asked_back", "relevé de suivi redemandé à la structure"
    REPORT_FLAGGED = "report.flagged", "relevé de suivi signalé"
    PROGRESS_SET = "progress.set", "points d'avancement demandés aux régions"
    PROGRESS_OPENED = "progress.opened", "point d'avancement ouvert"
    PROGRESS_FILED = "progress.filed", "point d'avancement transmis"
    PROGRESS_CORRECTED = "progress.corrected", "point d'avancement corrigé"
    REGISTRY_RELEASED = "registry.released", "données du registre publiées"
    ERROR_CORRECTED = "errorreport.corrected", "erreur signalée, corrigée"
    ERROR_DISMISSED = "errorreport.dismissed", "erreur signalée, sans suite"
    LIST_MAILED = "listmail.sent", "courriel envoyé à une liste"
    PAGE_PUBLISHED = "fabriquepage.published", "page de la fabrique publiée"
    PAGE_WITHDRAWN = "fabriquepage.withdrawn", "page de la fabrique retirée par sa structure"
    PAGE_HELD = "fabriquepage.held", "page de la fabrique retenue"
    PAGE_LOOK_ASKED = "fabriquepage.look_asked", "nouvel examen d'une page demandé"
    PAGE_RELEASED = "fabriquepage.released", "page de la fabrique remise en ligne"
    PAGE_PHOTOS_SET = "fabriquepage.photos_set", "photographies d'une page modifiées"
    PAGE_CONTACTS_SET = "fabrique.contacts_set", "contacts d'une fabrique modifiés"
    NETWORK_SET = "fabrique.network_set", "offres et demandes d'une fabrique modifiées"
