"""The acts of this floor, as the journal names them."""

from django.db import models

from gen_portal.core.models.journal import name_actions


@name_actions
class JournalAction(models.TextChoices):
    ASSIGNED = "application.assigned", "évaluation confiée"
    UNASSIGNED = "application.unassigned", "évaluation retirée"
    DECLINED = "application.declined", "évaluation rendue par l'instructeur"
    RECUSED = "application.recused", "déport"
    TIE_FOUND = "application.tie_found", "lien d'intérêts détecté"
    INTERESTS_DECLARED = "interestdeclaration.signed", "déclaration d'intérêts signée"
    REVIEW_SUBMITTED = "review.submitted", "évaluation déposée"
    DECISION_PROPOSED = "decision.proposed", "décision préparée"
    DECISION_SIGNED = "decision.signed", "décision signée"
    DECISION_COUNTERSIGNED = "decision.countersigned", "décision contresignée"
    DECISION_REOPENED = "decision.reopened", "signature retirée"
    DECISION_PUBLISHED = "decision.published", "décision publiée"
    LABEL_PUBLISHED = "label.published", "label publié"
    LABEL_GIVEN_UP = "label.given_up", "label abandonné par son titulaire"
