"""The letter of a decision: a template of its outcome with the values of the dossier, and what the paper says around it.

Everything that somebody typed is text in it, whatever it looks like. Made the same way for a rehearsal and for good.
"""

from dataclasses import dataclass, field
from datetime import datetime

from applications.models import CutOff
from gen_portal.core import clock, outbox, phrases, placeholders
from gen_portal.core.models import LegalBody
from gen_portal.core.references import grouped
from labelling.decision_reasons import reasons_of_many
from labelling.letter_wording import BLOCKS
from labelling.models import Letter, LetterTemplate
from labelling.models.letters import new_letter_number, seal_of_letter
from labelling.scoring import rounded

FORMAT = 1
#: What stands where a placeholder has nothing to say; a rehearsal tells of it.
NO_VALUE = "(sans objet)"
LABEL_TO_COME = "attribué à la publication"


@dataclass(frozen=True)
class Occasion:
    """What the letters of one publication share; `templates` by outcome, `following` the next cut-off if there is one."""

    at: datetime
    templates: dict
    legal_body: LegalBody | None
    following: CutOff | None


@dataclass(frozen=True)
class Draft:
    """One letter before it is kept; `missing`: the placeholders of its template that have no value."""

    subject_line: str
    text: str
    mentions: dict
    missing: list = field(default_factory=list)


def occasion(following, *, at):
    """The templates in force and the legal body of the day: two queries."""
    legal_body = LegalBody.objects.in_force(clock.day_of(at)).first()
    return Occasion(at, LetterTemplate.objects.in_force(), legal_body, following)


def draft_all(decisions, occasion, *, labels=()):
    """The drafts of decisions in their order, in a constant number of queries."""
    reasons, label_of = reasons_of_many(decisions), {label.decision_id: label for label in labels}
    return [
        draft(decision, occasion.templates[decision.outcome], occasion, reasons=reasons[decision.pk],
              label=label_of.get(decision.pk))
        for decision in decisions
    ]  # fmt: skip


def draft(decision, words, occasion, *, reasons, label=None):
    """The letter of one decision in the words of a template (anything with a subject line and a text)."""
    plain = _plain(decision, occasion, label)
    marked = {name: placeholders.escaped(value) for name, value in plain.items()} | _marked(decision, plain, label)
    marked |= _blocks(decision, occasion, reasons)
    used = dict.fromkeys([*placeholders.names(words.subject_line), *placeholders.names(words.text)])
    subject_line = placeholders.fill(words.subject_line, {name: value or NO_VALUE for name, value in plain.items()})
    return Draft(
        subject_line=" ".join(subject_line.split())[:200],
        text=placeholders.fill(words.text, {name: value or NO_VALUE for name, value in marked.items()}).strip(),
        mentions=_mentions(decision, plain, occasion),
        missing=[name for name in used if not marked[name]],
    )


def freeze(decisions, drafts, occasion, marks):
    """The rows of these letters, unsaved, each with its number, its marks of the day (`marks_of` its dossiers) and its
    fingerprint."""
    criteria = {criterion.pk: criterion for grid in marks.grids.values() for criterion in grid}
    return [
        _row(decision, draft, occasion, _marks(marks.means.get(decision.application_id), criteria))
        for decision, draft in zip(decisions, drafts, strict=True)
    ]


def _marks(means, criteria):
    """What a letter keeps of the reviews; `means` is None without any."""
    if means is None:
        return {"review_count": 0, "marks": []}
    marks = [
        {"label": criteria[key].label, "weight_percent": criteria[key].weight_percent, "mean": str(rounded(mean))}
        for key, mean in means.of.items()
    ]
    return {"review_count": means.review_count, "marks": marks}


def _row(decision, draft, occasion, marks):
    number = new_letter_number(clock.day_of(occasion.at))
    mentions = draft.mentions | marks
    return Letter(
        decision=decision,
        template=occasion.templates[decision.outcome],
        legal_body=occasion.legal_body,
        number=number,
        written_at=occasion.at,
        subject_line=draft.subject_line,
        text=draft.text,
        mentions=mentions,
        sha256=seal_of_letter(number, draft.subject_line, draft.text, mentions),
    )


# --- Values -----------------------------------------------------------------------------------------------------------


