"""The rehearsal of a publication: every letter of a cut-off as it would leave now, and what is wrong with it."""

from dataclasses import dataclass

from gen_portal.core.models import OutgoingEmail
from gen_portal.core.placeholders import written
from labelling import letters
from labelling.decision_reasons import reasons_of_many
from labelling.emails.decisions import recipients
from labelling.models import Decision

NO_LEGAL_BODY = (
    "Aucune personne morale n'est en vigueur aujourd'hui : les lettres n'auraient ni en-tête, ni signataire, ni adresse "
    "où former un recours gracieux."
)
NOBODY = "Personne ne la recevrait : la structure n'a plus aucun membre actif."
NO_REASONS = "Les motifs sont vides."
TRIED_AT_MOST = 100


@dataclass(frozen=True)
class Rehearsed:
    """One letter as it would leave, who would receive it, and what is wrong with it in sentences."""

    decision: Decision
    draft: letters.Draft
    people: list
    problems: list


@dataclass(frozen=True)
class Rehearsal:
    """Every letter that the reader may see, by the name of the structure; `problems` concern them all."""

    letters: list
    problems: list

    @property
    def troubled(self):
        return [letter for letter in self.letters if letter.problems]


def ready_letters(user):
    """The decisions about to be published whose letters a person may read."""
    return Decision.objects.ready().visible_to(user).for_page()


def to_try(outcome, user):
    """Those on which the words of an outcome may be tried."""
    return list(ready_letters(user).filter(outcome=outcome)[:TRIED_AT_MOST])


def rehearse(decisions, following, *, at):
    """What publishing these decisions at an instant would send, in a constant number of queries."""
    decisions = sorted(decisions, key=lambda each: (each.application.training.structure.folded_name, each.pk))
    occasion, people = letters.occasion(following, at=at), recipients(decisions)
    drafts, reasons = letters.draft_all(decisions, occasion), reasons_of_many(decisions)
    addresses = [person.email for found in people.values() for person in found]
    stopped = set(OutgoingEmail.objects.stopped_among(addresses)) if addresses else set()
    found = []
    for decision, draft in zip(decisions, drafts, strict=True):
        receiving = people[decision.application.training.structure_id]
        problems = list(_problems(draft, reasons[decision.pk], receiving, stopped))
        found.append(Rehearsed(decision, draft, receiving, problems))
    return Rehearsal(found, [] if occasion.legal_body else [NO_LEGAL_BODY])


def _problems(draft, reasons, people, stopped):
    if not people:
        yield NOBODY
    for person in people:
        if person.email.lower() in stopped:
            yield f"L'adresse {person.email} ne reçoit plus rien : un courriel en est revenu."
    if not any(reason.text.strip() for reason in reasons):
        yield NO_REASONS
    for name in draft.missing:
        yield f"{written(name)} n'a pas de valeur ici : la lettre dirait « {letters.NO_VALUE} »."
