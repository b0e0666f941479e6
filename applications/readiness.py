"""What a call must have before it is published: one list, read by the checklist page and by the publication itself."""

from dataclasses import dataclass

from applications.models import GrantRule
from gen_portal.core import phrases

#: The pages on which a call is written, in order: url name and title.
STEPS = (
    ("call_edit", "Présentation"),
    ("call_timetable_edit", "Calendrier"),
    ("call_grid_edit", "Grille d'évaluation"),
    ("call_rule_edit", "Enveloppe et subvention"),
    ("call_documents_edit", "Pièces demandées"),
    ("call_publish", "Relire et publier"),
)


@dataclass(frozen=True)
class Step:
    """A page on which a call is written, and whether something is missing on it."""

    number: int
    url_name: str
    title: str
    is_missing: bool


def steps(call, *, at):
    """The steps of a call at an instant, in order."""
    missing = {check.step for check in checks(call, at=at) if check.is_required and not check.is_met}
    if missing:
        missing.add("call_publish")
    return [Step(number, name, title, name in missing) for number, (name, title) in enumerate(STEPS, start=1)]


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `refusal` says what to do; it is empty when the line is in order."""

    step: str  # the url name of the page on which to mend it
    label: str
    refusal: str = ""
    is_required: bool = True

    @property
    def is_met(self):
        return not self.refusal


def checks(call, *, at):
    """Every line of the checklist at an instant, in the order of the steps."""
    return [
        _presentation(call),
        _contact(call),
        _specification(call),
        *_timetable(call, at),
        _grid(call),
        _budget(call),
        _rule(call),
        _documents(call),
    ]


def refusals(call, *, at):
    """What forbids to publish the call, one sentence each; empty when it is ready."""
    return [check.refusal for check in checks(call, at=at) if check.is_required and not check.is_met]


def _check(step, label, is_met, refusal, is_required=True):
    return Check(step, label, "" if is_met else refusal, is_required)


def _presentation(call):
    is_met = bool(call.title.strip() and call.summary.strip() and call.text.strip())
    return _check(
        "call_edit", "Intitulé, résumé et texte", is_met, "Écrivez l'intitulé, le résumé et le texte de l'appel."
    )


def _contact(call):
    is_met = bool(call.contact_name.strip() and call.contact_email.strip())
    return _check("call_edit", "Contact", is_met, "Indiquez le nom et l'adresse électronique du contact.")


def _specification(call):
    sentence = (
        "Aucun cahier des charges n'est joint : l'appel peut paraître sans lui, et il pourra être ajouté ensuite."
    )
    return _check("call_edit", "Cahier des charges", call.specification_id is not None, sentence, is_required=False)


def _timetable(call, at):
    """Without a cut-off there is no order to judge."""
    sentence = "Ajoutez au moins un relevé de candidatures, avec son jour de clôture."
    existence = _check("call_timetable_edit", "Au moins un relevé", bool(call.timetable), sentence)
    return [existence, _order(call), _future(call, at)] if call.timetable else [existence]


def _order(call):
    closings = [cut_off.closes_at for cut_off in call.timetable]
    is_met = all(call.opens_at < closing for closing in closings) and closings == sorted(set(closings))
    sentence = "Mettez les dates dans l'ordre : l'ouverture d'abord, puis chaque relevé après le précédent."
    return _check("call_timetable_edit", "Dates dans l'ordre", is_met, sentence)


def _future(call, at):
    past = [cut_off for cut_off in call.timetable if cut_off.closes_at <= at]
    names = ", ".join(f"n° {cut_off.number} ({phrases.day(cut_off.last_day)})" for cut_off in past)
    sentence = f"Reportez les relevés déjà clos à ce jour, auxquels personne ne pourrait candidater : {names}."
    return _check("call_timetable_edit", "Relevés encore à venir", not past, sentence)


def _grid(call):
    total = call.weight_sum
    sentence = (
        f"Ajustez les poids de la grille : leur somme est de {total} %, elle doit être de 100 %."
        if total
        else "Enregistrez la grille d'évaluation : elle n'a encore aucun critère."
    )
    return _check("call_grid_edit", "Grille d'évaluation à 100 %", total == 100, sentence)


def _budget(call):
    sentence = "Indiquez l'enveloppe de l'appel, en euros."
    return _check("call_rule_edit", "Enveloppe", call.budget_euros > 0, sentence)


def _rule(call):
    rule = GrantRule.objects.of_call(call)
    sentence = "Fixez la règle de subvention, avec au moins un plafond."
    return _check("call_rule_edit", "Règle de subvention", rule is not None and rule.has_limits, sentence)


def _documents(call):
    has_some = bool(call.required_documents.all())
    sentence = "Aucune pièce n'est demandée : les candidats n'auront rien à joindre."
    return _check("call_documents_edit", "Pièces demandées", has_some, sentence, is_required=False)