def _plain(decision, occasion, label):
    """What stands in place of each placeholder of a line, as typed; "" without value."""
    application, call = decision.application, decision.application.call
    following = occasion.following
    return {
        "structure": application.training.structure.name,
        "formation": application.training.title,
        "appel": call.title,
        "releve": _lower(decision.cut_off),
        "reference": grouped(application.reference),
        "date": phrases.day(occasion.at),
        "signatures": _signatures(decision, occasion),
        "personne_morale": occasion.legal_body.name if occasion.legal_body else "",
        "contact": f"{call.contact_name}, {call.contact_email}" if call.contact_email else call.contact_name,
        "label": (grouped(label.reference) if label else LABEL_TO_COME) if decision.is_labelling else "",
        "duree_label": f"{call.label_months}{phrases.NBSP}mois",
        "subvention": "",
        "montant": phrases.euros(decision.grant_euros) if decision.grant_euros else "",
        "echeance": phrases.day(decision.conditions_due_on) if decision.conditions_due_on else "",
        "releve_suivant": _lower(following) if following else "",
        "cloture_suivante": following.deadline if following else "",
    }


def _marked(decision, plain, label):
    """Those that are more than text: a link, a sentence of ours."""
    grant = (
        f"Une subvention d'amorçage de **{plain['montant']}** lui est attribuée. Elle n'est pas renouvelable ; une "
        "convention fixera les conditions de son versement, et rien n'est versé avant qu'elle soit signée."
    )
    found = {"subvention": grant if decision.grant_euros else "Aucune subvention d'amorçage n'est attribuée."}
    if label:
        found["label"] = f"[{plain['label']}]({outbox.url_of('label_page', label.reference)})"
    return found


def _blocks(decision, occasion, reasons):
    blocks = (_reasons(reasons), placeholders.quoted(decision.conditions), remedies(occasion.legal_body))
    return dict(zip(BLOCKS, blocks, strict=True))


def _reasons(reasons):
    """Each reason quoted as it was signed, under its heading where it has one."""
    parts = []
    for reason in reasons:
        heading = [f"> **{placeholders.escaped(reason.heading)}**"] if reason.heading else []
        parts.append("\n".join([*heading, placeholders.quoted(reason.text)]).strip())
    return "\n>\n".join(part for part in parts if part)


def remedies(legal_body):
    """The remedies against a decision, with their delays and addresses, as articles R. 421-1 and R. 421-5 CJA want them."""
    name = placeholders.escaped(legal_body.name) if legal_body else "la Grande école du numérique"
    address = placeholders.escaped(_on_a_line(legal_body.address)) if legal_body else ""
    to = f"{name}, {address}" if address else name
    return (
        "Cette décision peut être contestée **dans les deux mois qui suivent sa notification**, c'est-à-dire la réception "
        "de cette lettre (articles R. 421-1 et R. 421-5 du code de justice administrative) :\n\n"
        f"- par un recours gracieux, adressé à l'auteur de la décision : {to} ;\n"
        f"- par un recours hiérarchique, adressé au ministre dont relève l'auteur de la décision, sous couvert de {name} ;\n"
        "- par un recours contentieux devant le tribunal administratif, par courrier ou sur Télérecours citoyens "
        "(citoyens.telerecours.fr).\n\n"
        "Un recours gracieux ou hiérarchique formé dans ce délai l'interrompt : deux mois courent de nouveau à compter de "
        "la réponse, ou du rejet né de deux mois de silence, pour saisir le tribunal."
    )


def _signatures(decision, occasion):
    if decision.second_signed_at is None:
        return ""
    for_body = f", pour {occasion.legal_body.name}" if occasion.legal_body else ""
    return (
        f"Décision signée le {phrases.day(decision.first_signed_at)} par {decision.first_signer}, "
        f"contresignée le {phrases.day(decision.second_signed_at)} par {decision.second_signer}"
        f"{for_body}, et notifiée le {phrases.day(occasion.at)}."
    )


def _mentions(decision, plain, occasion):
    """What the paper says around the text, as JSON values."""
    structure, body = decision.application.training.structure, occasion.legal_body
    place = f"{structure.postcode} {structure.commune.name}".strip()
    authority = {
        "name": body.name, "address": body.address, "phone": body.phone, "email": body.email,
        "signatory_name": body.signatory_name, "signatory_title": body.signatory_title,
    } if body else {}  # fmt: skip
    return {
        "format": FORMAT,
        "outcome": str(decision.outcome),
        "day": plain["date"],
        "reference": plain["reference"],
        "authority": authority,
        "addressee": [structure.name, *(line for line in (structure.street, place) if line)],
    }


def _lower(cut_off):
    text = str(cut_off)
    return text[:1].lower() + text[1:]


def _on_a_line(address):
    return ", ".join(address.splitlines())
