"""What the letters of decisions may say: placeholders by outcome, those that the law wants, and the texts that ship.

A refusal gives its reasons (article L. 211-2 CRPA); without remedies and delays, no delay runs (article R. 421-5 CJA).
"""

from gen_portal.core import placeholders
from gen_portal.core.placeholders import Wording, written
from labelling.models.decision import Outcome

#: The letters in the order of their list, by the word of their address.
SLUGS = {
    "label": Outcome.LABELLED,
    "label-sous-conditions": Outcome.CONDITIONAL,
    "report": Outcome.DEFERRED,
    "refus": Outcome.REFUSED,
}
_COMMON = {
    "structure": "le nom de la structure",
    "formation": "l'intitulé de la formation",
    "appel": "l'intitulé de l'appel",
    "releve": "le relevé, par exemple « relevé n° 2 »",
    "reference": "la référence du dossier",
    "date": "le jour de la publication, par exemple « 10 mars 2026 »",
    "motifs": "les motifs de la décision, tels qu'ils ont été signés (un paragraphe)",
    "signatures": "qui a signé et contresigné, et quand",
    "personne_morale": "le nom de la personne morale qui décide",
    "contact": "le contact de l'appel, avec son adresse",
    "voies_de_recours": "les recours, leurs délais et leurs adresses (plusieurs paragraphes)",
}
_OF_LABELS = {
    "label": "le numéro du label, avec le lien qui le vérifie",
    "duree_label": "la durée du label, par exemple « 36 mois »",
    "subvention": "une phrase : la subvention attribuée, ou qu'il n'y en a pas",
    "montant": "le montant de la subvention ; sans valeur quand il n'y en a pas",
}
_OF_CONDITIONS = {
    "conditions": "les conditions à remplir, telles qu'elles ont été signées (un paragraphe)",
    "echeance": "le jour où elles doivent être remplies",
}
_OF_DEFERRALS = {
    "releve_suivant": "le relevé où la candidature est reportée",
    "cloture_suivante": "la clôture de ce relevé",
}
#: What may be inserted in the letters of an outcome, and what stands in its place.
PLACEHOLDERS = {
    Outcome.LABELLED: _COMMON | _OF_LABELS,
    Outcome.CONDITIONAL: _COMMON | _OF_LABELS | _OF_CONDITIONS,
    Outcome.DEFERRED: _COMMON | _OF_DEFERRALS,
    Outcome.REFUSED: _COMMON,
}
#: Those that stand for whole paragraphs: alone on their line, never in a subject.
BLOCKS = ("motifs", "conditions", "voies_de_recours")
_REASONS = (
    "une décision défavorable est motivée (article L. 211-2 du code des relations entre le public et l'administration)"
)
_REMEDIES = (
    "sans les voies et délais de recours, le délai ne court pas (article R. 421-5 du code de justice administrative)"
)
_CONDITIONS = "un label sous conditions dit lesquelles"
#: Those that must stand in the text, and why.
MANDATORY = {
    Outcome.LABELLED: {"voies_de_recours": _REMEDIES},
    Outcome.CONDITIONAL: {"conditions": _CONDITIONS, "voies_de_recours": _REMEDIES},
    Outcome.DEFERRED: {"voies_de_recours": _REMEDIES},
    Outcome.REFUSED: {"motifs": _REASONS, "voies_de_recours": _REMEDIES},
}

_GREETING = "Madame, Monsieur,\n\n"
_BY = "« {{ formation }} », présentée par {{ structure }} ({{ appel }}, {{ releve }}), "
_WHY = "Les motifs de la décision :\n\n{{ motifs }}\n\n"
_AWARDED = (
    "Dès aujourd'hui, la formation figure avec ses sites au registre public et sur la carte, et {{ structure }} est une "
    "fabrique du numérique. Chaque trimestre, nous vous demanderons où en est la formation.\n\n"
    "Numéro du label : {{ label }}. Chacun peut y vérifier qu'il est en vigueur.\n\n"
)
_END = "{{ signatures }}\n\n{{ voies_de_recours }}\n\nUne question ? Écrivez à {{ contact }}."

#: The first version of each letter.
DEFAULTS = {
    Outcome.LABELLED: Wording(
        "Votre formation est labellisée : {{ formation }}",
        f"{_GREETING}La formation {_BY}est **labellisée Grande école du numérique** à compter du {{{{ date }}}}, pour "
        f"{{{{ duree_label }}}}.\n\n{{{{ subvention }}}}\n\n{_WHY}{_AWARDED}{_END}",
    ),
    Outcome.CONDITIONAL: Wording(
        "Votre formation est labellisée sous conditions : {{ formation }}",
        f"{_GREETING}La formation {_BY}est **labellisée Grande école du numérique sous conditions** à compter du "
        "{{ date }}, pour {{ duree_label }}.\n\nLes conditions, à remplir **au plus tard le {{ echeance }}** :\n\n"
        f"{{{{ conditions }}}}\n\n{{{{ subvention }}}}\n\n{_WHY}{_AWARDED}{_END}",
    ),
    Outcome.DEFERRED: Wording(
        "Votre candidature est reportée au relevé suivant : {{ formation }}",
        f"{_GREETING}La candidature {_BY}n'a pas été tranchée à ce relevé : elle est **reportée au "
        "{{ releve_suivant }}** de l'appel. Elle reste en course, et vous n'avez pas à la déposer de nouveau.\n\n"
        f"{_WHY}{_END}",
    ),
    Outcome.REFUSED: Wording(
        "Votre candidature n'est pas retenue : {{ formation }}",
        f"{_GREETING}La candidature {_BY}**n'est pas retenue** : la formation n'est pas labellisée.\n\n{_WHY}"
        "Vous pouvez présenter la même formation à un relevé suivant de cet appel, s'il en reste un, ou à un autre appel : "
        f"vos réponses pourront être reprises.\n\n{_END}",
    ),
}


def faults_of_subject(outcome, text):
    """French sentences on what is wrong with the subject line of an outcome; none means it can be used."""
    blocks = [name for name in dict.fromkeys(placeholders.names(text)) if name in BLOCKS]
    for name in blocks:
        yield f"L'objet ne peut pas contenir {written(name)} : ce sont des paragraphes."
    yield from placeholders.faults(text, [*_inline(outcome), *blocks])


def faults_of_text(outcome, text):
    """The same for its text, which must hold what the law wants."""
    yield from placeholders.faults(text, PLACEHOLDERS[outcome])
    for name in placeholders.inside_a_line(text, BLOCKS):
        yield f"Laissez {written(name)} seul sur sa ligne : ce sont des paragraphes."
    there = placeholders.names(text)
    for name, why in MANDATORY[outcome].items():
        if name not in there:
            yield f"Le texte doit contenir {written(name)} : {why}."


def _inline(outcome):
    return [name for name in PLACEHOLDERS[outcome] if name not in BLOCKS]
