"""The rules of the call as they bear on one dossier, told before it is filed: one sentence each."""

from applications.models import ApplicationState
from applications.models.sections import ceiling_euros
from gen_portal.core import phrases


def briefing_of(application, now):
    """What the structure should know at this instant: the grant, the cut-off it enters, what comes next, the label."""
    cut_off = _cut_off_of(application, now)
    sentences = [_grant(application), _entry(application, cut_off), _next(application, cut_off)]
    months = application.call.label_months
    return [*filter(None, sentences), f"Le label vaut {months} mois à compter de la publication des résultats."]


def _cut_off_of(application, now):
    """The cut-off a dossier keeps once filed, else the first one still open; None after the last."""
    if application.state == ApplicationState.RETURNED:
        return application.cut_off
    return application.call.open_cut_off(now)


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


def _entry(application, cut_off):
    if cut_off is None:
        return "Le dernier relevé de cet appel est fermé."
    if application.state == ApplicationState.RETURNED:
        due = phrases.day(application.completion_due_on)
        return f"Le complément garde sa place dans le relevé n° {cut_off.number} s'il est déposé jusqu'au {due} inclus."
    return f"Déposé maintenant, le dossier entre dans le relevé n° {cut_off.number}, qui ferme le {cut_off.deadline}."


def _next(application, cut_off):
    if cut_off is None:
        return ""
    sentence = (
        "L'équipe des appels vérifie d'abord qu'il est recevable et peut demander un complément ; il est ensuite évalué "
        "par les ministères, puis le label est accordé ou refusé, avec ses motifs"
    )
    if cut_off.results_expected_on is None:
        return f"{sentence}."
    return f"{sentence}. Les résultats sont attendus le {phrases.day(cut_off.results_expected_on)}."
