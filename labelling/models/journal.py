"""The acts of this floor, as the journal names them."""

from django.db import models

from gen_portal.core.models.journal import name_actions


@name_actions
class JournalAction(models.TextChoices):
    ASSIGNED = "application.assigned", "évaluation confiée"
    UNASSIGNED = "application.unassigned", "évaluation retirée"
    HANDED_OVER = "application.handed_over", "évaluation transmise au départ de l'instructeur"
    DECLINED = "application.declined", "évaluation rendue par l'instructeur"
    RECUSED = "application.recused", "déport"
    TIE_FOUND = "application.tie_found", "lien d'intérêts détecté"
    INTERESTS_DECLARED = "interestdeclaration.signed", "déclaration d'intérêts signée"
    TERMS_CHANGED = "user.reviewing_terms_changed", "disponibilités d'instructeur changées"
    ABSENCE_TOLD = "user.absence_told", "absence notée"
    ABSENCE_DROPPED = "user.absence_dropped", "absence supprimée"
    REGIONAL_RULE_SET = "call.regional_rule_set", "règle de l'avis régional fixée"
    REGIONAL_OPINION_GIVEN = "application.regional_opinion_given", "avis régional donné"
    REVIEW_SUBMITTED = "review.submitted", "évaluation déposée"
    SECOND_OPINION_GIVEN = "review.second_opinion_given", "seconde valeur donnée"
    REVIEW_COUNTERSIGNED = "review.countersigned", "évaluation contresignée"
    DISAGREEMENT_FOUND = "application.disagreement_found", "désaccord entre évaluations constaté"
    DISAGREEMENT_ENDED = "application.disagreement_ended", "désaccord disparu avec le changement des évaluations"
    THIRD_READER_ASKED = "application.third_reader_asked", "évaluation confiée à un troisième lecteur"
    ARBITRATED = "application.arbitrated", "désaccord arbitré"
    REVIEW_RULE_SET = "call.review_rule_set", "règle des désaccords fixée"
    DECISION_PROPOSED = "decision.proposed", "décision préparée"
    DECISION_SIGNED = "decision.signed", "décision signée"
    DECISION_COUNTERSIGNED = "decision.countersigned", "décision contresignée"
    DECISION_REOPENED = "decision.reopened", "signature retirée"
    SIGNATURE_DELEGATED = "signature.delegated", "signature déléguée"
    SIGNATURE_TAKEN_BACK = "signature.taken_back", "délégation de signature reprise"
    DECISION_PUBLISHED = "decision.published", "décision publiée"
    LABEL_PUBLISHED = "label.published", "label publié"
    LABEL_GIVEN_UP = "label.given_up", "label abandonné par son titulaire"
