"""The acts of this floor, as the journal names them."""

from django.db import models

from gen_portal.core.models.journal import name_actions


@name_actions
class JournalAction(models.TextChoices):
    CALL_CREATED = "call.created", "appel créé"
    CALL_CHANGED = "call.changed", "appel modifié"
    CALL_PUBLISHED = "call.published", "appel publié"
    OFFICERS_SET = "call.officers_set", "chargés de mission nommés"
    OFFICER_SET = "application.officer_set", "chargé de mission du dossier nommé"
    EXTENSION_GRANTED = "call.extension_granted", "délai accordé à une structure"
    INCIDENT_PROPOSED = "call.incident_proposed", "report de clôture proposé"
    INCIDENT_SIGNED = "call.incident_signed", "clôture reportée"
    INCIDENT_DROPPED = "call.incident_dropped", "report de clôture abandonné"
    STRUCTURE_CREATED = "structure.created", "structure inscrite"
    STRUCTURE_CHANGED = "structure.changed", "structure modifiée"
    MEMBER_INVITED = "structure.member_invited", "personne invitée"
    INVITATION_RESENT = "structure.invitation_resent", "invitation renvoyée"
    INVITATION_CANCELLED = "structure.invitation_cancelled", "invitation annulée"
    MEMBER_JOINED = "structure.member_joined", "membre arrivé"
    MEMBER_ROLE_CHANGED = "structure.member_role_changed", "rôle d'un membre changé"
    MEMBER_REMOVED = "structure.member_removed", "membre retiré"
    MEMBER_LEFT = "structure.member_left", "membre parti"
    STARTED = "application.started", "dossier commencé"
    FILE_ATTACHED = "application.file_attached", "pièce jointe"
    VIRUS_FOUND = "application.virus_found", "virus trouvé dans une pièce"
    FILE_REMOVED = "application.file_removed", "pièce retirée"
    SIGNED = "application.signed", "dossier signé"
    SIGNATURE_REQUESTED = "application.signature_requested", "lien de signature envoyé"
    SIGNATURE_REQUEST_CANCELLED = "application.signature_request_cancelled", "lien de signature annulé"
    SUBMITTED = "application.submitted", "dossier déposé"
    WITHDRAWN = "application.withdrawn", "dossier retiré"
    REOPENED = "application.reopened", "dossier rouvert"
    RETURNED = "application.returned", "dossier renvoyé pour complément"
    COMPLETION_DROPPED = "application.completion_dropped", "complément qui n'est plus attendu"
    DECLARED_ADMISSIBLE = "application.declared_admissible", "dossier déclaré recevable"
    DECLARED_INADMISSIBLE = "application.declared_inadmissible", "dossier déclaré irrecevable"
    REVIEW_STARTED = "application.review_started", "évaluation commencée"
    MOVED_TO_CUT_OFF = "application.moved_to_cut_off", "dossier reporté au relevé suivant"
    CLOSED = "application.closed", "décision rendue"
