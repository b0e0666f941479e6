"""What reminders say: a text per step, which staff may change, with placeholders (gen_portal.core.placeholders)."""

from fabriques.models import ReminderStep
from gen_portal.core import phrases
from gen_portal.core.placeholders import Wording, escaped, faults, names

#: Each placeholder, and what stands in its place.
PLACEHOLDERS = {
    "prenom": "le prénom du destinataire",
    "structure": "le nom de la structure",
    "trimestre": "le trimestre, par exemple « 3ᵉ trimestre 2026 »",
    "echeance": "le dernier jour pour transmettre, par exemple « 30 octobre 2026 »",
    "nombre_releves": "« un relevé », « 3 relevés »",
    "releves": "la liste des relevés attendus, chacun avec son lien",
}
_MUST_STAND_IN_TEXT = "releves"
_NOT_IN_SUBJECT = "releves"

_GREETING = "Bonjour {{ prenom }},\n\n"
_TEN_MINUTES = (
    "Dix minutes suffisent : les nombres du trimestre précédent sont repris, il n'y a qu'à les mettre à jour.\n\n"
)
_CROSSED = "Si un relevé vient d'être transmis, ne tenez pas compte de son rappel.\n\n"
_SIGNED = "L'équipe du suivi, Grande école du numérique"
_LATE = (
    "Le suivi du {{ trimestre }} était à transmettre jusqu'au {{ echeance }} inclus. Il nous manque, pour "
    "{{ structure }} :\n\n{{ releves }}\n\n"
)
_COMING = (
    "Le suivi du {{ trimestre }} est à transmettre jusqu'au {{ echeance }} inclus. Il nous manque, pour "
    "{{ structure }} :\n\n{{ releves }}\n\n"
)


DEFAULTS = {
    ReminderStep.OPENING: Wording(
        "Suivi trimestriel : {{ nombre_releves }} à transmettre",
        _GREETING
        + "Le suivi du {{ trimestre }} est ouvert. Nous attendons, pour {{ structure }}, jusqu'au {{ echeance }} inclus :"
        "\n\n{{ releves }}\n\n" + _TEN_MINUTES + _SIGNED,
    ),
    ReminderStep.FIFTEEN_BEFORE: Wording(
        "Suivi trimestriel : {{ nombre_releves }} à transmettre d'ici quinze jours",
        _GREETING + _COMING + _TEN_MINUTES + _CROSSED + _SIGNED,
    ),
    ReminderStep.THREE_BEFORE: Wording(
        "Suivi trimestriel : plus que quelques jours, jusqu'au {{ echeance }}",
        _GREETING + _COMING + _TEN_MINUTES + _CROSSED + _SIGNED,
    ),
    ReminderStep.SEVEN_AFTER: Wording(
        "Suivi trimestriel : {{ nombre_releves }} en retard", _GREETING + _LATE + _TEN_MINUTES + _CROSSED + _SIGNED
    ),
    ReminderStep.TWENTY_ONE_AFTER: Wording(
        "Suivi trimestriel : {{ nombre_releves }} en retard de trois semaines",
        _GREETING + _LATE + "Une difficulté pour compter ? Écrivez-la dans le relevé : il vaut mieux un relevé "
        "incomplet expliqué qu'un silence.\n\n" + _CROSSED + _SIGNED,
    ),
    ReminderStep.THIRTY_AFTER: Wording(
        "Suivi trimestriel : dernière relance",
        _GREETING
        + _LATE
        + "C'est notre dernière relance : sans réponse, la formation est signalée « en défaut » à l'équipe, et un chargé "
        "de mission vous appellera. Aucune décision n'est jamais prise automatiquement.\n\n" + _CROSSED + _SIGNED,
    ),
}


def faults_of_subject(text):
    """French sentences on what is wrong with a subject line; none means it can be used."""
    if _NOT_IN_SUBJECT in names(text):
        yield "L'objet ne peut pas contenir {{ releves }} : c'est une liste. Utilisez {{ nombre_releves }}."
    yield from faults(text, PLACEHOLDERS)


def faults_of_text(text):
    """The same for the text, which must hold the list of reports: without its links nobody could answer."""
    yield from faults(text, PLACEHOLDERS)
    if _MUST_STAND_IN_TEXT not in names(text):
        yield "Le texte doit contenir {{ releves }} : c'est la liste des relevés, avec les liens pour répondre."


def values_for(campaign, structure, recipient, lines):
    """What stands in place of each placeholder; `lines` are (title, link) of the reports."""
    count = "un relevé" if len(lines) == 1 else f"{phrases.number(len(lines))} relevés"
    return {
        "prenom": escaped(recipient.get_short_name()),
        "structure": escaped(structure.name),
        "trimestre": str(campaign),
        "echeance": phrases.day(campaign.due_on),
        "nombre_releves": count,
        "releves": "\n".join(f"- [{escaped(title)}]({link})" for title, link in lines),
    }
