"""The rules of the call as they bear on one dossier, told before it is filed: one sentence each."""

from applications import terms
from applications.models import ApplicationState
from applications.models.sections import ceiling_euros
from gen_portal.core import phrases
from gen_portal.core.territory import describe_deadline


def briefing_of(application, now):
    """What the structure should know at this instant: the grant, the cut-off it enters, what comes next, the label."""
    sentences = [_grant(application), *_road(application, now)]
    months = application.call.label_months
    return [*filter(None, sentences), f"Le label vaut {months} mois à compter de la publication des résultats."]


def _grant(application):
    budget, asked = application.total_budget_euros, application.requested_grant_euros
    if budget is None or asked is None:
        return ""
    if asked == 0:
        return "Vous demandez le label seul, sans subvention."
    limit = ceiling_euros(application)
    share = f"{phrases.number(application.grant_share_percent)} % de votre budget" if budget else "sans budget"
    sentence = f"Vous demandez {phrases.euros(asked)}, soit {share} de {phrases.euros(budget)}"
    if limit is None:
        return f"{sentence} ; cet appel ne fixe pas de plafond."
    return f"{sentence} ; pour ce budget, l'appel permet au plus {phrases.euros(limit)}."


def _road(application, now):
    """The cut-off it enters, or keeps when it is completed, and what comes after; also with grace or more time."""
    if application.state == ApplicationState.RETURNED:
        due, cut_off = phrases.day(application.completion_due_on), application.cut_off
        entry = (
            f"Le complément garde sa place dans le relevé n° {cut_off.number} s'il est déposé jusqu'au {due} inclus."
        )
        return [entry, _next(cut_off)]
    term = terms.term_of(application, now)
    if term is None:
        return ["Le dernier relevé de cet appel est fermé."]
    end = describe_deadline(term.ends_at)
    entry = f"Déposé maintenant, le dossier entre dans le relevé n° {term.cut_off.number}, ouvert jusqu'au {end}."
    return [entry, _next(term.cut_off)]


def _next(cut_off):
    sentence = (
        "L'équipe des appels vérifie d'abord qu'il est recevable et peut demander un complément ; il est ensuite évalué "
        "par les ministères, puis le label est accordé ou refusé, avec ses motifs"
    )
    if cut_off.results_expected_on is None:
        return f"{sentence}."
    return f"{sentence}. Les résultats sont attendus le {phrases.day(cut_off.results_expected_on)}."
